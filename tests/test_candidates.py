"""Which papers a subscription gets, in which order: against the rules written out paper by paper."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.candidates import Candidates
from bot.digest import arrange
from bot.filters.match import Matcher
from bot.filters.parser import parse
from bot.filters.syntax import Filter, Order
from storage.ledgers import Ledger
from storage.models import Paper
from tests.factories import DAY
from tests.filters import TODAY, filters, papers

_releases = st.integers(1, 3)
_some = st.sets(st.integers(1, 5).map(lambda number: f"2607.{number:05}")).map(frozenset)
_ledgers = st.none() | st.builds(lambda given, lost: Ledger(given, lost - given), _some, _some)
_mosts = st.none() | st.integers(0, 4)


@st.composite
def released(draw: st.DrawFn) -> list[Paper]:
    found = draw(papers(5))
    for paper in found:
        paper.release = draw(_releases)
    return found


@given(
    released(),
    filters(),
    st.integers(0, 3),
    st.integers(-3, 3).map(lambda days: DAY + timedelta(days=days)),
    st.booleans(),
    _ledgers,
    _mosts,
)
def test_a_digest_holds_what_matches_and_has_not_been_given(
    listed: list[Paper],
    wanted: Filter,
    seen: int,
    floor: date,
    again: bool,
    ledger: Ledger | None,
    most: int | None,
) -> None:
    matching = Matcher(listed, TODAY).select(wanted)
    given, lost = (ledger.given, ledger.lost) if ledger else (frozenset(), frozenset())
    held = [paper for paper in listed if paper.listed_on >= floor and paper.id not in given]
    come = [paper for paper in held if (paper.release or 0) > seen]
    found = [paper for paper in matching if paper in come or (paper in held and (again or paper.id in lost))]
    rising = {paper.id for paper in found if paper not in come and paper.id not in lost}
    digest = arrange(found, most, wanted.order, TODAY)

    candidates = Candidates(listed, TODAY)
    for _ in range(2):  # worked out, and remembered
        fresh = candidates.fresh(str(wanted), seen, floor, again, ledger)
        assert (fresh.order, fresh.come) == (wanted.order, len(come))
        assert candidates.papers(fresh.found) == list(arrange(found).papers)
        contents = candidates.contents(fresh, most)
        assert contents.papers == [paper.id for paper in digest.papers]
        assert contents.rest == [paper.id for paper in digest.rest]
        assert contents.rising == [paper.id for paper in digest.papers if paper.id in rising]


def test_no_more_lists_are_remembered_than_a_bound() -> None:
    """However many subscriptions are asked for."""
    candidates = Candidates([], TODAY)
    fresh = candidates.fresh(str(parse("sort:new")), 0, DAY, False, None)
    for most in range(40_000):
        candidates.contents(fresh, most)

    assert fresh.order is Order.NEW
    assert len(candidates._contents) < 33_000
