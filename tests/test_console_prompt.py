"""The console listens: conversations, and the prompt on a real terminal."""

import asyncio
import getpass
import io
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import pytest

from adapters.console.app import ConsoleAdapter
from adapters.console.inbound import PLACE, Meaning, person_here, read
from bot.adapter import Temporary
from bot.markup import Button, Message, line
from bot.request import Reply, Request
from tests.fakes.terminal import Terminal, full_disk

NOW = datetime(2026, 7, 29, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        ("/papers", ""),
        ("papers", ""),
        ("  /papers search org:example -robot  \n", "search org:example -robot"),
        ('PAPERS Search "Two  Words"', 'Search "Two  Words"'),
        ("/papers\thelp", "help"),
        ("", Meaning.NOTHING),
        (" \t\n", Meaning.NOTHING),
        ("quit", Meaning.END),
        (" EXIT\n", Meaning.END),
        ("help", Meaning.UNKNOWN),
        ("/papersearch x", Meaning.UNKNOWN),
        ("quit now", Meaning.UNKNOWN),
        ("//papers", Meaning.UNKNOWN),
        ("\x00", Meaning.UNKNOWN),
    ],
)
def test_what_a_line_means(typed: str, meaning: str | Meaning) -> None:
    expected = Request(meaning, PLACE, "ana", NOW) if isinstance(meaning, str) else meaning
    assert read(typed, "ana", NOW) == expected


@pytest.mark.parametrize(
    ("name", "person"), [("ana", "ana"), ("ana\x1b[1m", "ana [1m"), ("", "terminal"), (None, "terminal")]
)
def test_who_sits_here(monkeypatch: pytest.MonkeyPatch, name: str | None, person: str) -> None:
    def getuser() -> str:
        if name is None:
            raise KeyError("getpwuid(): uid not found: 4711")
        return name

    monkeypatch.setattr(getpass, "getuser", getuser)
    assert person_here() == person


async def echo(request: Request) -> Reply:
    """Answers with what was asked."""
    assert (request.place, request.person, request.now.tzinfo) == (PLACE, person_here(), UTC)
    day = Message(
        f"You asked: {request.text}", buttons=(Button("Previous day", "2026-07-28"), Button("Today", ""))
    )
    return Reply((day, Message(lines=(line("That is all."),))))


HINTED = "Type /papers for today's list, /papers help for the rest, quit to leave."
ANSWERED = ["▸ Previous day: /papers 2026-07-28", "▸ Today: /papers", "That is all."]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/papers search tigers\n", ["You asked: search tigers", *ANSWERED]),
        ("papers help\nquit\npapers never read\n", ["You asked: help", *ANSWERED]),
        ("hello\n\n", [HINTED]),
        ("exit", []),
        ("", []),
    ],
    ids=["to the end", "quit", "hint", "exit", "nothing"],
)
async def test_conversations(typed: str, expected: list[str]) -> None:
    out = io.StringIO()
    async with started(ConsoleAdapter(out, io.StringIO(typed))) as console:
        await console.wait()
    assert [row for row in out.getvalue().splitlines() if row.strip("─")] == expected


@asynccontextmanager
async def started(console: ConsoleAdapter) -> AsyncIterator[ConsoleAdapter]:
    await console.start(echo)
    try:
        yield console
    finally:
        await console.stop()
        await console.stop()


@pytest.mark.parametrize("more", ["From afar", None])
async def test_what_comes_later_stands_below_the_answer(more: str | None) -> None:
    out = io.StringIO()

    async def later() -> Message | None:
        assert out.getvalue() == "At once\n\n"
        return Message(lines=(line(more),)) if more else None

    async def answer(request: Request) -> Reply:
        return Reply((Message(lines=(line("At once"),)),), later=later)

    console = ConsoleAdapter(out, io.StringIO("papers search tigers\n"))
    await console.start(answer)
    await console.wait()
    await console.stop()
    assert out.getvalue().split("\n\n") == ["At once", *([more] if more else []), ""]


async def test_bytes_that_are_no_text_are_answered_with_the_hint() -> None:
    out = io.StringIO()
    async with started(ConsoleAdapter(out, io.TextIOWrapper(io.BytesIO(b"\xff\n"), "utf-8"))) as console:
        await console.wait()
    assert out.getvalue().splitlines()[0] == HINTED


