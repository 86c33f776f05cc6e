"""A message as Markdown (CommonMark), for files and web pages. Pure."""

import re

from bot.markup import Card, Line, Message, Span
from bot.text import fixed, one_line

# Emphasis, code, links, tags, tables, formulas anywhere; entities, addresses, mentions, emoji; at the
# beginning headings, lists, quotes and rules. No more than that: whoever reads the source should be able to.
_SPECIAL = re.compile(
    r"[\\`*_~\[\]<>|$@]|&(?=#?\w+;)|:(?=//|\w+:)|(?<=www)\.|^[#+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]",
    re.IGNORECASE,
)
# What would end the address of a link, or be read as a character reference in it.
_IN_ADDRESS = re.compile(r"[<>\\]|&(?=#?\w+;)")
_BACKTICKS = re.compile("`+")
_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f]")


def markdown(message: Message) -> str:
    """The message with its links and emphasis; foreign text cannot format, link or mention."""
    rows = [f"## {_linked(Span(message.title, message.title_url))}"] if message.title else []
    rows += [f"- {_line(spans)}" for spans in message.lines if spans]
    if message.code:
        rows.append(_fenced(message.code))
    rows += [_card(card) for card in message.cards]
    if message.note:
        rows.append(f"\n*{_line(message.note)}*")
    return "\n".join(rows)


def _fenced(code: str) -> str:
    """Rows of code; the fence is longer than any in it."""
    fence = "`" * max([3, *(len(run) + 1 for run in _BACKTICKS.findall(code))])
    return f"\n{fence}\n{fixed(code)}\n{fence}"


def _card(card: Card) -> str:
    rows = [f"### {_linked(card.title)}", _escaped(card.summary), *(_line(spans) for spans in card.facts)]
    return "\n\n".join(row for row in rows if row)


def _line(spans: Line) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    text = _linked(span)
    if not span.text.strip():
        return text
    for wanted, mark in ((span.code, ""), (span.italic, "*"), (span.bold, "**")):
        text = f"{mark}{text}{mark}" if wanted else text
    return text


def _linked(span: Span) -> str:
    text = _escaped(span.text)
    return f"[{text}](<{_address(span.url)}>)" if span.url else text


def _address(url: str) -> str:
    encoded = _NO_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", url)
    return _IN_ADDRESS.sub(r"\\\g<0>", encoded)


def _escaped(text: str) -> str:
    """One line in which every character that Markdown could read as markup is taken literally."""
    blank_before, blank_after = text[:1] == " ", len(text) > 1 and text[-1:] == " "
    return " " * blank_before + _SPECIAL.sub(r"\\\g<0>", one_line(text)) + " " * blank_after
