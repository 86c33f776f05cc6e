"""Turn what is due into deliveries: release papers, decide with `bot.decisions`, keep what was decided."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import digest
from bot.adapter import Limits
from bot.clock import Clock
from bot.decisions import Decision, Row, decide, enclosed, stamped
from bot.digest import LOOK_BACK, Wait
from bot.filters.errors import FilterError
from bot.late import Appender
from bot.logs import log
from bot.metrics import Metrics
from bot.occasion import Occasion
from bot.outcome import Outcome
from bot.places import PlaceError
from bot.plan_run import Moves, Queue, Run, open_run
from bot.schedule import ScheduleError, date_of, latest_due, next_due, schedule_of
from bot.settling import SettleRules
from storage import plans, releases, subscriptions
from storage.database import Database
from storage.ledgers import Ledger, has_failed, ledgers_of
from storage.models import Cadence, DeliveryState, Edition, SubscriptionState
from storage.plans import DueSubscription
from storage.releases import Released

BATCH = 2000
"""Subscriptions planned in one transaction: a crash repeats at most so many decisions."""

HANDS = 3
"""Transactions that a plan has open at once on PostgreSQL: one is decided while others are written."""

MANY = 20_000
"""When more are due, it takes less time to pass through all subscriptions once."""

FARTHEST = timedelta(days=8)
"""The next digest of a schedule is at most a week away, and a day for what clocks are put back or forward."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What planning came to, beside the deliveries that it has kept.

    Args:
        skipped: subscriptions that have nothing to post.
        waiting: subscriptions that stay due because their edition is still growing.
    """

    skipped: list[Outcome] = field(default_factory=list)
    waiting: list[tuple[DueSubscription, Wait]] = field(default_factory=list)


@dataclass(slots=True)
class _Counts:
    planned: int = 0
    skipped: int = 0
    waiting: int = 0


class Planner:
    """Plans deliveries.

    Args:
        limits: what one message of a place's platform holds; raises PlaceError where it is not installed.
        clock: the real time (UTC), for stamps.
        metrics: counts what is skipped.
    """

    def __init__(
        self,
        database: Database,
        limits: Callable[[str], Limits],
        rules: SettleRules,
        clock: Clock,
        metrics: Metrics | None = None,
    ) -> None:
        self._database = database
        self._limits = limits
        self._rules = rules
        self._clock = clock
        self._metrics = metrics or Metrics()
        self._late = Appender(database, limits, rules, clock)

    async def plan_due(self, now: datetime, tell: bool = True) -> Plan:
        """Plan every subscription that is due at `now` (UTC).

        Each is decided in a transaction that also moves it to its next time, so that a date has one
        delivery whoever runs this, and how often. One that cannot be planned on this machine is paused
        with its reason and stops nobody else. However many are due, a batch for each hand is in memory.

        Args:
            tell: name each that was skipped or waits; else they are only counted in the log.
        """
        released = await self.release(now)
        plan, counts = Plan(), _Counts()
        async with self._database.read() as session:
            reach = await plans.reach_of_due(session, now, now.date() - LOOK_BACK)
            if not reach.due:
                return plan
            run = await open_run(session, now, reach, released.number, self._rules)
        queue = Queue(now, reach, BATCH, many=reach.due > MANY)
        hands = 1 if self._database.is_sqlite else HANDS
        await _all_of([self._plan_all(run, queue, plan if tell else None, counts) for _ in range(hands)])
        log.info("planned", planned=counts.planned, skipped=counts.skipped, waiting=counts.waiting)
        plan.skipped.sort(key=lambda one: one.subscription or 0)
        plan.waiting.sort(key=lambda one: one[0].id)
        return plan

    async def _plan_all(self, run: Run, queue: Queue, plan: Plan | None, counts: _Counts) -> None:
        """Plan one batch after the other, until nobody is left."""
        while not queue.over:
            async with self._database.write() as session:
                if due := await queue.take(session):
                    await self._plan_batch(session, run, due, plan, counts)

    async def release(self, now: datetime) -> Released:
        """Let digests hold the papers of editions that are final at `now`, and wake who waits for them."""
        async with self._database.read() as session:
            final = self._final(await releases.unreleased(session), now)
            if not final and not await releases.has_late_papers(session):
                return Released(await releases.newest_release(session))
        async with self._database.write() as session:
            released = await releases.release(session, final, now)
            if final:
                await releases.wake(session, now)
        log.info("released", release=released.number, days=len(released.days), late=len(released.late))
        await self._late.append(released.late, released.number, now)
        return released

    def _final(self, editions: Iterable[Edition], now: datetime) -> list[date]:
        return [edition.day for edition in editions if digest.is_final(edition, now, self._rules)]

    async def _plan_batch(
        self,
        session: AsyncSession,
        run: Run,
        due: Sequence[DueSubscription],
        plan: Plan | None,
        counts: _Counts,
    ) -> None:
        """Decide for some subscriptions, keep what was decided, move them to their next times."""
        occasions = await self._occasions(session, run, due)
        dates = {occasion.local_date for occasion in occasions.values()}
        done = await plans.reserved(session, list(occasions), dates)
        failed = await has_failed(session, list(occasions), run.today - LOOK_BACK)
        wanting = [one.id for one in due if one.id in occasions and (one.id in failed or _needs_ledger(one))]
        ledgers = await ledgers_of(session, wanting, run.given_since) if wanting else {}
        moves = Moves(run.release)
        decisions: list[Decision] = []
        for subscription in due:
            occasion = occasions.get(subscription.id)
            if occasion is None:
                continue
            if _is_over(subscription, occasion, done):
                moves.on(subscription, occasion, sees=False)
            elif wait := run.wait_for(occasion.wanted):
                moves.wait(subscription, wait)
                counts.waiting += 1
                if plan:
                    plan.waiting.append((subscription, wait))
            elif decision := await self._decided(
                session, run, subscription, occasion, ledgers.get(subscription.id)
            ):
                if (subscription.id, occasion.local_date) in done:
                    decision.row["by_hand"] = True
                decisions.append(decision)
                moves.on(subscription, occasion, decision.sees)
        await self._keep(session, run, decisions, plan, counts)
        await moves.write(session)

    async def _occasions(
        self, session: AsyncSession, run: Run, due: Sequence[DueSubscription]
    ) -> dict[int, Occasion]:
        """The occasion of each; one that has none on this machine is paused."""
        found, known = {}, set()
        for subscription in due:
            try:
                platform = subscription.place.partition(":")[0]
                if platform not in known:
                    self._limits(subscription.place)
                    known.add(platform)
                found[subscription.id] = run.occasion(subscription)
            except (PlaceError, ScheduleError) as problem:
                await _pause(session, subscription, str(problem))
        return found

    async def _decided(
        self,
        session: AsyncSession,
        run: Run,
        subscription: DueSubscription,
        occasion: Occasion,
        ledger: Ledger | None,
    ) -> Decision | None:
        edition = run.editions.get(occasion.wanted)
        if _opens(subscription, occasion, ledger):
            first = digest.first_edition(subscription.first_day, occasion.local_date, run.editions)
            subscription = subscription._replace(first_day=first)
        try:
            return decide(subscription, occasion, run.candidates, edition, ledger, run.today)
        except FilterError as problem:
            await _pause(session, subscription, f"Its filter cannot be read any more: {problem}")
            return None

    async def _keep(
        self,
        session: AsyncSession,
        run: Run,
        decisions: Sequence[Decision],
        plan: Plan | None,
        counts: _Counts,
    ) -> None:
        rows = stamped(enclosed(decisions, run.papers), self._clock())
        await plans.insert_deliveries(session, rows)
        skipped = [row for row in rows if row["state"] is DeliveryState.SKIPPED]
        counts.skipped += len(skipped)
        self._metrics.skipped([row["place"] for row in skipped])
        counts.planned += len(rows) - len(skipped)
        if plan:
            plan.skipped.extend(map(_outcome, skipped))

    async def pull_back(self) -> None:
        """Bring subscriptions back that a clock gone wrong has sent into a far future."""
        now = self._clock()
        async with self._database.write() as session:
            for subscription in await subscriptions.planned_beyond(session, now + FARTHEST):
                with suppress(ScheduleError):
                    schedule = schedule_of(subscription)
                    subscription.next_due_at = next_due(schedule, now)
                    subscription.planned_through = date_of(schedule, latest_due(schedule, now))


async def _all_of(works: Collection[Coroutine[Any, Any, None]]) -> None:
    """Do some things at once; when one goes wrong or this is cancelled, none goes on behind our back."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _needs_ledger(subscription: DueSubscription) -> bool:
    """Whether what it has got is not told by the last release that it has seen."""
    return subscription.rechecks or subscription.append_late or subscription.seen == 0


