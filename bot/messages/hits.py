"""A paper that was found, in a few lines: the words that were asked for stand out."""

import re
from collections.abc import Sequence
from itertools import takewhile

from bot.filters.highlight import marks
from bot.filters.silent import FUNCTION_WORDS
from bot.filters.syntax import Filter, Part
from bot.markup import Line, Span, line
from bot.messages.thread import numbers
from bot.messages.words import day_name
from bot.text import ELLIPSIS, cut, opening
from storage.models import Paper

TITLE = 110
"""Characters of a title."""
EXCERPT = 240
"""Characters of an abstract round the words that were asked for; five of them fit the smallest message."""
LOOKED_AT = 3000
"""Characters of an abstract that are looked at; the longest real ones have about 2,500."""
_LEAD = 80
"""Characters before the first of them, at most; from the beginning of its sentence if that is as near."""
_BETWEEN = re.compile(r"[\s-]*")

Marks = Sequence[tuple[int, int]]


def hit_lines(paper: Paper, wanted: Filter, number: int | None = None) -> tuple[Line, ...]:
    """Title, numbers and an excerpt, a line each.

    Args:
        wanted: what was asked for; its words are bold.
        number: the paper's place among all that were found.
    """
    title = cut(paper.title, TITLE)
    place = line(f"{number}. ") if number else ()
    titled = (*place, *emphasized(title, _marks(wanted, Part.TITLE, title), paper.url))
    return tuple(
        spans for spans in (titled, _facts(paper, number is not None), _text(paper, wanted)) if spans
    )


def _facts(paper: Paper, listed: bool) -> Line:
    """The numbers, with the day of the list behind the upvotes where the paper is known to be listed."""
    upvotes, *rest = numbers(paper)
    day = line(f" · {day_name(paper.listed_on)}") if listed else ()
    withdrawn = line(" · withdrawn") if paper.withdrawn_at else ()
    return (upvotes, *day, *withdrawn, *rest)


def _text(paper: Paper, wanted: Filter) -> Line:
    """What shows best why the paper was found: its abstract, its keywords, or how it begins."""
    abstract = paper.abstract[:LOOKED_AT]
    if found := _marks(wanted, Part.ABSTRACT, abstract):
        return excerpt(abstract, found)
    keywords = [(keyword, _marks(wanted, Part.KEYWORD, keyword)) for keyword in paper.keywords]
    if marked := [emphasized(keyword, found) for keyword, found in keywords if found]:
        return (Span("Keywords: "), *(span for spans in _separated(marked) for span in spans))
    begins = opening(paper.summary or paper.abstract, EXCERPT)
    return line(begins) if begins else ()


def _separated(lines: Sequence[Line]) -> list[Line]:
    return [(*line(", "), *spans) if at else spans for at, spans in enumerate(lines)]


def _marks(wanted: Filter, part: Part, text: str) -> Marks:
    """The places to show in bold; a "the" that was asked for is one only where nothing else is."""
    found = marks(wanted, part, text)
    return [place for place in found if text[slice(*place)].casefold() not in FUNCTION_WORDS] or found


def excerpt(text: str, found: Marks, limit: int = EXCERPT) -> Line:
    """The part of `text` that shows most different marked words, in about `limit` characters.

    Args:
        found: ranges in `text`, ascending; at least one.
    """
    start = _densest(text, found, limit - _LEAD)
    first = max(0, start - _LEAD)
    if first:
        sentence, blank = text.rfind(". ", first, start), text.find(" ", first, start)
        first = sentence + 2 if sentence >= 0 else blank + 1 if blank >= 0 else start
    shown = cut(text[first:], limit)
    last = first + len(shown.removesuffix(ELLIPSIS))
    inside = [(max(a, first) - first, min(b, last) - first) for a, b in found if a < last and b > first]
    before = line(ELLIPSIS) if first else ()
    return (*before, *emphasized(shown, inside))


def _densest(text: str, found: Marks, room: int) -> int:
    """Where the mark begins behind which most different words are marked within `room` characters."""

    def different(at: int) -> int:
        last = found[at][0] + room
        near = takewhile(lambda mark: mark[1] <= last, found[at : at + room])
        return len({text[start:end].casefold() for start, end in near})

    return found[max(range(len(found)), key=different)][0]


def emphasized(text: str, found: Marks, url: str | None = None) -> Line:
    """`text` with the ranges in bold; marked words side by side are one span, for each may be a link."""
    spans: list[Span] = []
    at = 0
    for start, end in _joined(text, found):
        if at < start:
            spans.append(Span(text[at:start], url))
        spans.append(Span(text[start:end], url, bold=True))
        at = end
    return (*spans, Span(text[at:], url)) if at < len(text) else tuple(spans)


def _joined(text: str, found: Marks) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and _BETWEEN.fullmatch(text, joined[-1][1], start):
            joined[-1] = (joined[-1][0], end)
        elif start < end:
            joined.append((start, end))
    return joined
