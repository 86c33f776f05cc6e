"""Papers that come late are added to the thread of their day, where a channel wants that."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.adapter import Limits
from bot.authors import local_date
from bot.candidates import Candidates
from bot.clock import Clock
from bot.decisions import Row, new_row, stamped
from bot.digest import LOOK_BACK, edition_for, standing
from bot.filters.errors import FilterError
from bot.places import PlaceError
from bot.schedule import quiet_days
from bot.settling import SettleRules
from storage import deliveries, papers, plans, subscriptions
from storage.database import Database
from storage.ledgers import ledgers_of
from storage.models import Delivery, Paper, Subscription

_ONE_DAY = timedelta(days=1)
"""By so much the local date of a digest may be before its edition."""


class Appender:
    """Plans what is added to threads.

    Args:
        limits: of the platform of a place; raises PlaceError where it is not installed.
        rules: when an edition is final.
        clock: the real time (UTC), for stamps.
    """

    def __init__(
        self, database: Database, limits: Callable[[str], Limits], rules: SettleRules, clock: Clock
    ) -> None:
        self._database = database
        self._limits = limits
        self._rules = rules
        self._clock = clock

    async def append(self, days: Collection[date], release: int, now: datetime) -> int:
        """Plan additions for the papers of these editions that came late; how many deliveries that makes.

        What has no thread yet is left to the next digest, and so is what comes while its reader is away or
        wants nothing.

        Args:
            release: the one with which they came.
        """
        if not days:
            return 0
        async with self._database.write() as session:
            found = await subscriptions.appending(session)  # held: nobody plans for them meanwhile
            wanting = [one for one in found if self._has_threads(one.place) and not _is_quiet(one, now)]
            if not wanting:
                return 0
            late = [
                paper
                for paper in standing(await papers.papers_listed(session, min(days), max(days)))
                if paper.release == release and paper.listed_on in days
            ]
            candidates = Candidates(late, now.date())
            rows = [row for one in wanting if (row := await self._addition(session, one, candidates, now))]
            await plans.insert_deliveries(session, stamped(rows, self._clock()))
            return len(rows)

    def _has_threads(self, place: str) -> bool:
        """Whether something can be added to what was sent there: nothing can be to a mail, so that what is
        late comes with the next one."""
        try:
            return not self._limits(place).whole
        except PlaceError:
            return True

    async def _addition(
        self, session: AsyncSession, subscription: Subscription, candidates: Candidates, now: datetime
    ) -> Row | None:
        number = subscription.id or 0
        digests = await deliveries.threads_of(session, number, now.date() - LOOK_BACK - _ONE_DAY)
        ledger = (await ledgers_of(session, [number], now.date() - LOOK_BACK)).get(number)
        floor = max(subscription.first_day, now.date() - LOOK_BACK)
        try:
            fresh = candidates.fresh(subscription.filter, 0, floor, False, ledger)
        except FilterError:  # its next digest pauses it and says why
            return None
        by_thread: dict[int, list[Paper]] = {}
        for paper in candidates.papers(fresh.found):
            if thread := thread_for(paper.listed_on, digests, self._rules):
                by_thread.setdefault(thread, []).append(paper)
        if not by_thread:
            return None
        thread_of, added = max(by_thread.items())
        return new_row(subscription.place) | {
            "subscription_id": number,
            "by_hand": True,
            "local_date": now.date(),
            "style": subscription.style,
            "thread_of": thread_of,
            "papers": [paper.id for paper in added],
        }


def _is_quiet(subscription: Subscription, now: datetime) -> bool:
    """Whether its reader wants nothing on this day."""
    return local_date(subscription.zone, now).weekday() in quiet_days(subscription.quiet)


def thread_for(day: date, digests: Iterable[tuple[Delivery, int | None]], rules: SettleRules) -> int | None:
    """The number of the thread in which the edition of `day` stands: that of the first digest that could hold
    it. None where that one has opened none, or is still to come.

    Args:
        digests: as `storage.deliveries.threads_of` gives them.
    """
    return next((thread for digest, thread in digests if _wanted(digest, rules) >= day), None)


def _wanted(digest: Delivery, rules: SettleRules) -> date:
    """The newest edition that a digest looked for. Its date does not tell: at 09:00 in Tokyo that is the
    edition of the day before."""
    by_time = edition_for(digest.due_at, rules) if digest.due_at else digest.local_date
    return max(by_time, digest.late_before or by_time)
