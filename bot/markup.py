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
    """Clicking it is the same as typing `/papers <command>`: nothing is kept, so it works after a restart.

    Args:
        form: the answer may be a form (`Reply.form`), which some platforms must show at once.
        url: a page that does the same, for platforms whose messages only know links.
    """

    label: str
    command: str
    form: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One paper or subscription: its title, a summary of some sentences, and facts, a line each.

    Args:
        buttons: a row of their own; under the card where the platform can, else under the message. Their
            labels say which card they belong to.
    """

    title: Span
    summary: str = ""
    facts: tuple[Line, ...] = ()
    image_url: str | None = None
    buttons: tuple[Button, ...] = ()


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
        topics: what the message is about, most important first, for platforms that file messages under
            topics, such as the tags of a Discord forum; shown nowhere else.
        subject: what a mail is called; else its title. Shown nowhere else.
        unsubscribe: where a click, or a mail program by itself, ends what this comes from; for platforms that
            have a way to say so.
    """

    title: str = ""
    title_url: str | None = None
    lines: tuple[Line, ...] = ()
    code: str = ""
    cards: tuple[Card, ...] = ()
    note: Line = ()
    buttons: tuple[Button, ...] = ()
    topics: tuple[str, ...] = ()
    subject: str = ""
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file.

    Args:
        name: with its ending, as `subscriptions.json`.
    """

    name: str
    text: str


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
