"""A file that is handed in at the terminal by its name."""

import io
import os
from pathlib import Path

import pytest

from adapters.console.app import ConsoleAdapter
from bot.markup import Message
from bot.request import LONGEST_FILE, Reply, Request


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the person sits, which is their home as well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


async def asked(typed: str) -> tuple[str, str | None]:
    """The text and the file of the request that a line becomes."""
    requests: list[Request] = []

    async def handle(request: Request) -> Reply:
        requests.append(request)
        return Reply((Message("Done"),))

    console = ConsoleAdapter(io.StringIO(), io.StringIO(f"{typed}\n"))
    await console.start(handle)
    await console.wait()
    await console.stop()
    [request] = requests
    return request.text, request.file


TYPED = [
    ("papers import mine.json", "mine"),
    ("/papers IMPORT  ./mine.json ", "mine"),
    ("papers import ~/mine.json", "mine"),
    ('papers import "my own.json"', "own"),
    ("papers import 'my own.json'", "own"),
    ("papers import my own.json", "own"),
    ("papers import marked.json", "{}"),
]


@pytest.mark.parametrize(("typed", "text"), TYPED)
async def test_a_file_is_named(here: Path, typed: str, text: str) -> None:
    (here / "mine.json").write_text("mine", encoding="utf-8")
    (here / "my own.json").write_text("own", encoding="utf-8")
    (here / "marked.json").write_text("\ufeff{}", encoding="utf-8")
    request_text, file = await asked(typed)
    assert (request_text.casefold().split()[0], file) == ("import", text)


UNREADABLE: dict[str, str | None] = {
    "missing.json": None,
    ".": None,
    "/": None,
    "pipe": None,
    "a\x00b": None,
    "~nobody-of-this-name/x": None,
    "'": None,
    "x" * 5000: None,
    "long": "",
    "binary": "",
}


@pytest.mark.parametrize(("name", "text"), UNREADABLE.items(), ids=repr)
async def test_what_is_no_file_is_none_and_what_cannot_be_read_is_empty(
    here: Path, name: str, text: str | None
) -> None:
    os.mkfifo(here / "pipe")
    (here / "long").write_bytes(b"x" * (LONGEST_FILE + 1))
    (here / "binary").write_bytes(b"\xff\x00")
    assert await asked(f"papers import {name}") == (f"import {name}", text)


async def test_the_longest_file_is_read(here: Path) -> None:
    (here / "long").write_bytes(b"x" * LONGEST_FILE)
    assert await asked("papers import long") == ("import long", "x" * LONGEST_FILE)


@pytest.mark.parametrize(
    "typed", ["import", 'import {"version": 1}', "search import mine.json", "important mine"]
)
async def test_other_words_name_no_file(here: Path, typed: str) -> None:
    (here / "mine.json").write_text("mine", encoding="utf-8")
    assert await asked(f"papers {typed}") == (typed, None)
