"""What a page shows: editions, one paper, what a search finds, how a digest would look. Decides no markup."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session

from bot.clock import Clock
from bot.digest import Digest, arrange, parts
from bot.filters.match import Matcher
from bot.filters.question import read_question
from bot.filters.syntax import Filter
from bot.markup import Line, Message, plain_line
from bot.messages import thread
from bot.messages.hits import hit_lines
from bot.messages.thread import Served
from bot.periods import Period, Span, period_of
from bot.search import Found, Search
from storage import periods
from storage.database import Database
from storage.models import Paper, Style, VoteSnapshot
from storage.periods import Listed, Standing

__all__ = ["Digests", "Edition", "HitRow", "Hits", "One", "Pages", "Paper", "Sorting", "VoteSnapshot"]

PAPERS = 50
"""Papers on one page of an edition: with all that is said of them, a page stays under 60 KB."""
HITS = 20
"""Papers on one page of what a search found."""
SIMILAR = 6
_PREVIEWED = 3
LOOK_BACK = timedelta(days=30)
"""How far before the newest list a digest is looked for."""
_ONE_MESSAGE = 40


class Sorting(StrEnum):
    """`trending`: most upvotes first. `new`: what came last first."""

    TRENDING = "trending"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Edition:
    """A page of the papers of a period.

    Args:
        papers: those of this page.
        number, pages: which page this is, and of how many; both at least 1.
        standing: how the lists stand, of which papers and upvotes are those of all pages.
        before, after: the nearest periods of the same length with papers.
        spans: as `spans_of` gives them.
    """

    period: Period
    sorting: Sorting
    papers: Sequence[Paper]
    number: int
    pages: int
    standing: Standing
    before: Period | None
    after: Period | None
    spans: Sequence[Period]

    @property
    def first(self) -> int:
        """The place of the first paper among those of all pages, from 1."""
        return (self.number - 1) * PAPERS + 1


@dataclass(frozen=True, slots=True)
class One:
    """One paper, those that are like it, nearest first, and its numbers over time, oldest first."""

    paper: Paper
    similar: Sequence[Paper]
    votes: Sequence[VoteSnapshot]


@dataclass(frozen=True, slots=True)
class HitRow:
    """A paper that was found; the words that were asked for are bold in its title and in `text`."""

    paper: Paper
    title: Line
    text: Line


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of what a search found.

    Args:
        number, pages: which page this is, and of how many; both at least 1.
        blocking: where nothing was found, the terms to blame and the filter without them.
    """

    found: Found
    rows: Sequence[HitRow]
    number: int
    pages: int
    blocking: tuple[Filter, Filter] | None = None

    @property
    def first(self) -> int:
        """As of `Edition`."""
        return (self.number - 1) * HITS + 1


@dataclass(frozen=True, slots=True)
class Digests:
    """What a subscription would have sent last.

    Args:
        messages: the first of a thread.
        mail: the same as one mail.
        day: of the newest edition with a paper that matches; None where there is none.
        papers: how many match on that day.
    """

    wanted: Filter
    day: date | None
    papers: int
    messages: Sequence[Message] = ()
    mail: Message | None = None


