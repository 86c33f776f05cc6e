"""Message → rich renderables. Pure: how wide and how colourful they get is for the screen to say.

Text is only ever put into `rich.text.Text` objects, so that foreign brackets are never markup, and passes
`one_line` before, so that it holds no escape sequence.
"""

import re
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.rule import Rule
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from bot.markup import Attachment, Button, Card, Message, Span
from bot.text import fixed, one_line

_ACCENT = "cyan"
_BAR = "  │ "
_HANGING = "  "
# What may stand inside an OSC 8 hyperlink: printable ASCII, and nothing but a web address.
_LINKABLE = re.compile(r"https?://[!-~]+")


def render(
    message: Message,
    *,
    threaded: bool = False,
    links: bool = False,
    buttons: bool = False,
    edited: bool = False,
) -> RenderableType:
    """One message, its blocks divided by empty lines.

    Args:
        threaded: stand behind a bar, as part of a thread.
        links: make hyperlinks; without them, a card says its address in a row of its own.
        buttons: say what a click would have typed.
        edited: mark it as the new form of an earlier message.
    """
    blocks = [
        *_opening(message, threaded, links, edited),
        *([Text(fixed(message.code), _ACCENT)] if message.code else []),
        *(_card(card, links, buttons) for card in message.cards),
        *([_text(message.note, links, "dim")] if message.note else []),
        *([Group(*map(_button, message.buttons))] if buttons and message.buttons else []),
    ]
    spaced = [row for block in blocks for row in (Text(), block)][1:]
    return _Indented(Group(*spaced), _BAR, _BAR) if threaded else Group(*spaced)


def render_file(file: Attachment) -> RenderableType:
    """The file's name and its text, whose rows stay whole so that they can be copied."""
    return Group(Text(one_line(file.name), "bold"), Text(fixed(file.text), no_wrap=True, overflow="ignore"))


def render_way(title: str) -> RenderableType:
    """Says which thread the next message stands in, where its head is not right above."""
    return Text(f"↳ {one_line(title)}", "dim")


def _opening(message: Message, threaded: bool, links: bool, edited: bool) -> list[RenderableType]:
    """The title and the lines: one block, or none."""
    rows: list[RenderableType] = []
    title = _text([Span(message.title, message.title_url)], links, "bold")
    if edited:
        title.append(" (edited)" if title else "(edited)", "not bold dim")
    if title:
        rows += [title] if threaded else [title, Rule(style=_ACCENT)]
    for spans in message.lines:
        text = _text(spans, links)
        listed = any(span.url for span in spans)
        rows.append(_Indented(text, "", _HANGING) if listed else text)
    return [Group(*rows)] if rows else []


def _card(card: Card, links: bool, buttons: bool) -> RenderableType:
    rows: list[RenderableType] = [_text([card.title], links, "bold")]
    if card.summary:
        rows.append(Text(one_line(card.summary)))
    rows += [_text(spans, links, "dim") for spans in card.facts]
    if not links and card.title.url and _LINKABLE.fullmatch(card.title.url):
        rows.append(_Address(card.title.url))
    if buttons:
        rows += map(_button, card.buttons)
    return Group(*rows)


def _button(button: Button) -> Text:
    command = one_line(f"/papers {button.command}")
    return Text(f"▸ {one_line(button.label)}: {command}", "dim")


def _text(spans: Iterable[Span], links: bool, style: str = "") -> Text:
    text = Text(style=style)
    for span in spans:
        text.append(_harmless(span.text), _style(span, links))
    return text


def _harmless(text: str) -> str:
    """`one_line`, with the blank at either end that divides a span from its neighbour."""
    inner = one_line(text)
    before, after = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' * before}{inner}{' ' * after}" if inner else " " * before


def _style(span: Span, links: bool) -> Style:
    url = span.url if links and span.url and _LINKABLE.fullmatch(span.url) else None
    return Style(
        bold=span.bold or None, italic=span.italic or None, color=_ACCENT if span.code else None, link=url
    )


class _Address:
    """A web address in one row, or nothing where it would have to be broken."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if len(self._url) <= options.max_width:
            yield Text(self._url, "dim")


class _Indented:
    """Something with a prefix before its first row and another before the rest, both equally wide at most."""

    def __init__(self, inner: RenderableType, first: str, rest: str) -> None:
        self._inner = inner
        self._first = first
        self._rest = rest

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        inside = options.update(width=max(1, options.max_width - len(self._rest)))
        prefix = self._first
        for row in console.render_lines(self._inner, inside, pad=False):
            yield Segment(prefix if row else prefix.rstrip(), Style(color=_ACCENT))
            yield from row
            yield Segment.line()
            prefix = self._rest
