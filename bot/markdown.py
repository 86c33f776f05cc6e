"""A message as Markdown (CommonMark), for files and web pages. Pure."""

import re

from bot.markup import Card, Line, Message, Span
from bot.text import one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&@:=])")


def markdown(message: Message) -> str:
    """The message with its links and emphasis; foreign text cannot format, link or mention."""
    rows = [f"## {_linked(Span(message.title, message.title_url))}"] if message.title else []
    rows += [f"- {_line(spans)}" for spans in message.lines]
    rows += [_card(card) for card in message.cards]
    if message.note:
        rows.append(f"\n*{_line(message.note)}*")
    return "\n".join(rows)


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
    return f"[{text}](<{span.url}>)" if span.url else text


def _escaped(text: str) -> str:
    """One line in which every character that Markdown could read as markup is taken literally."""
    blank_before, blank_after = text[:1] == " ", len(text) > 1 and text[-1:] == " "
    return " " * blank_before + _SPECIAL.sub(r"\\\1", one_line(text)) + " " * blank_after
