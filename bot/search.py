"""Find papers: what a filter selects, best first; what resembles a paper or a message."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from sqlmodel import Session, col

from bot.filters.analysis import stem, tokens
from bot.filters.canonical import filter_of
from bot.filters.compile import compiled
from bot.filters.parser import LENGTH
from bot.filters.question import Loosened, loosened, telling, text_words, without_addresses
from bot.filters.syntax import And, Bound, Day, Filter, Node, Or, Order, Text
from bot.indexing import Index
from bot.ranking.ranking import Learnt, Ranked, Ranking
from bot.recency import Recency
from bot.suggestions import suggestions
from storage.database import Database
from storage.models import Paper
from storage.search.conditions import Facts
from storage.search.documents import SearchDocument
from storage.search.fits import Standing, standing
from storage.search.queries import count_matching, key_of, matching_keys, page_of, papers_by_key

if TYPE_CHECKING:
    from storage.search.queries import Keys

PAGE = 5
"""Papers on one page of an answer."""
LITTLE = 5
"""A question whose words stand together in fewer papers than this is answered with the closest papers."""
CLOSEST = 50
"""Papers that are shown where few hold all the words, and of those like another."""
_SAMPLED = 5
_TELLING_WORDS = 12
_MOST_BLAMED = 12
"""Terms that are tried one by one; of more, none is blamed, for it would take too long."""
_FEW = 1000
"""Documents that a statement may name one by one."""

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that was found. `score` compares the hits of one search with each other, more is better."""

    paper: Paper
    score: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What a filter matches in the editions of some days.

    Args:
        matched: how many papers.
        listed: how many papers these editions hold.
        last: the newest that match.
        shared: how many of them each of some other filters matches too.
    """

    matched: int
    listed: int
    last: tuple[Paper, ...]
    shared: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what a search found.

    Args:
        hits: the papers of this page, best first.
        total: how many papers there are on all pages.
        first: how many stand on the pages before this one.
        partial: few papers hold all the words, so these are the closest.
    """

    filter: Filter
    hits: tuple[Hit, ...]
    total: int
    first: int = 0
    partial: bool = False


