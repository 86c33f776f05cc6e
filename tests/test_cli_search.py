"""`daily-papers search` over the bundled edition."""

from pathlib import Path

import pytest

from tests.terminal import Terminal


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Terminal:
    """A store with the bundled edition of Wed 29 Jul 2026."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAILY_PAPERS_DATABASE_URL", raising=False)
    typed = Terminal(monkeypatch, capfd)
    typed.set(DAILY_PAPERS_SOURCE="sample")
    assert typed.type("ingest", "--date", "2026-07-29").code == 0
    return typed


def test_papers_as_json(terminal: Terminal) -> None:
    found = terminal.type("search", "has:code sort:upvotes", "--limit", "3", "--json").json
    assert len(found) == 3
    assert [list(item) for item in found] == [["id", "title", "score", "listed", "upvotes", "url"]] * 3
    assert found[0]["listed"] == "2026-07-29"
    assert found[0]["url"] == f"https://huggingface.co/papers/{found[0]['id']}"
    votes = [item["upvotes"] for item in found]
    assert votes == sorted(votes, reverse=True)


def test_papers_for_people(terminal: Terminal) -> None:
    ran = terminal.type("search", "upvotes>=20", "sort:upvotes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Papers with at least 20 upvotes")
    assert "1. " in ran.out
    assert "▸" not in ran.out  # what cannot be clicked is not offered


@pytest.mark.parametrize("words", [["-agents upvotes>=1"], ["--", "-agents", "upvotes>=1"], [""]])
def test_a_filter_may_begin_with_a_minus_or_be_empty(terminal: Terminal, words: list[str]) -> None:
    assert len(terminal.type("search", "--json", "--limit", "100", *words).json) >= 10


def test_nothing_found_is_a_success(terminal: Terminal) -> None:
    ran = terminal.type("search", "frobnicate")
    assert (ran.code, ran.out, ran.err) == (0, "", 'The store has no papers about "frobnicate".\n')
    assert terminal.type("search", "frobnicate", "--json").json == []


def test_a_mistake_is_pointed_at(terminal: Terminal) -> None:
    ran = terminal.type("search", "diffusion tilte:vision", "--json")
    assert (ran.code, ran.out) == (2, "")
    first, text, carets = ran.err.splitlines()
    assert first == "daily-papers: this filter cannot be read:"
    assert text.index("tilte") == carets.index("^")
    assert 'did you mean "title"?' in carets


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_a_limit_that_is_none(terminal: Terminal, limit: str) -> None:
    ran = terminal.type("search", "x", "--limit", limit)
    assert ran.code == 2
    assert "--limit" in ran.err


def test_a_long_question_is_read(terminal: Terminal) -> None:
    question = (
        "Are there any papers that look at how agents which are built on top of large language models could "
        "be taught to make use of the tools that people have on their machines, and which of these also have "
        "code that one can run, or a benchmark to compare different models with?"
    )
    assert len(question.split()) > 40
    ran = terminal.type("search", question, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json