class Pages:
    """Reads one store. Every method raises DatabaseError where the store is out of reach."""

    def __init__(self, database: Database, search: Search, clock: Clock, public_url: str | None) -> None:
        self._database = database
        self._search = search
        self._clock = clock
        self._public_url = public_url

    async def newest(self) -> Period:
        """The newest day with papers; today where there is none at all."""
        day = await self._database.ask(periods.newest_day)
        return period_of(Span.DAY, day or self._clock().date())

    async def standing(self, period: Period) -> Standing:
        """How the lists of a period stand: while that stays the same, so does its `edition`."""
        return await self._database.ask(lambda session: periods.standing(session, period.first, period.last))

    async def edition(self, period: Period, sorting: Sorting, number: int = 1) -> Edition:
        """A page of a period's papers, the last one where there are fewer; empty where it has none."""

        def read(session: Session) -> Edition:
            standing = periods.standing(session, period.first, period.last)
            order = ordered(periods.listed(session, period.first, period.last), sorting)
            pages, page, first = _page_of(len(order), PAPERS, number)
            ids = [one.id for one in order[first : first + PAPERS]]
            near = (standing.before, standing.after)
            before, after = (period_of(period.span, day) if day else None for day in near)
            papers = periods.in_sequence(session, ids)
            spans = spans_of(period, standing)
            return Edition(period, sorting, papers, page, pages, standing, before, after, spans)

        return await self._database.ask(read)

    async def paper(self, identifier: str) -> One | None:
        """One paper; None where no list had it."""

        def read(session: Session) -> tuple[list[Paper], list[VoteSnapshot]]:
            return periods.in_sequence(session, [identifier]), periods.votes(session, identifier)

        papers, votes = await self._database.ask(read)
        if not papers:
            return None
        found = await self._search.similar(identifier, SIMILAR)
        return One(papers[0], [hit.paper for hit in found.hits] if found else [], votes)

    async def thumbnail(self, identifier: str) -> str | None:
        """Where a paper's thumbnail lies, if it has one."""
        papers = await self._database.ask(lambda session: periods.in_sequence(session, [identifier]))
        return papers[0].thumbnail_url if papers else None

    async def search(self, text: str, number: int = 1) -> Hits:
        """A page of what a filter or a question finds, the last one where there are fewer.

        Raises FilterError.
        """
        wanted, today = read_question(text), self._clock().date()
        found = await self._search.find(wanted, today, HITS, (number - 1) * HITS)
        pages, page, first = _page_of(found.total, HITS, number)
        if first != found.first:
            found = await self._search.find(wanted, today, HITS, first)
        blocking = None if found.total else await self._search.blocking(wanted, today)
        rows = [_row(hit.paper, wanted) for hit in found.hits]
        return Hits(found, rows, page, pages, blocking)

    async def digests(self, text: str) -> Digests:
        """The digest of the newest day that has papers for a filter.

        Raises FilterError.
        """
        wanted, today = read_question(text), self._clock().date()
        last = await self._database.ask(periods.newest_day) or today
        sample = await self._search.sample(wanted, (), last - LOOK_BACK, today)
        if not sample.last:
            return Digests(wanted, None, 0)
        day = sample.last[0].listed_on
        papers = await self._of_day(wanted, day, today)
        digest, served = arrange(papers, None, wanted.order, today), Served(page=self._public_url or "")
        mail = thread.whole(digest.papers, digest, Style.THREAD, served, _PREVIEWED)
        return Digests(wanted, day, len(papers), _thread(digest, served), mail)

    async def _of_day(self, wanted: Filter, day: date, today: date) -> list[Paper]:
        def read(session: Session) -> list[Paper]:
            listed = periods.listed(session, day, day)
            return periods.in_sequence(session, [one.id for one in listed])

        papers = await self._database.ask(read)
        return list(Matcher(papers, today).select(wanted))


def ordered(papers: Sequence[Listed], sorting: Sorting) -> list[Listed]:
    """Papers as a page lists them; ties go by what came last, then by identifier, the highest first."""
    newest = sorted(papers, key=lambda one: (one.listed_on, one.first_seen_at, one.id), reverse=True)
    if sorting is Sorting.NEW:
        return newest
    return sorted(newest, key=lambda one: one.upvotes, reverse=True)


def spans_of(period: Period, standing: Standing) -> list[Period]:
    """A day, a week and a month that show the last papers of a period, itself among them. Of an empty one,
    those round it if they have papers, else the nearest that have. Empty where no list has any."""
    days = [standing.newest] if standing.newest else [standing.before, standing.after]
    filled = [day for day in days if day]
    return [period if span is period.span else _shown_as(span, period, filled) for span in Span if filled]


def _shown_as(span: Span, period: Period, filled: Sequence[date]) -> Period:
    near = [period_of(span, day) for day in filled]
    return next((one for one in near if one.first <= period.last <= one.last), near[0])


def _thread(digest: Digest, served: Served) -> list[Message]:
    """The head, and the first replies."""
    by_id = {paper.id: paper for paper in digest.papers}
    planned = parts(digest, Style.THREAD, _ONE_MESSAGE)[: 1 + _PREVIEWED]
    return [
        thread.part(one.kind, [by_id[paper] for paper in one.papers], digest, Style.THREAD, served)
        for one in planned
    ]


def _row(paper: Paper, wanted: Filter) -> HitRow:
    title, *rest = hit_lines(paper, wanted)
    text = rest[-1] if len(rest) > 1 else ()
    return HitRow(paper, title if plain_line(title) else (), text)


def _page_of(total: int, size: int, number: int) -> tuple[int, int, int]:
    """How many pages there are, which of them `number` is, and how many papers stand before it."""
    pages = max(1, -(-total // size))
    page = min(max(number, 1), pages)
    return pages, page, (page - 1) * size
