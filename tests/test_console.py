"""The console prints: what stands on the screen, in a file, and on a narrow terminal."""

import asyncio
import io
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.console import app
from adapters.console.app import ConsoleAdapter
from adapters.console.inbound import PLACE
from bot.adapter import PlaceGone, Temporary, Thread
from bot.markup import GAP, Button, Card, Message, Span, line
from bot.places import Place
from tests.fakes.terminal import Terminal, full_disk

HEAD = Message(
    "Daily Papers · Wed 29 Jul 2026 · 2 papers, 52 upvotes",
    "https://huggingface.co/papers/date/2026-07-29",
    lines=(
        line(Span("Paper Tigers", "https://huggingface.co/papers/2607.00001"), " · 40 upvotes"),
        line(
            Span(
                "On the Unreasonable Length of Titles in Papers", "https://huggingface.co/papers/2607.00002"
            ),
            " · 12 upvotes, 3 comments",
        ),
    ),
    note=line("Set up by ana; change it with ", Span("/papers channel", code=True), "."),
)
TIGERS = Message(
    cards=(
        Card(
            Span("Paper Tigers", "https://huggingface.co/papers/2607.00001"),
            "We fold a paper tiger and show that detection survives the folding. The trick is a loss "
            "that knows about creases.",
            (
                line("Ana Lovelace, Bo Turing"),
                line("40 upvotes · ", Span("code", "https://example.org/code")),
            ),
            "https://example.org/tiger.png",
        ),
    )
)
KETTLE = Message(cards=(Card(Span("TinyKettle")),), buttons=(Button("Save", "save 2607.00002"),))

AT_80 = """\
Daily Papers · Wed 29 Jul 2026 · 2 papers, 52 upvotes
────────────────────────────────────────────────────────────────────────────────
Paper Tigers · 40 upvotes
On the Unreasonable Length of Titles in Papers · 12 upvotes, 3 comments

Set up by ana; change it with /papers channel.

  │ Paper Tigers
  │ We fold a paper tiger and show that detection survives the folding. The
  │ trick is a loss that knows about creases.
  │ Ana Lovelace, Bo Turing
  │ 40 upvotes · code
  │ https://huggingface.co/papers/2607.00001

  │ TinyKettle

"""

AT_40 = """\
Daily Papers · Wed 29 Jul 2026 · 2
papers, 52 upvotes
────────────────────────────────────────
Paper Tigers · 40 upvotes
On the Unreasonable Length of Titles
  in Papers · 12 upvotes, 3 comments

Set up by ana; change it with /papers
channel.

  │ Paper Tigers
  │ We fold a paper tiger and show that
  │ detection survives the folding. The
  │ trick is a loss that knows about
  │ creases.
  │ Ana Lovelace, Bo Turing
  │ 40 upvotes · code

  │ TinyKettle

"""


async def printed(*messages: Message, width: int | None = None) -> str:
    """What stands in a file after a head and its replies were sent."""
    out = io.StringIO()
    console = ConsoleAdapter(out, io.StringIO(), width)
    head, *replies = messages
    ref = await console.send(PLACE, head, "d.0")
    for position, reply in enumerate(replies, 1):
        await console.send(PLACE, reply, f"d.{position}", Thread(ref, head.title))
    return out.getvalue()


@pytest.mark.parametrize(("width", "expected"), [(None, AT_80), (40, AT_40)], ids=["file", "narrow"])
async def test_a_thread_as_it_is_read(width: int | None, expected: str) -> None:
    assert await printed(HEAD, TIGERS, KETTLE, width=width) == expected


@given(st.text(max_size=200), st.text(max_size=400), st.integers(40, 120))
def test_no_row_is_wider_than_asked_and_none_ends_in_blanks(title: str, summary: str, width: int) -> None:
    card = Card(Span(title, "https://example.org/" + "x" * 60), summary, (line(title, summary),))
    thread = asyncio.run(printed(Message(title, lines=(line(summary),)), Message(cards=(card,)), width=width))
    assert all(cell_len(row) <= width and row == row.rstrip(" ") for row in thread.split("\n"))


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("[red]loud[/red] [link=x]", "[red]loud[/red] [link=x]"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("\x1b]8;;https://evil.example\x07click", "]8;;https://evil.example click"),
        ("\x9b31mred", "31mred"),
        ("bell\x07 back\x08 nul\x00", "bell back nul"),
        ("two\nrows\r\nand\u2028more", "two rows and more"),
        ("\u202eevil\u202c", "evil"),
        ("half \ud800 a pair", "half a pair"),
        (":smile: `code` *bold*", ":smile: `code` *bold*"),
    ],
    ids=["markup", "colour", "hyperlink", "c1", "bell", "rows", "override", "surrogate", "emoji"],
)
async def test_foreign_text_is_only_text(foreign: str, shown: str) -> None:
    everywhere = Message(
        foreign,
        lines=(line(foreign),),
        cards=(Card(Span(foreign), foreign, (line(foreign),)),),
        note=line(foreign),
    )
    rows = (await printed(everywhere)).splitlines()
    assert [row for row in rows if row.strip("─")] == [shown] * 6


async def test_neighbouring_spans_keep_their_blanks_and_empty_ones_vanish() -> None:
    shown = await printed(
        Message(lines=(line("a ", Span("b", bold=True), " c", Span(" "), "d", Span("\x00")),))
    )
    assert shown == "a b c d\n\n"


