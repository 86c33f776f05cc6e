"""Message → the subject, the plain text and the HTML of a mail. Pure.

The HTML loads nothing: no image, no font, no style sheet, so that whoever opens a mail tells nobody. Foreign
text goes through Jinja's escaping, and only web addresses become links.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bot.markup import Button, Card, Message, Span, plain_line
from bot.text import cut, fixed, one_line

SUBJECT = 150
"""Characters of a subject; most mail programs show 40 to 70."""
_PREVIEW = 120
_WIDTH = 76
"""Columns of plain text."""
_LINKABLE = re.compile(r"https?://[!-~]*[A-Za-z0-9][!-~]*")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a mail holds."""

    subject: str
    text: str
    html: str


def render(message: Message) -> Rendered:
    """One message. Buttons without an address are left out: a mail cannot be clicked on otherwise."""
    subject = cut(one_line(message.subject or message.title or _opening(message)), SUBJECT)
    return Rendered(subject or "Daily Papers", _text(message), _html(message))


def link(address: str | None) -> str | None:
    """A web address of printable ASCII, or None for anything else."""
    return address if address and len(address) <= 2_000 and _LINKABLE.fullmatch(address) else None


def harmless(text: str) -> str:
    """`one_line`, with the blank at either end that divides a span from its neighbour."""
    inner = one_line(text)
    before, after = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' * before}{inner}{' ' * after}" if inner else " " * before


def _opening(message: Message) -> str:
    """The first words, for a message without a title."""
    return next((plain_line(spans) for spans in message.lines if spans), "")


def _html(message: Message) -> str:
    name, _, rest = one_line(message.title).partition(" · ")
    return _template().render(
        message=message,
        name=name,
        rest=rest,
        preview=cut(" · ".join(filter(None, map(one_line, _preview(message)))), _PREVIEW),
        code=fixed(message.code),
        buttons=_linked(message.buttons),
        unsubscribe=link(message.unsubscribe),
    )


def _preview(message: Message) -> Iterator[str]:
    """What a list of mails shows beside the subject: the titles behind the first, which the subject names."""
    titles = [card.title.text for card in message.cards]
    titles += [plain_line(spans) for spans in message.lines if spans]
    yield from titles[1:4] if len(titles) > 1 else titles


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        loader=PackageLoader("adapters.email"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"harmless": harmless, "web": link, "linked": _linked}
    return environment.get_template("mail.html")


def _linked(buttons: Iterable[Button]) -> list[Button]:
    return [button for button in buttons if link(button.url)]


def _text(message: Message) -> str:
    blocks = [
        _rows(_title(message)),
        _rows(row for spans in message.lines for row in _paragraph(spans)),
        fixed(message.code),
        *(_rows(_card(card)) for card in message.cards),
        _rows(_paragraph(message.note)),
        _rows(f"{one_line(button.label)}: {button.url}" for button in _linked(message.buttons)),
        f"Unsubscribe: {message.unsubscribe}" if link(message.unsubscribe) else "",
    ]
    return "\n\n".join(block for block in blocks if block.strip()) + "\n"


def _rows(rows: Iterable[str]) -> str:
    return "\n".join(rows).strip("\n")


def _title(message: Message) -> Iterator[str]:
    yield from _wrapped(message.title)
    if link(message.title_url):
        yield str(message.title_url)


def _paragraph(spans: Iterable[Span]) -> Iterator[str]:
    """A line, its addresses under it, and room behind a line that has some."""
    spans = tuple(spans)
    yield from _wrapped("".join(harmless(span.text) for span in spans))
    addresses = [str(span.url) for span in spans if link(span.url)]
    yield from addresses
    if addresses or not spans:
        yield ""


def _card(card: Card) -> Iterator[str]:
    yield from _wrapped(card.title.text)
    if link(card.title.url):
        yield str(card.title.url)
    yield from _wrapped(card.summary, "  ")
    for spans in card.facts:
        yield from _wrapped(plain_line(spans), "  ")
        yield from (f"  {span.text.strip()}: {span.url}" for span in spans if link(span.url))
    for button in _linked(card.buttons):
        yield f"  {one_line(button.label)}: {button.url}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        one_line(text),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
