"""What all subscriptions of one plan have in common, and how they go on."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import digest
from bot.candidates import Candidates
from bot.decisions import earliest
from bot.digest import Wait
from bot.occasion import Occasion, occasion_at, occasion_of_edition
from bot.settling import SettleRules
from storage import papers, plans
from storage.models import Cadence, Edition, Paper
from storage.plans import DueSubscription, Reach


async def open_run(
    session: AsyncSession, now: datetime, reach: Reach, release: int, rules: SettleRules
) -> "Run":
    """Read what the subscriptions of a plan need together.

    Args:
        release: the newest one.
    """
    today = now.date()
    first = earliest(reach.away_since, today)
    known = await papers.editions(session, first - timedelta(days=2), today + timedelta(days=1))
    listed = await plans.released_papers(session, reach, first, release)
    return Run(now, rules, release, first, known, listed)


class Run:
    """The state of the store that a plan is made over.

    Args:
        first: the earliest edition that one of their digests may hold.
        listed: the papers that their digests may hold.
    """

    def __init__(
        self,
        now: datetime,
        rules: SettleRules,
        release: int,
        first: date,
        editions: Mapping[date, Edition],
        listed: Sequence[Paper],
    ) -> None:
        self.now = now
        self.today = now.date()
        self.release = release
        self.given_since = first - timedelta(days=1)  # no local date is farther behind UTC
        self.editions = editions
        self.papers = {paper.id: paper for paper in listed}
        self.candidates = Candidates(listed, self.today)
        self._rules = rules
        self._newest_final = max(
            (day for day, edition in editions.items() if digest.is_final(edition, now, rules)), default=None
        )
        self._occasions: dict[tuple[object, ...], Occasion] = {}
        self._waits: dict[date, Wait | None] = {}

    def occasion(self, due: DueSubscription) -> Occasion:
        """When a subscription is due. Many have the same schedule. Raises ScheduleError."""
        each = due.cadence is Cadence.EACH
        key = (
            (due.quiet, due.next_due_at, due.planned_through)
            if each
            else (due.local_time, due.zone, due.weekdays, due.quiet, due.next_due_at)
        )
        known = self._occasions.get(key)
        if known is None:
            known = self._occasions[key] = (
                occasion_of_edition(
                    due.quiet, due.next_due_at, due.planned_through, self._newest_final, self.now, self._rules
                )
                if each
                else occasion_at(due, due.next_due_at, self.now, self._rules)
            )
        return known

    def wait_for(self, wanted: date) -> Wait | None:
        """Whether an edition is still waited for."""
        if wanted not in self._waits:
            self._waits[wanted] = digest.awaited(wanted, self.editions.get(wanted), self.now, self._rules)
        return self._waits[wanted]


class Queue:
    """Those who are due, in batches for whoever plans them.

    Args:
        reach: how far back the papers of the plan go.
        batch: places in one batch.
        many: see `storage.plans.due_subscriptions`.
    """

    def __init__(self, now: datetime, reach: Reach, batch: int, many: bool) -> None:
        self.over = False
        self._now = now
        self._reach = reach
        self._batch = batch
        self._many = many
        self._last = 0
        self._turn = asyncio.Lock()

    async def take(self, session: AsyncSession) -> list[DueSubscription]:
        """The next ones, held by this transaction. Nobody is left when it is `over`."""
        async with self._turn:
            due = await plans.due_subscriptions(session, self._now, self._last, self._batch, self._many)
            self.over = self.over or not due
            self._last = max((one.id for one in due[: self._batch]), default=self._last)
        return [one for one in due if self._reach.covers(one)]


class Moves:
    """How subscriptions go on, gathered so that many are written in one statement.

    Args:
        release: the newest one.
    """

    def __init__(self, release: int) -> None:
        self._release = release
        self._on: dict[tuple[datetime, date, bool], list[int]] = {}
        self._waiting: dict[datetime, list[int]] = {}

    def on(self, subscription: DueSubscription, occasion: Occasion, sees: bool) -> None:
        """Its date is done; it goes on to the next."""
        through = max(occasion.local_date, subscription.planned_through or occasion.local_date)
        self._on.setdefault((occasion.following, through, sees), []).append(subscription.id)

    def wait(self, subscription: DueSubscription, wait: Wait) -> None:
        """It stays due."""
        self._waiting.setdefault(wait.until, []).append(subscription.id)

    async def write(self, session: AsyncSession) -> None:
        for (following, through, sees), ids in self._on.items():
            values = {"next_due_at": following, "planned_through": through, "wait_until": None}
            asked = {"seen": self._release, "away_since": None} if sees else {}
            await plans.advance(session, values | asked, ids)
        for until, ids in self._waiting.items():
            await plans.advance(session, {"wait_until": until}, ids)
