"""Turn what is due into deliveries: read, decide with `bot.digest`, reserve."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import digest
from bot.adapter import Limits
from bot.digest import Digest, Nothing, Wait
from bot.messages import reasons
from bot.places import Place
from bot.schedule import Schedule, date_of, latest_due, next_due, parse_weekdays
from bot.settling import SettleRules
from storage import deliveries, papers, subscriptions
from storage.database import Database
from storage.locks import lock
from storage.models import Delivery, DeliveryState, Edition, Style, Subscription

BATCH = 100
"""Subscriptions planned in one transaction: a crash repeats at most so many decisions."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery.

    Args:
        state: sent, skipped or failed.
        papers: identifiers in the order of posting.
    """

    delivery: int
    subscription: int | None
    place: str
    state: DeliveryState
    reason: str | None
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What planning came to, beside the deliveries that it has reserved.

    Args:
        skipped: subscriptions that have nothing to post.
        waiting: subscriptions that stay due because their edition is still growing.
    """

    skipped: list[Outcome] = field(default_factory=list)
    waiting: list[tuple[Subscription, Wait]] = field(default_factory=list)


def schedule_of(subscription: Subscription) -> Schedule:
    """The schedule that a row keeps as text."""
    return Schedule(
        subscription.local_time, ZoneInfo(subscription.zone), parse_weekdays(subscription.weekdays)
    )


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
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._limits = limits
        self._rules = rules
        self._clock = clock

    async def plan_due(self, now: datetime) -> Plan:
        """Plan every subscription that is due at `now` (UTC).

        Each is decided in a transaction that also moves it to its next time, so that a date has one
        delivery whoever runs this, and how often.
        """
        plan = Plan()
        last = 0
        while True:
            async with self._database.write() as session:
                due = await subscriptions.due_subscriptions(session, now, last, BATCH)
                await lock(session, {_lock_of(subscription.place) for subscription in due})
                for subscription in due:
                    last = subscription.id or last
                    outcome = await self._plan(session, subscription, now)
                    if isinstance(outcome, Wait):
                        plan.waiting.append((subscription, outcome))
                    elif outcome:
                        plan.skipped.append(outcome)
            if len(due) < BATCH:
                return plan

    async def _plan(
        self, session: AsyncSession, subscription: Subscription, now: datetime
    ) -> Outcome | Wait | None:
        schedule = schedule_of(subscription)
        due_at = max(subscription.next_due_at, latest_due(schedule, now))
        local_date = date_of(schedule, due_at)
        if await deliveries.is_reserved(session, subscription.id or 0, local_date):
            subscription.next_due_at = next_due(schedule, now)
            return None
        first, last = digest.window(subscription.first_day, due_at, local_date, self._rules)
        decision = digest.select(
            await papers.papers_listed(session, first, last),
            await papers.editions(session, first, last),
            await deliveries.papers_given(session, subscription.place),
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
        return await self._reserve(session, delivery, decision)

    async def _reserve(
        self, session: AsyncSession, delivery: Delivery, decision: Digest | Nothing
    ) -> Outcome | None:
        if isinstance(decision, Nothing):
            delivery.state = DeliveryState.SKIPPED
            delivery.reason = reasons.nothing(decision)
            delivery.finished_at = delivery.created_at
            await deliveries.reserve(session, delivery, [])
            return outcome_of(delivery)
        delivery.papers = [paper.id for paper in decision.papers]
        delivery.rest = [paper.id for paper in decision.rest]
        lines = self._limits(delivery.place).lines
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
                if unfinished.subscription_id is None and unfinished.local_date == edition.day:
                    return unfinished.id or 0
            listed = await papers.papers_listed(session, edition.day, edition.day)
            given = set() if again else await deliveries.papers_given(session, str(place))
            fresh = [paper for paper in digest.standing(listed) if paper.id not in given]
            delivery = Delivery(
                place=str(place), local_date=edition.day, style=style, created_at=self._clock()
            )
            if not fresh:
                reason = reasons.nothing(Nothing(edition.day, edition.papers))
                return Outcome(0, None, str(place), DeliveryState.SKIPPED, reason)
            await self._reserve(session, delivery, digest.arrange(fresh, most))
            return delivery.id or 0


def _lock_of(place: str) -> str:
    """The name under which one transaction at a time decides what a place gets: none gets a paper twice."""
    return f"place {place}"


def outcome_of(delivery: Delivery) -> Outcome:
    """What a finished delivery has come to."""
    return Outcome(
        delivery.id or 0,
        delivery.subscription_id,
        delivery.place,
        delivery.state,
        delivery.reason,
        tuple(delivery.papers),
    )


def utc_now() -> datetime:
    """The real time, aware, in UTC."""
    return datetime.now(UTC)
