"""Ask the source, keep what it answers, decide when an edition has settled."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from bot.clock import Clock
from bot.indexing import following
from bot.logs import log
from bot.settling import SettleRules, has_settled
from bot.source import Listing, PaperFacts, Source, SourceError
from storage import papers
from storage.database import Database
from storage.models import Edition

REFRESH_DAYS = 14
"""For how many days upvotes, comments and stars are read again; they move for weeks."""
BATCH = 31
"""Editions that are written in one transaction when a range is read."""
FIRST_LIST = date(2023, 5, 4)
"""The day of the first Daily Papers list."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one reading of an edition brought.

    Args:
        day: the edition that was asked for; for the newest one, the day it turned out to be.
        papers: how many papers the edition holds now.
        new: how many of them were not known before.
        skipped: records that could not be read.
    """

    day: date
    papers: int
    new: int
    skipped: int
    settled: bool


class Ingest:
    """Reads editions into the store.

    Args:
        clock: the real time (UTC): a poll happens when it happens.
    """

    def __init__(self, database: Database, source: Source, rules: SettleRules, clock: Clock) -> None:
        self._database = database
        self._source = source
        self._rules = rules
        self._clock = clock

    async def day(self, day: date) -> Ingested:
        """Read the edition of one day. A day without papers is success. Raises SourceError."""
        return (await self._keep({day: await self._source.fetch(day)}))[0]

    async def days(self, days: Iterable[date], fetched: Callable[[], None]) -> AsyncIterator[Ingested]:
        """Read many editions, writing `BATCH` of them at a time. Raises SourceError.

        What was read before an error is kept, and given before it is raised.

        Args:
            fetched: called after each answer of the source, which comes long before the writing.
        """
        read: dict[date, Listing] = {}
        problem = None
        for day in days:
            try:
                read[day] = await self._source.fetch(day)
            except SourceError as error:
                problem = error
                break
            fetched()
            if len(read) == BATCH:
                for ingested in await self._keep(read):
                    yield ingested
                read = {}
        for ingested in await self._keep(read):
            yield ingested
        if problem:
            raise problem

    async def newest(self) -> Ingested:
        """Read the newest edition, and note of today that the source was asked. Raises SourceError."""
        listing = await self._source.newest()
        today = self._today()
        newest = max((facts["listed_on"] for facts in self._listed_so_far(listing)), default=today)
        kept = await self._keep({today: Listing([])} | {newest: listing})
        return next(edition for edition in kept if edition.day == newest)

    async def ensure(self, day: date) -> Edition | None:
        """The edition of a day, read from the source if it never was; None for a day that cannot have one.

        Raises SourceError.
        """
        async with self._database.read() as session:
            known = (await papers.editions(session, day, day)).get(day)
        if known is not None or not FIRST_LIST <= day <= self._today():
            return known
        await self.day(day)
        async with self._database.read() as session:
            return (await papers.editions(session, day, day)).get(day)

    async def catch_up(self, settled_days: int = 0) -> list[Ingested]:
        """Read the newest edition, and before it what is open: days whose list may still grow, and days of
        the last `REFRESH_DAYS` that were never read because nobody asked. Raises SourceError.

        Args:
            settled_days: so many of the latest settled days are read again as well, for late papers.

        Returns what was read, the newest edition last. A new store has missed nothing.
        """
        recent = await self._recent()
        today = self._today()
        known = {edition.day for edition in recent}
        missed = [day for day in days_between(min(known, default=today), today) if day not in known]
        growing = [edition.day for edition in recent if edition.settled_at is None]
        settled = [edition.day for edition in recent if edition.settled_at is not None and edition.papers]
        newest = await self.newest()
        again = {*missed, *growing, *settled[len(settled) - settled_days :]} - {newest.day, today}
        return [*[await self.day(day) for day in sorted(again)], newest]

    async def refresh(self) -> None:
        """Read the numbers of the papers of the last `REFRESH_DAYS` days again. Raises SourceError."""
        for edition in await self._recent():
            if edition.papers:
                await self.day(edition.day)

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()

    async def _recent(self) -> list[Edition]:
        """The editions of the last `REFRESH_DAYS` days, oldest first."""
        today = self._today()
        async with self._database.read() as session:
            found = await papers.editions(session, today - timedelta(days=REFRESH_DAYS), today)
        return [found[day] for day in sorted(found)]

    async def _keep(self, read: Mapping[date, Listing]) -> list[Ingested]:
        """Write what was answered for some days in one transaction; in the order of the days."""
        if not read:
            return []
        now = self._clock()
        facts = {paper["id"]: paper for listing in read.values() for paper in self._listed_so_far(listing)}
        async with self._database.write() as session:
            async with following(session, list(facts)):
                new = await papers.keep_papers(session, list(facts.values()), now)
            polled = await papers.record_polls(session, read.keys(), now)
            for edition in polled:
                if edition.settled_at is None and self._has_settled(edition):
                    edition.settled_at = now
        ingested = [_ingested(edition, read[edition.day], new) for edition in polled]
        for one in ingested:
            log.info("ingested", day=one.day.isoformat(), papers=one.papers, new=one.new, skipped=one.skipped)
        return ingested

    def _listed_so_far(self, listing: Listing) -> list[PaperFacts]:
        """The papers whose day has come anywhere on Earth; one listed in a far future would hide today's."""
        latest = self._today() + timedelta(days=1)
        early = [paper for paper in listing.papers if paper["listed_on"] > latest]
        for paper in early:
            log.warning("paper_left_out", id=paper["id"], listed_on=paper["listed_on"].isoformat())
        return [paper for paper in listing.papers if paper["listed_on"] <= latest]

    def _has_settled(self, edition: Edition) -> bool:
        return has_settled(edition.day, edition.papers, edition.changed_at, edition.polled_at, self._rules)


def _ingested(edition: Edition, listing: Listing, new: Mapping[date, int]) -> Ingested:
    settled = edition.settled_at is not None
    return Ingested(edition.day, edition.papers, new.get(edition.day, 0), listing.skipped, settled)


def days_between(first: date, last: date) -> Iterable[date]:
    """Every day from `first` to `last`, both included."""
    return (first + timedelta(days=step) for step in range((last - first).days + 1))