async def test_a_message_may_come_while_a_line_is_typed() -> None:
    with Terminal() as terminal, terminal.stream("w") as screen, terminal.stream("r") as keyboard:
        async with started(ConsoleAdapter(screen, keyboard)) as console:
            await asyncio.to_thread(terminal.until, "> ")
            await console.send(PLACE, Message(lines=(line("News."),)), "a")
            assert await asyncio.to_thread(terminal.until, "> ") == "\r\x1b[KNews.\r\n\r\n> "
            terminal.type("papers\n")
            await asyncio.to_thread(terminal.until, "That is all.\r\n\r\n> ")
            terminal.type("quit\n")
            await console.wait()


async def test_a_full_disk_ends_the_listening_with_a_reason() -> None:
    with full_disk() as full:
        async with started(ConsoleAdapter(full, io.StringIO("papers\n"))) as console:
            with pytest.raises(Temporary, match="No space left"):
                await console.wait()


async def test_without_a_handler_nothing_is_read() -> None:
    typed = io.StringIO("papers\n")
    console = ConsoleAdapter(io.StringIO(), typed)
    await console.start(None)
    await console.stop()
    assert typed.tell() == 0


LISTEN = """
import asyncio, fcntl, signal, termios
from adapters.console.app import ConsoleAdapter
from adapters.console.inbound import PLACE
from bot.markup import Message, line
from tests.test_console_prompt import echo

async def main():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    console = ConsoleAdapter()
    await console.start(echo)
    news = lambda: asyncio.ensure_future(console.send(PLACE, Message(lines=(line("News."),)), "news"))
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, news)
    await console.wait()
    await console.stop()
    print("Stopped.")

asyncio.run(main())
"""


@contextmanager
def program(terminal: Terminal) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has the terminal for itself and waits at its first prompt."""
    device, environment = terminal.device, {**os.environ, "TERM": "xterm-256color", "INPUTRC": os.devnull}
    with subprocess.Popen(
        [sys.executable, "-c", LISTEN],
        stdin=device,
        stdout=device,
        stderr=device,
        env=environment,
        start_new_session=True,
    ) as running:
        try:
            assert HINTED.split(",")[0] in terminal.until("> ").replace("\x1b[0m", "").replace("\x1b[36m", "")
            yield running
        finally:
            running.kill()


def test_lines_can_be_edited_and_come_back_by_arrow_up() -> None:
    with Terminal() as terminal, program(terminal):
        terminal.type("papers tigres\x7f\x7f\x7fers\n")
        assert "You asked: tigers" in terminal.until("That is all.\r\n\r\n> ")
        terminal.type("\x1b[A\n")
        assert "You asked: tigers" in terminal.until("That is all.\r\n\r\n> ")


def test_what_was_typed_so_far_moves_below_the_news() -> None:
    with Terminal() as terminal, program(terminal) as running:
        terminal.type("papers tig")
        terminal.until("papers tig")
        running.send_signal(signal.SIGUSR1)
        assert "News.\r\n\r\n> papers tig" in terminal.until("News.") + terminal.until("tig")
        terminal.type("ers\n")
        assert "You asked: tigers" in terminal.until("That is all.")


@pytest.mark.parametrize(
    "keys",
    ["\x04", "\x03", "papers half a li\x03", "quit\n"],
    ids=["Ctrl-D", "Ctrl-C", "Ctrl-C in a line", "quit"],
)
def test_ways_to_leave(keys: str) -> None:
    with Terminal() as terminal, program(terminal) as running:
        terminal.type(keys)
        seen = terminal.until("\nStopped.\r\n")
        assert running.wait() == 0
        assert terminal.echoes
        assert "Traceback" not in seen


PRINT = """
import asyncio
from adapters.console.app import ConsoleAdapter
from adapters.console.inbound import PLACE
from bot.markup import Message

async def main():
    console = ConsoleAdapter()
    await console.start(None)
    for number in range(2000):
        await console.send(PLACE, Message(str(number)), str(number))
    print("Others print too.")
    await console.wait()
    await console.stop()

asyncio.run(main())
"""


def test_a_reader_who_leaves_early_gets_no_complaint() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PRINT], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout
        assert running.stderr
        assert running.stdout.readline() == b"0\n"
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 0
