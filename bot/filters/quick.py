"""Match filters by their canonical text, without a tree: a plan has hundreds of thousands of them.

A canonical text is terms, `OR`, `-`, brackets and blanks. Each distinct term is read by the parser once,
whoever's filter it stands in, and a filter is then an expression over sets of papers. A text that is anything
else is left to the parser as a whole: one that is not canonical, that may exceed a limit, or that is wrong.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from bot.filters.errors import FilterError
from bot.filters.match import Matcher
from bot.filters.parser import DEPTH, LENGTH, TERMS, parse
from bot.filters.syntax import Order
from storage.models import Paper

_PIECE = re.compile(r'-?\(|\)|[^\s()"]*"[^"]*"|[^\s()"]+')
_SHORT = LENGTH // 2
"""Written out in full, a text doubles at most."""


class QuickMatcher:
    """Papers, ready to be asked which of them filters match; it should live as long as its day's work.

    Args:
        papers: bit number i of an answer stands for `papers[i]`.
        today: what ages in filters count from.
    """

    def __init__(self, papers: Sequence[Paper], today: date) -> None:
        self._matcher = Matcher(papers, today)
        self._all = (1 << len(papers)) - 1
        self._terms: dict[str, int] = {}

    def matches(self, text: str) -> tuple[int, Order | None]:
        """The papers that a filter matches, as bits, and the order that it asks for. Raises FilterError."""
        try:
            return self._quickly(text)
        except _UnclearError:
            wanted = parse(text)
            return self._matcher.matches(wanted), wanted.order

    def _quickly(self, text: str) -> tuple[int, Order | None]:
        """The same. Raises _UnclearError."""
        pieces = _PIECE.findall(text)
        if len(text) > _SHORT or len(pieces) > TERMS:
            raise _UnclearError
        if "".join(pieces).replace(" ", "") != text.replace(" ", ""):
            raise _UnclearError
        order = _order(pieces.pop()) if pieces and pieces[-1].startswith("sort:") else None
        return self._alternatives(iter(pieces)) if pieces else self._all, order

    def _alternatives(self, pieces: Iterator[str], depth: int = 0) -> int:
        """What stands inside so many brackets, to their end."""
        found, both = 0, None
        for piece in pieces:
            bits = self._terms.get(piece)
            if bits is None and piece in ("OR", ")"):
                found, both = found | _there(both), None
                if piece == "OR":
                    continue
                if depth == 0:
                    raise _UnclearError
                return found
            if bits is None:
                bits = self._bracket(piece, pieces, depth + 1) if piece[-1] == "(" else self._term(piece)
            both = bits if both is None else both & bits
        if depth:
            raise _UnclearError
        return found | _there(both)

    def _bracket(self, opened: str, pieces: Iterator[str], depth: int) -> int:
        if depth > DEPTH:
            raise _UnclearError
        inside = self._alternatives(pieces, depth)
        return inside if opened == "(" else self._all ^ inside

    def _term(self, piece: str) -> int:
        """The papers that one term matches, perhaps negated."""
        try:
            wanted = parse(piece)
        except FilterError as problem:
            raise _UnclearError from problem
        if wanted.root is None or str(wanted) != piece:
            raise _UnclearError
        bits = self._terms[piece] = self._matcher.matches(wanted)
        return bits


class _UnclearError(Exception):
    """A text is not canonical, or might not be."""


def _there(bits: int | None) -> int:
    """What stands on one side of an OR or a bracket."""
    if bits is None:
        raise _UnclearError
    return bits


def _order(piece: str) -> Order:
    try:
        return Order(piece.removeprefix("sort:"))
    except ValueError as problem:
        raise _UnclearError from problem