async def test_code_keeps_its_places_and_a_gap_is_a_row() -> None:
    message = Message(lines=(line("wrong"), GAP, line("here:")), code="a \x1b[1m tilte:x\n        ^^^^^")
    assert await printed(message) == "wrong\n\nhere:\n\na  [1m tilte:x\n        ^^^^^\n\n"


async def test_a_person_is_the_text_there() -> None:
    message = Message(lines=(line(Span("somebody", person="T1:U1"), " shares"),))
    assert await printed(message) == "somebody shares\n\n"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("ascii", "  | Caf?s - 5 ^ -> ?"),
        ("latin-1", "  | Cafés - 5 ^ -> ?"),
        ("utf-8", "  │ Cafés · 5 ▲ —▸ 雪"),
    ],
)
async def test_what_an_encoding_lacks_is_replaced(encoding: str, expected: str) -> None:
    file = io.BytesIO()
    console = ConsoleAdapter(io.TextIOWrapper(file, encoding), io.StringIO())
    card = Message(cards=(Card(Span("Cafés · 5 ▲ —▸ 雪")),))
    await console.send(PLACE, card, "a", Thread("1", "Daily Papers"))
    assert file.getvalue().decode(encoding).splitlines()[2] == expected


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with Terminal() as made:
        yield made


@pytest.mark.parametrize(
    ("environment", "codes"),
    [
        ({"TERM": "xterm-256color"}, {"36", "1", "2", "]8"}),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, {"1", "2", "]8"}),
        ({"TERM": "dumb"}, set()),
    ],
    ids=["colour", "NO_COLOR", "dumb"],
)
async def test_looks_on_a_terminal(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], codes: set[str]
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with terminal.stream("w") as screen:
        await ConsoleAdapter(screen, io.StringIO()).send(PLACE, TIGERS, "a", Thread("1", "Daily Papers"))
    seen = terminal.until("code") + terminal.until("\r\n\r\n")
    found = {code for run in re.findall(r"\x1b\[([\d;]+)m", seen) for code in run.split(";")} - {"0"}
    assert found | ({"]8"} if "\x1b]8;" in seen else set()) == codes
    assert ("https://huggingface.co/papers/2607.00001\r\n" in seen) == (environment["TERM"] == "dumb")


@pytest.mark.parametrize(("columns", "ruled"), [(20, 40), (72, 72), (300, 100)], ids=["tiny", "fit", "huge"])
async def test_rows_follow_the_terminal_within_reason(columns: int, ruled: int) -> None:
    with Terminal(columns) as terminal, terminal.stream("w") as screen:
        await ConsoleAdapter(screen, io.StringIO()).send(PLACE, Message("Daily Papers"), "a")
        assert terminal.until("\r\n\r\n").count("─") == ruled


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://e.org/\x1b\\x", "https://e.org/a b", "https://é.org"]
)
async def test_only_a_clean_web_address_becomes_a_link(terminal: Terminal, url: str) -> None:
    with terminal.stream("w") as screen:
        await ConsoleAdapter(screen, io.StringIO()).send(PLACE, Message("Title", url), "a")
    assert "\x1b]8" not in terminal.until("\r\n\r\n")


async def test_replies_to_an_older_head_say_which() -> None:
    out = io.StringIO()
    console = ConsoleAdapter(out, io.StringIO())
    monday = Thread(await console.send(PLACE, Message("Monday"), "mon.0"), "Monday")
    tuesday = Thread(await console.send(PLACE, Message("Tuesday"), "tue.0"), "Tuesday")
    for key, thread in [("tue.1", tuesday), ("mon.1", monday), ("mon.2", monday), ("tue.2", tuesday)]:
        await console.send(PLACE, Message(key), key, thread)
    rows = [row for row in out.getvalue().splitlines() if row.strip("─")]
    assert rows == [
        "Monday",
        "Tuesday",
        "  │ tue.1",
        "↳ Monday",
        "  │ mon.1",
        "  │ mon.2",
        "↳ Tuesday",
        "  │ tue.2",
    ]


async def test_an_edit_prints_again() -> None:
    out = io.StringIO()
    console = ConsoleAdapter(out, io.StringIO())
    ref = await console.send(PLACE, Message("Daily Papers"), "a.0")
    await console.edit(PLACE, ref, Message("Daily Papers, settled"))
    await console.edit(PLACE, ref, Message(lines=(line("No title."),)))
    rows = [row for row in out.getvalue().splitlines() if row.strip("─")]
    assert rows == ["Daily Papers", "Daily Papers, settled (edited)", "(edited)", "No title."]


async def test_the_memory_of_keys_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_REMEMBERED", 2)
    console = ConsoleAdapter(io.StringIO(), io.StringIO())
    refs = [await console.send(PLACE, Message(key), key) for key in ("a", "b", "c")]
    assert [await console.find(PLACE, key) for key in ("a", "b", "c")] == [None, *refs[1:]]


async def test_no_other_place_is_here() -> None:
    with pytest.raises(PlaceGone, match="only console:"):
        await ConsoleAdapter(io.StringIO(), io.StringIO()).send(Place("console", "C1"), HEAD, "a")


async def test_a_full_disk_is_temporary() -> None:
    with full_disk() as full, pytest.raises(Temporary, match="No space left"):
        await ConsoleAdapter(full, io.StringIO()).send(PLACE, HEAD, "a")
