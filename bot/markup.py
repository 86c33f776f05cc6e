"""What the bot says, before any platform's markup: spans, lines, cards, buttons, messages.

Text in a span is plain: it may hold any character, and it is the adapter that escapes it. An adapter
that cannot show something (an image, a button) leaves it out.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A run of plain text with one look.

    Args:
        url: an absolute http or https address that it links to.
        person: the platform's identifier of a person, as in `bot.request.Request`. A platform shows that
            person's name instead of the text, and notifies nobody.
    """

    text: str
    url: str | None = None
    bold: bool = False
    italic: bool = False
    code: bool = False
    person: str | None = None


Line = tuple[Span, ...]

GAP: Line = ()
"""A line without words: some room between two paragraphs, where the platform has room."""


@dataclass(frozen=True, slots=True)
class Button:
    """Clicking it is the same as typing `/papers <command>`: nothing is kept, so it works after a restart."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class Card:
    """One paper: its title as a link, a summary of some sentences, and facts, a line each."""

    title: Span
    summary: str = ""
    facts: tuple[Line, ...] = ()
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message: an optional title line, lines of text, code, cards, small print, buttons; in this order.

    Args:
        title: plain text; also what a notification shows.
        title_url: where the title leads, if anywhere.
        lines: a paragraph each; `GAP` between two of them sets them apart.
        code: rows in letters of one width, blanks and line breaks kept. It repeats nothing but what `lines`
            say in words already, so that it may be left out.
        note: small print at the end.
    """

    title: str = ""
    title_url: str | None = None
    lines: tuple[Line, ...] = ()
    code: str = ""
    cards: tuple[Card, ...] = ()
    note: Line = ()
    buttons: tuple[Button, ...] = ()


def line(*parts: str | Span) -> Line:
    """A line of plain strings and spans."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def plain_line(spans: Iterable[Span]) -> str:
    """A line without its looks."""
    return "".join(span.text for span in spans)


def plain(message: Message) -> str:
    """A message as plain text, a paragraph a line: for notifications, logs and `--json`."""
    rows = [message.title] if message.title else []
    rows += [plain_line(spans) for spans in message.lines]
    for card in message.cards:
        rows += [card.title.text, card.summary, *(plain_line(spans) for spans in card.facts)]
    rows.append(plain_line(message.note))
    return "\n".join(row for row in rows if row)
