"""The papers that the digests of one plan may hold, and which of them a subscription gets. Pure.

Sets of papers are integers, one bit a paper, as in `bot.filters.match`: what a filter matches is worked out
once, however many subscriptions have it, and so is the list that a set of papers becomes.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from bot.digest import arrange
from bot.filters.quick import QuickMatcher
from bot.filters.syntax import Order
from storage.ledgers import Ledger
from storage.models import Paper

_KEPT = 1 << 15
"""Lists that are remembered: their memory must not depend on how many subscriptions there are."""


class Fresh(NamedTuple):
    """What a subscription has not got yet.

    Args:
        found: the papers, as bits.
        rising: those of them that came before and match only now, as bits.
        order: what the filter asks for.
        come: how many papers have come since the last digest, matching or not, beside those it has got.
    """

    found: int
    rising: int
    order: Order | None
    come: int


class Contents(NamedTuple):
    """Identifiers of papers in the order of posting; see `storage.models.Delivery`. The lists are shared by
    all who get the same, so nobody changes them."""

    papers: list[str]
    rest: list[str]
    rising: list[str]


class Candidates:
    """Released papers, ready to be asked.

    Args:
        papers: standing and released.
        today: what ages in filters count from.
    """

    def __init__(self, papers: Sequence[Paper], today: date) -> None:
        self._papers = arrange(papers).papers
        self._ids = [paper.id for paper in self._papers]
        self._today = today
        self._matcher = QuickMatcher(self._papers, today)
        self._bit = {paper: 1 << bit for bit, paper in enumerate(self._ids)}
        self._matched: dict[str, tuple[int, Order | None]] = {}
        self._since: dict[tuple[int, date], int] = {}
        self._contents: dict[tuple[int, int, Order | None, int | None], Contents] = {}

    def fresh(self, filter_text: str, seen: int, floor: date, again: bool, ledger: Ledger | None) -> Fresh:
        """What matches and has come since; raises FilterError.

        Args:
            filter_text: canonical.
            seen: the last release that the subscription was asked about.
            floor: the earliest edition that it may hold.
            again: papers that came before are asked again.
            ledger: what it has got, where that is not told by `seen` alone.
        """
        known = self._matched.get(filter_text)
        if known is None:
            known = self._matched[filter_text] = self._matcher.matches(filter_text)
        matched, order = known
        come = asked = self.since(seen, floor)
        if again:
            asked = self.since(0, floor)
        lost = 0
        if ledger is not None:
            given, lost = self._bits(ledger.given), self._bits(ledger.lost)
            come, asked = come & ~given, (asked | lost & self.since(0, floor)) & ~given
        found = matched & asked
        return Fresh(found, found & ~come & ~lost, order, come.bit_count())

    def since(self, seen: int, floor: date) -> int:
        """The papers of later releases whose edition is not before `floor`, as bits."""
        known = self._since.get((seen, floor))
        if known is None:
            known = sum(
                1 << bit
                for bit, paper in enumerate(self._papers)
                if (paper.release or 0) > seen and paper.listed_on >= floor
            )
            self._since[seen, floor] = known
        return known

    def papers(self, bits: int) -> list[Paper]:
        """A set of papers in the order of posting."""
        return [self._papers[number] for number in _numbers(bits)]

    def contents(self, fresh: Fresh, most: int | None) -> Contents:
        """What a digest shows on its own, and what becomes its rest; see `bot.digest.arrange`."""
        key = (fresh.found, fresh.rising, fresh.order, most)
        known = self._contents.get(key)
        if known is None:
            if len(self._contents) == _KEPT:
                self._contents.clear()
            known = self._contents[key] = self._arranged(*key)
        return known

    def _arranged(self, found: int, rising: int, order: Order | None, most: int | None) -> Contents:
        if order is None and (most is None or found.bit_count() <= most):
            shown, rest = [self._ids[number] for number in _numbers(found)], _NOTHING
        else:
            digest = arrange(self.papers(found), most, order, self._today)
            shown, rest = [paper.id for paper in digest.papers], [paper.id for paper in digest.rest]
        risen = [paper for paper in shown if self._bit[paper] & rising] if rising else _NOTHING
        return Contents(shown, rest, risen)

    def _bits(self, ids: Collection[str]) -> int:
        found = 0
        for paper in ids:
            found |= self._bit.get(paper, 0)
        return found


_NOTHING: list[str] = []


def _numbers(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
