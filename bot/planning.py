"""Turn what is due into deliveries: read, decide with `bot.digest`, reserve."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import digest
from bot.adapter import Limits
from bot.clock import Clock
from bot.digest import Digest, Nothing, Wait
from bot.logs import log
from bot.messages import reasons
from bot.outcome import Outcome, outcome_of
from bot.places import Place, PlaceError
from bot.schedule import ScheduleError, date_of, latest_due, next_due, schedule_of
from bot.settling import SettleRules
from storage import deliveries, papers, subscriptions
from storage.database import Database
from storage.locks import lock
from storage.models import (
    Delivery,
    DeliveryState,
    Edition,
    Paper,
    Style,
    Subscription,
    SubscriptionState,
)

BATCH = 100
"""Subscriptions planned in one transaction: a crash repeats at most so many decisions."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What planning came to, beside the deliveries that it has reserved.

    Args:
        skipped: subscriptions that have nothing to post.
        waiting: subscriptions that stay due because their edition is still growing.
    """

    skipped: list[Outcome] = field(default_factory=list)
    waiting: list[tuple[Subscription, Wait]] = field(default_factory=list)


class Planner:
    """Plans deliveries.

    Args:
        limits: what one message of a place's platform holds.
        clock: the real time (UTC), for stamps.
    """

    def __init__(
        self,
        database: Database,
        limits: Callable[[str], Limits],
        rules: SettleRules,
        clock: Clock,
    ) -> None:
        self._database = database
        self._limits = limits
        self._rules = rules
        self._clock = clock

    async def plan_due(self, now: datetime) -> Plan:
        """Plan every subscription that is due at `now` (UTC).

        Each is decided in a transaction that also moves it to its next time, so that a date has one
        delivery whoever runs this, and how often. One that cannot be planned on this machine is paused
        with its reason and stops nobody else.
        """
        plan = Plan()
        last = 0
        while True:
            async with self._database.write() as session:
                due = await subscriptions.due_subscriptions(session, now, last, BATCH)
                await lock(session, {_lock_of(subscription.place) for subscription in due})
                listed = _Listed(session)
                for subscription in due:
                    last = subscription.id or last
                    try:
                        outcome = await self._plan(session, listed, subscription, now)
                    except (PlaceError, ScheduleError) as problem:
                        subscription.state, subscription.reason = SubscriptionState.PAUSED, str(problem)
                        log.error("subscription_paused", subscription=last, reason=str(problem))
                        continue
                    if isinstance(outcome, Wait):
                        plan.waiting.append((subscription, outcome))
                    elif outcome:
                        plan.skipped.append(outcome)
            if len(due) < BATCH:
                return plan

    async def _plan(
        self, session: AsyncSession, listed: "_Listed", subscription: Subscription, now: datetime
    ) -> Outcome | Wait | None:
        schedule, lines = schedule_of(subscription), self._limits(subscription.place).lines
        due_at = max(subscription.next_due_at, latest_due(schedule, now))
        local_date = date_of(schedule, due_at)
        if await deliveries.is_reserved(session, subscription.id or 0, local_date):
            subscription.next_due_at = next_due(schedule, now)
            return None
        first, last = digest.window(subscription.first_day, due_at, local_date, self._rules)
        listing, editions = await listed.between(first, last)
        if not await deliveries.any_of(session, subscription.id or 0):
            first = digest.first_edition(first, date_of(schedule, subscription.next_due_at), editions)
            subscription.first_day = first
            listing = [paper for paper in listing if paper.listed_on >= first]
        decision = digest.select(
            listing,
            editions,
            await deliveries.papers_given(session, subscription.place, first),
            digest.edition_for(due_at, self._rules),
            now,
            self._rules,
            subscription.max_papers,
        )
        if isinstance(decision, Wait):
            return decision
        subscription.next_due_at = next_due(schedule, now)
        delivery = Delivery(
            subscription_id=subscription.id,
            place=subscription.place,
            local_date=local_date,
            style=subscription.style,
            created_at=self._clock(),
        )
        return await self._reserve(session, delivery, decision, lines)

    async def pull_back(self) -> None:
        """Bring subscriptions back that a clock gone wrong has sent into a far future."""
        now = self._clock()
        async with self._database.write() as session:
            for subscription in await subscriptions.all_subscriptions(session):
                with suppress(ScheduleError):
                    due = next_due(schedule_of(subscription), now)
                    subscription.next_due_at = min(subscription.next_due_at, due)

    async def _reserve(
        self, session: AsyncSession, delivery: Delivery, decision: Digest | Nothing, lines: int
    ) -> Outcome | None:
        if isinstance(decision, Nothing):
            delivery.state = DeliveryState.SKIPPED
            delivery.reason = reasons.nothing(decision)
            delivery.finished_at = delivery.created_at
            await deliveries.reserve(session, delivery, [])
            return outcome_of(delivery)
        delivery.papers = [paper.id for paper in decision.papers]
        delivery.rest = [paper.id for paper in decision.rest]
        await deliveries.reserve(session, delivery, digest.parts(decision, delivery.style, lines))
        return None

    async def plan_post(
        self, place: Place, edition: Edition, style: Style, most: int | None, again: bool
    ) -> int | Outcome:
        """Plan a digest of one edition that a person posts by hand, and return its delivery's number.

        One of that day and place that was interrupted is gone on with. Papers that the place got before
        are left out unless `again`; where none is left, a skipped outcome says so and nothing is kept.
        """
        async with self._database.write() as session:
            await lock(session, [_lock_of(str(place))])
            for unfinished in await deliveries.open_deliveries(session, str(place)):
                if unfinished.by_hand and unfinished.local_date == edition.day:
                    return unfinished.id or 0
            listed = await papers.papers_listed(session, edition.day, edition.day)
            given: set[str] = set()
            if not again:
                given = await deliveries.papers_given(session, str(place), edition.day, rest=False)
            fresh = [paper for paper in digest.standing(listed) if paper.id not in given]
            delivery = Delivery(
                place=str(place), by_hand=True, local_date=edition.day, style=style, created_at=self._clock()
            )
            if not fresh:
                reason = reasons.nothing(Nothing(edition.day, edition.papers))
                return Outcome(0, None, str(place), DeliveryState.SKIPPED, reason)
            lines = self._limits(delivery.place).lines
            await self._reserve(session, delivery, digest.arrange(fresh, most), lines)
            return delivery.id or 0


def _lock_of(place: str) -> str:
    """The name under which one transaction at a time decides what a place gets: none gets a paper twice."""
    return f"place {place}"


class _Listed:
    """Papers and editions by their days, read once for the many subscriptions that share a window."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._read: dict[tuple[date, date], tuple[list[Paper], dict[date, Edition]]] = {}

    async def between(self, first: date, last: date) -> tuple[list[Paper], dict[date, Edition]]:
        if (first, last) not in self._read:
            listed = await papers.papers_listed(self._session, first, last)
            self._read[first, last] = listed, await papers.editions(self._session, first, last)
        return self._read[first, last]
