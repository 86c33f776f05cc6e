"""Logs: structured, to standard error, and without secrets."""

import json
import logging

import pytest

from bot.logs import configure_logs, log

SECRET = "xoxb-1234567890"


@pytest.fixture(autouse=True)
def as_before() -> None:
    """Each test configures anew; the default is text from WARNING on."""
    configure_logs(json=False, level=logging.WARNING)


def _rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=True, level=logging.INFO)
    log.info("ingested", day="2026-07-29", papers=20)
    [row] = _rows(capsys)
    assert (row["event"], row["level"], row["day"], row["papers"]) == ("ingested", "info", "2026-07-29", 20)
    assert str(row["timestamp"]).endswith("Z")


def test_text_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=False, level=logging.INFO)
    log.info("ingested", papers=20)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "ingested" in err
    assert "papers=20" in err


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    log.info("ingested")
    assert capsys.readouterr().err == ""


def test_to_configure_again_counts(capsys: pytest.CaptureFixture[str]) -> None:
    log.warning("as text")
    configure_logs(json=True, level=logging.WARNING)
    capsys.readouterr()
    log.warning("as json")
    assert [row["event"] for row in _rows(capsys)] == ["as json"]


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "text"])
def test_a_secret_is_blotted_out_wherever_it_hides(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    configure_logs(json=as_json, level=logging.INFO, secrets=[SECRET, "x"])
    log.info("posted", header=f"Bearer {SECRET}", nested={"deep": [SECRET, (SECRET, 1)]})
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("broke")
    logging.getLogger("a.library").error("refused %s", SECRET)

    written = capsys.readouterr().err
    assert SECRET not in written
    assert written.count("***") >= 5
    assert "Bearer ***" in written
    assert "ValueError" in written


def test_libraries_speak_from_warning_on(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=True, level=logging.INFO)
    logging.getLogger("a.library").info("chatter")
    logging.getLogger("a.library").warning("trouble")
    assert [row["event"] for row in _rows(capsys)] == ["trouble"]