class Search:
    """Searches one store. Every method raises DatabaseError where the store is out of reach."""

    def __init__(self, database: Database, index: Index, ranking: Ranking) -> None:
        self._database = database
        self._index = index
        self._ranking = ranking
        self._recency = Recency()

    async def find(self, wanted: Filter, today: date, limit: int = PAGE, first: int = 0) -> Found:
        """The papers that match, best first; the same question has the same answer on every page.

        A filter without words is answered with the newest papers first, unless it says another order.

        Args:
            today: the UTC day from which ages are counted.
            limit: papers on this page.
            first: papers on the pages before.
        """
        words = list(text_words(wanted.root))
        order = wanted.order or (Order.RELEVANCE if words else Order.NEW)
        if order is Order.RELEVANCE and words:
            return await self._asked(
                lambda session, learnt: self._by_relevance(
                    session, learnt, wanted, words, today, limit, first
                )
            )
        order = Order.NEW if order is Order.RELEVANCE else order
        return await self._attempted(
            lambda session, now: (self._sorted(session, now, wanted, order, today, limit, first),)
        )

    async def sample(self, wanted: Filter, others: Sequence[Filter], since: date, today: date) -> Sample:
        """What a filter matches in the editions since a day, and what of it others match too.

        Args:
            since: the first edition; the last is that of `today` (UTC), from which ages count.
        """
        window = And((Day(Bound.SINCE, since), Day(Bound.UNTIL, today)))

        def sampled(session: Session, now: Standing) -> tuple[Sample]:
            def keys(root: Node | None) -> "Keys":
                return matching_keys(session, compiled(_within(root, window), today))

            mine = keys(wanted.root)
            newest = self._recency.newest(session, now.generation, mine, _SAMPLED)
            papers = papers_by_key(session, newest.tolist())
            last = sorted(papers.values(), key=lambda paper: (paper.listed_on, paper.upvotes), reverse=True)
            shared = tuple(_in_both(mine, keys(other.root)) for other in others)
            return (Sample(len(mine), len(keys(None)), tuple(last[:_SAMPLED]), shared),)

        return await self._attempted(sampled)

    async def similar(self, paper_id: str, limit: int = PAGE, first: int = 0) -> Found | None:
        """Papers like this one, nearest first; None where the store does not have it."""

        def closest(session: Session, learnt: Learnt) -> Found | None:
            key = key_of(session, paper_id)
            ranked = None if key is None else self._ranking.similar(session, learnt, key, CLOSEST)
            if ranked is None:
                return None
            return _page(session, Filter(), ranked, len(ranked.keys), limit, first, partial=False)

        return await self._asked(closest)

    async def blocking(self, wanted: Filter, today: date) -> tuple[Filter, Filter] | None:
        """For a filter that finds nothing: the terms that are to blame, and the filter without them.

        These are the terms that alone find nothing, or the one without which most is found; None where
        that does not help, and for filters of very many terms.
        """
        if not isinstance(wanted.root, And) or len(wanted.root.terms) > _MOST_BLAMED:
            return None
        return await self._database.ask(lambda session: _blocking(session, wanted, today))

    async def like(self, text: str) -> Filter | None:
        """Any of the most telling words of a message; None where the store knows none of them."""
        await self._index.ensure()
        model = await self._ranking.ready()
        words = {word: stem(word) for word in telling(tokens(without_addresses(text)))}
        terms = [Text((word,)) for word in model.telling(words, _TELLING_WORDS)]
        while len(str(found := filter_of(Or(tuple(terms))) if terms else Filter())) > LENGTH:
            terms.pop()
        return found if terms else None

    async def suggest(self, typed: str) -> list[str]:
        """Whole filters that complete what was typed, best first."""
        return await suggestions(self._database, typed)

    async def _asked(self, work: Callable[[Session, Learnt], _Answer]) -> _Answer:
        """What `work` finds with what was learnt last; learns first if need be."""

        def attempt(session: Session, now: Standing) -> tuple[_Answer] | None:
            learnt = self._ranking.learnt(session, now)
            return None if learnt is None else (work(session, learnt),)

        return await self._attempted(attempt, self._ranking.ready)

    async def _attempted(
        self,
        work: Callable[[Session, Standing], tuple[_Answer] | None],
        prepare: Callable[[], Awaitable[object]] | None = None,
    ) -> _Answer:
        """What `work` finds in a whole index, all in one thread; None says that it needs `prepare` first."""

        def attempt(session: Session) -> tuple[_Answer] | None:
            now = standing(session)
            return work(session, now) if now and self._index.is_whole(now) else None

        while (done := await self._database.ask(attempt)) is None:
            await self._index.ensure()
            if prepare:
                await prepare()
        return done[0]

    def _by_relevance(
        self,
        session: Session,
        learnt: Learnt,
        wanted: Filter,
        words: list[str],
        today: date,
        limit: int,
        first: int,
    ) -> Found:
        most = first + limit
        keys = self._ranking.matching(session, learnt, wanted, today)
        loose = loosened(wanted) if len(keys) < LITTLE else None
        if loose is None:
            ranked = self._ranking.rank(session, learnt, words, keys, most)
            return _page(session, wanted, ranked, len(keys), limit, first, partial=False)
        keys = self._ranking.matching(session, learnt, loose.filter, today)
        ranked = self._ranking.rank(session, learnt, _all_words(loose, words), keys, min(most, CLOSEST))
        total = min(len(keys), CLOSEST)
        return _page(session, wanted, ranked, total, limit, first, partial=total > 0)

    def _sorted(
        self,
        session: Session,
        now: Standing,
        wanted: Filter,
        order: Order,
        today: date,
        limit: int,
        first: int,
    ) -> Found:
        where = compiled(wanted, today)
        found = matching_keys(session, where)
        if order is Order.NEW:
            newest = self._recency.newest(session, now.generation, found, first + limit)
            if len(newest) <= _FEW:
                where = Facts(col(SearchDocument.key).in_(newest.tolist()))
        keys = page_of(session, where, order.value, limit, first, today) if first < len(found) else []
        papers = papers_by_key(session, keys)
        hits = tuple(Hit(papers[key], 0.0) for key in keys if key in papers)
        return Found(wanted, hits, len(found), first)


def _within(root: Node | None, window: Node) -> Filter:
    return filter_of(And((root, window)) if root else window)


def _in_both(some: "Keys", others: "Keys") -> int:
    import numpy as np

    return len(np.intersect1d(some, others, assume_unique=True))


def _blocking(session: Session, wanted: Filter, today: date) -> tuple[Filter, Filter] | None:
    assert isinstance(wanted.root, And)
    terms = wanted.root.terms

    def found(some: Filter) -> int:
        return count_matching(session, compiled(some, today))

    empty = tuple(term for term in terms if not found(Filter(term)))
    if empty:
        rest = _without(wanted, empty)
        return (filter_of(And(empty)), rest) if rest.root and found(rest) else None
    most, place = max((found(_without(wanted, (term,))), -place) for place, term in enumerate(terms))
    blamed = terms[-place]
    return (Filter(blamed), _without(wanted, (blamed,))) if most else None


def _page(
    session: Session, wanted: Filter, ranked: Ranked, total: int, limit: int, first: int, partial: bool
) -> Found:
    keys = ranked.keys[first : first + limit].tolist()
    scores = ranked.scores[first : first + limit].tolist()
    papers = papers_by_key(session, keys)
    found = zip(keys, scores, strict=True)
    hits = tuple(Hit(papers[key], round(score, 4)) for key, score in found if key in papers)
    return Found(wanted, hits, total, first, partial)


def _all_words(loose: Loosened, words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*loose.words, *words]))


def _without(wanted: Filter, terms: tuple[Node, ...]) -> Filter:
    assert isinstance(wanted.root, And)
    rest = tuple(other for other in wanted.root.terms if other not in terms)
    return filter_of(And(rest) if rest else None, wanted.order)
