"""The papers that the digests of one plan may hold, and which of them a subscription gets. Pure.

Sets of papers are integers, one bit a paper, as in `bot.filters.match`: what a filter matches is worked out
once, however many subscriptions have it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.filters.match import Matcher
from bot.filters.parser import parse
from bot.filters.syntax import Order
from storage.ledgers import Ledger
from storage.models import Paper


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a subscription has not got yet.

    Args:
        papers: no order is promised.
        rising: identifiers of those that came before and match only now.
        order: what the filter asks for.
        come: how many papers have come since the last digest, matching or not, beside those it has got.
    """

    papers: tuple[Paper, ...]
    rising: frozenset[str]
    order: Order | None
    come: int


class Candidates:
    """Released papers, ready to be asked.

    Args:
        papers: standing and released.
        today: what ages in filters count from.
    """

    def __init__(self, papers: Sequence[Paper], today: date) -> None:
        self._papers = papers
        self._matcher = Matcher(papers, today)
        self._bit = {paper.id: 1 << bit for bit, paper in enumerate(papers)}
        self._matched: dict[str, tuple[int, Order | None]] = {}
        self._since: dict[tuple[int, date], int] = {}

    def fresh(self, filter_text: str, seen: int, floor: date, again: bool, ledger: Ledger | None) -> Fresh:
        """What matches and has come since; raises FilterError.

        Args:
            filter_text: canonical.
            seen: the last release that the subscription was asked about.
            floor: the earliest edition that it may hold.
            again: papers that came before are asked again.
            ledger: what it has got, where that is not told by `seen` alone.
        """
        matched, order = self._matching(filter_text)
        come = asked = self.since(seen, floor)
        if again:
            asked = self.since(0, floor)
        if ledger is not None:
            given = self._bits(ledger.given)
            come, asked = come & ~given, (asked | self._lost(ledger) & self.since(0, floor)) & ~given
        found = matched & asked
        if not found:
            return Fresh((), frozenset(), order, come.bit_count())
        risen = found & ~come
        rising = frozenset(paper.id for paper in self._in(risen & ~self._lost(ledger)))
        return Fresh(tuple(self._in(found)), rising, order, come.bit_count())

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

    def _matching(self, filter_text: str) -> tuple[int, Order | None]:
        known = self._matched.get(filter_text)
        if known is None:
            wanted = parse(filter_text)
            known = self._matched[filter_text] = (self._matcher.matches(wanted), wanted.order)
        return known

    def _bits(self, ids: Collection[str]) -> int:
        return sum(self._bit.get(paper, 0) for paper in ids)

    def _lost(self, ledger: Ledger | None) -> int:
        return self._bits(ledger.lost) if ledger else 0

    def _in(self, bits: int) -> Iterator[Paper]:
        while bits:
            lowest = bits & -bits
            yield self._papers[lowest.bit_length() - 1]
            bits ^= lowest