def _opens(subscription: DueSubscription, occasion: Occasion, ledger: Ledger | None) -> bool:
    """Whether this is the first digest of a subscription that wants the list of each day, and in time: one
    that comes late holds what was missed, one after a vacation what came in it, and a weekly one the days
    before it."""
    begun = subscription.seen > 0 or ledger is not None or subscription.away_since is not None
    return subscription.cadence is Cadence.DAILY and not begun and not occasion.missed


def _is_over(subscription: DueSubscription, occasion: Occasion, done: Collection[tuple[int, date]]) -> bool:
    """Whether there is nothing to decide: its owner wants nothing that day, or it was decided.

    Args:
        done: subscriptions and dates that have their digest. Where each edition is wanted that may be one of
            the time of day before, with the edition before.
    """
    if occasion.quiet:
        return True
    if subscription.cadence is not Cadence.EACH:
        return (subscription.id, occasion.local_date) in done
    return subscription.planned_through is not None and occasion.local_date <= subscription.planned_through


async def _pause(session: AsyncSession, subscription: DueSubscription, reason: str) -> None:
    await plans.advance(session, {"state": SubscriptionState.PAUSED, "reason": reason}, [subscription.id])
    log.error("subscription_paused", subscription=subscription.id, reason=reason)


def _outcome(row: Row) -> Outcome:
    return Outcome(0, row["subscription_id"], row["place"], row["state"], row["reason"])
