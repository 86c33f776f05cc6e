"""What the command line says of itself, and what docs/cli.md says of it."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import typer.main

from bot.adapter import platforms
from bot.cli.root import app
from tests.terminal import Terminal

GROUPS: tuple[list[str], ...] = ([], ["slack"], ["discord"])
DOCUMENT = Path(__file__).parents[1].joinpath("docs/cli.md").read_text(encoding="utf-8")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Terminal:
    """Eighty columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAILY_PAPERS_DATABASE_URL", raising=False)
    typed = Terminal(monkeypatch, capfd)
    typed.set(COLUMNS="80", TERMINAL_WIDTH="80", DAILY_PAPERS_SOURCE="sample")
    return typed


def commands_with(option: str) -> Iterator[str]:
    """The commands that have an option, each as it is typed."""

    def walk(found: object, name: tuple[str, ...]) -> Iterator[str]:
        for word, command in getattr(found, "commands", {}).items():
            yield from walk(command, (*name, word))
        if any(option in parameter.opts for parameter in getattr(found, "params", ())):
            yield " ".join(name)

    return walk(typer.main.get_command(app), ())


def section(command: str) -> str:
    """What docs/cli.md says of a command; empty where it has no section."""
    found = re.search(rf"^## `{command}[ `].*?(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize("group", GROUPS, ids=" ".join)
def test_each_command_is_summed_up_in_a_whole_sentence(terminal: Terminal, group: list[str]) -> None:
    said = terminal.type(*group, "--help").out.partition("Commands:\n")[2].splitlines()
    assert said
    assert [row for row in said if "..." in row or not row.endswith(".")] == []


@pytest.mark.parametrize("group", GROUPS, ids=" ".join)
def test_who_types_no_command_gets_the_help_in_lines(terminal: Terminal, group: list[str]) -> None:
    told = terminal.type(*group)
    assert (told.code, told.out) == (2, "")
    assert told.err == terminal.type(*group, "--help").out


def test_the_version_is_that_of_what_is_installed(terminal: Terminal) -> None:
    told = terminal.type("--version")
    assert (told.code, told.out, told.err) == (0, f"daily-papers {version('daily-papers-bot')}\n", "")


@pytest.mark.parametrize("command", ["post", "subscribe", "why"])
def test_a_place_may_be_on_every_platform(terminal: Terminal, command: str) -> None:
    said = terminal.type(command, "--help").out
    assert [name for name in platforms() if f"{name}:" not in said] == []


def test_the_demo_says_where_its_papers_come_from_and_stay(terminal: Terminal) -> None:
    said = terminal.type("demo", "--help").out
    assert "from a file" not in said
    assert "huggingface.co" in said
    assert "demo.db" in said


@pytest.mark.parametrize("command", [*commands_with("--json"), "post", "demo"])
def test_the_document_has_a_section_for_each_command_with_json(command: str) -> None:
    assert section(command)


def test_the_document_names_the_fields_of_a_delivery(terminal: Terminal) -> None:
    assert terminal.type("post", "console:", "--date", "2026-07-29").code == 0
    [row] = terminal.type("deliveries", "--json").json
    assert re.findall(r"^\| `(\w+)` \|", section("deliveries"), re.MULTILINE) == list(row)
