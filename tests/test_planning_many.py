"""Many subscriptions, several processes, and rows that have gone wrong: nobody stops anybody else."""

import asyncio
from datetime import date, datetime, time, timedelta

import pytest

from bot.adapter import Limits
from bot.places import PlaceError
from bot.planning import Planner
from storage.database import Database
from storage.models import DeliveryState, SubscriptionState
from storage.releases import Released
from tests.factories import DAY, NOON, RULES, at, make_edition, make_subscription
from tests.stored import ids, list_papers, planned, stored_subscription, subscribe

BATCH = 100


def planner(database: Database) -> Planner:
    return Planner(database, lambda place: Limits(20, 5), RULES, lambda: NOON)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.planning.BATCH", BATCH)


async def test_many_subscriptions_are_planned_in_batches(database: Database) -> None:
    await list_papers(database, 1)
    count = 2 * BATCH + 50
    async with database.write() as session:
        session.add_all(make_subscription(place=f"slack:C{number}") for number in range(count))
    plan = await planner(database).plan_due(NOON)

    assert (plan.skipped, plan.waiting) == ([], [])
    assert {delivery.subscription_id for delivery in await planned(database)} == set(range(1, count + 1))


async def test_a_batch_that_all_waits_does_not_stop_the_next(database: Database) -> None:
    async with database.write() as session:
        session.add(make_edition(settled_at=None))
        session.add_all(
            make_subscription(next_due_at=at(DAY, 9), local_time=time(9)) for _ in range(BATCH + 1)
        )
    plan = await planner(database).plan_due(at(DAY, 9))

    assert [row.id for row, _ in plan.waiting] == list(range(1, BATCH + 2))


@pytest.mark.parametrize("batch", [1, BATCH])
async def test_two_processes_plan_at_once_and_nothing_is_doubled(
    two_databases: tuple[Database, Database], batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each channel has two subscriptions, which travel together whoever plans them."""
    monkeypatch.setattr("bot.planning.BATCH", batch)
    await list_papers(two_databases[0], 1, 2)
    for number in range(30):
        await subscribe(two_databases[0], place=f"slack:C{number // 2}")
    await asyncio.gather(*(planner(database).plan_due(NOON) for database in two_databases * 2))

    rows = await planned(two_databases[0])
    enclosed = [row for row in rows if row.state is DeliveryState.ENCLOSED]
    assert sorted(row.subscription_id or 0 for row in enclosed) == list(range(1, 31))
    assert all(row.papers == ids(1, 2) for row in enclosed)
    envelopes = [row for row in rows if row.state is DeliveryState.PENDING]
    assert sorted(row.place for row in envelopes) == sorted(f"slack:C{number}" for number in range(15))
    assert {row.envelope for row in enclosed} == {row.token for row in envelopes}


async def test_papers_that_another_process_releases_meanwhile_come_with_the_next_digest(
    database: Database,
) -> None:
    """Neither twice nor never, at whatever moment of a plan that happens."""

    class Slow(Planner):
        """One that is overtaken between its release and its plan."""

        async def release(self, now: datetime) -> Released:
            released = await super().release(now)
            await list_papers(database, 2)
            await planner(database).release(now)
            return released

    await list_papers(database, 1)
    await subscribe(database)
    tomorrow = NOON + timedelta(days=1)
    await Slow(database, lambda place: Limits(20, 5), RULES, lambda: NOON).plan_due(NOON)
    await list_papers(database, 3, day=tomorrow.date())
    await planner(database).plan_due(tomorrow)

    assert [row.papers for row in await planned(database)] == [ids(1), ids(2, 3)]


async def test_one_that_cannot_be_planned_here_is_paused_and_stops_nobody_else(database: Database) -> None:
    """The package of a platform was removed; a zone is not among this machine's any more."""
    await list_papers(database, 1)
    platform = await subscribe(database, place="matrix:room")
    zone = await subscribe(database, zone="Europe/Atlantis")
    other = await subscribe(database)

    def limits(place: str) -> Limits:
        if place == "matrix:room":
            raise PlaceError('no platform is called "matrix"')
        return Limits(20, 5)

    await Planner(database, limits, RULES, lambda: NOON).plan_due(NOON)

    assert [row.subscription_id for row in await planned(database)] == [other]
    for number, name in ((platform, "matrix"), (zone, "Europe/Atlantis")):
        paused = await stored_subscription(database, number)
        assert paused.state is SubscriptionState.PAUSED
        assert name in (paused.reason or "")


async def test_a_clock_gone_wrong_is_forgiven(database: Database) -> None:
    future = await subscribe(database, next_due_at=at(date(2126, 7, 29), 12))
    overdue = await subscribe(database, next_due_at=NOON - timedelta(days=2))
    atlantis = await subscribe(database, zone="Europe/Atlantis", next_due_at=at(date(2126, 7, 29), 12))
    await planner(database).pull_back()

    due = {number: (await stored_subscription(database, number)).next_due_at for number in (1, 2, 3)}
    assert due == {
        future: NOON + timedelta(days=1),
        overdue: NOON - timedelta(days=2),
        atlantis: at(date(2126, 7, 29), 12),
    }
