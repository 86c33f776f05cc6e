"""Whoever dies or works beside a plan, and whenever: no digest is lost, and none comes twice."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.adapter import Limits
from bot.late import Appender
from bot.outcome import Outcome
from bot.places import parse_place
from bot.planning import Planner
from bot.posting import Poster
from storage import plans, subscriptions
from storage.database import Database, DatabaseError, open_database
from storage.models import Delivery, DeliveryState, Edition, Style
from tests.conftest import PostgresServer
from tests.dying import BATCH
from tests.factories import DAY, NOON, RULES
from tests.stored import ids, list_papers, planned, stored_subscription, subscribe

COUNT = 5 * BATCH
"""Every other subscription shares the place of the one before."""
ALL = COUNT + COUNT // 2
"""Deliveries, with the envelopes."""


def planner(database: Database) -> Planner:
    return Planner(database, lambda place: Limits(20, 5), RULES, lambda: NOON)


@pytest.fixture
async def server(postgres: PostgresServer) -> AsyncIterator[tuple[Database, Database]]:
    """A database on PostgreSQL, opened twice."""
    url = postgres.emptied()
    first, second = await open_database(url), await open_database(url)
    yield first, second
    await first.close()
    await second.close()


async def due(database: Database) -> None:
    await list_papers(database, 1, 2)
    for number in range(COUNT):
        await subscribe(database, place=f"slack:C{number // 2}")


def assert_once(rows: list[Delivery]) -> None:
    """Each subscription has its digest, in the one message of its place."""
    enclosed = [row for row in rows if row.state is DeliveryState.ENCLOSED]
    assert sorted(row.subscription_id or 0 for row in enclosed) == list(range(1, COUNT + 1))
    assert all(row.papers == ids(1, 2) for row in enclosed)
    sent = Counter(row.place for row in rows if row.state is DeliveryState.PENDING)
    assert sent == {f"slack:C{number}": 1 for number in range(COUNT // 2)}


@pytest.mark.parametrize("batch", [1, 2, 3])
async def test_after_a_planner_was_killed_the_next_plans_the_rest(
    two_databases: tuple[Database, Database], shared_url: str, batch: int
) -> None:
    database, _ = two_databases
    await due(database)
    dying = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.dying", shared_url, str(batch))
    assert await dying.wait() == -signal.SIGKILL
    assert len(await planned(database)) < ALL
    await planner(database).plan_due(NOON)

    assert_once(await planned(database))


@pytest.mark.parametrize("moment", ["INSERT ON delivery", "UPDATE ON subscription"])
async def test_a_plan_whose_connection_breaks_while_it_writes_is_made_again(
    server: tuple[Database, Database], moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Amid the rows of a batch, and between them and the end of its transaction."""
    monkeypatch.setattr("bot.planning.BATCH", BATCH)
    database, beside = server
    await due(database)
    number = "NEW.subscription_id" if "delivery" in moment else "NEW.id"
    async with beside.write() as session:
        connection = await session.connection()
        await connection.execute(
            text(
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$"
            )
        )
        await connection.execute(
            text(
                f"CREATE TRIGGER broken AFTER {moment} FOR EACH ROW WHEN ({number} = {COUNT // 2}) "
                "EXECUTE FUNCTION broken()"
            )
        )
    try:
        with pytest.raises(DatabaseError, match="the database cannot be used now"):
            await planner(database).plan_due(NOON)
    finally:
        async with beside.write() as session:
            await (await session.connection()).execute(text("DROP FUNCTION broken CASCADE"))
    assert len(await planned(beside)) < ALL
    await planner(database).plan_due(NOON)

    assert_once(await planned(beside))


async def test_who_adds_late_papers_is_not_planned_for_meanwhile(server: tuple[Database, Database]) -> None:
    """Both look up what a subscription has got: at once, both would give it a late paper."""
    ours, theirs = server
    await list_papers(ours, 1)
    number = await subscribe(ours, append_late=True)
    other = await subscribe(ours, place="slack:C2")
    async with theirs.write() as session:
        assert [row.id for row in await subscriptions.appending(session)] == [number]
        await planner(ours).plan_due(NOON)
        assert [row.subscription_id for row in await planned(ours)] == [other]
    assert (await stored_subscription(ours, number)).next_due_at == NOON
    await planner(ours).plan_due(NOON)

    assert [row.subscription_id for row in await planned(ours)] == [other, number]


async def test_late_papers_wait_for_a_plan_that_may_hold_them(server: tuple[Database, Database]) -> None:
    ours, theirs = server
    await list_papers(ours, 1)
    await subscribe(ours, append_late=True)
    await planner(ours).release(NOON)
    async with theirs.write() as session:
        await plans.due_subscriptions(session, NOON, 0, 10)
        late = asyncio.create_task(
            Appender(ours, lambda _place: Limits(20, 1), RULES, lambda: NOON).append([DAY], 1, NOON)
        )
        await _until_somebody_waits(theirs)
    assert await late == 0


async def test_an_edition_posted_by_hand_waits_for_a_plan_of_its_place(
    server: tuple[Database, Database],
) -> None:
    """What the plan has given the place is left out then."""
    ours, theirs = server
    await list_papers(ours, 1, 2)
    number = await subscribe(ours)
    async with theirs.read() as session:
        edition = await session.get_one(Edition, DAY)
    poster = Poster(ours, planner(ours), RULES, lambda: NOON)
    async with theirs.write() as session:
        [held] = await plans.due_subscriptions(session, NOON, 0, 10)
        post = poster.plan_post(parse_place(held.place), edition, Style.THREAD, None, again=False)
        by_hand = asyncio.create_task(post)
        await _until_somebody_waits(theirs)
        session.add(
            Delivery(
                subscription_id=number, place=held.place, local_date=DAY, papers=ids(1, 2), created_at=NOON
            )
        )
    outcome = await by_hand

    assert isinstance(outcome, Outcome)
    assert outcome.state is DeliveryState.SKIPPED
    assert "all posted here before" in (outcome.reason or "")


async def _until_somebody_waits(database: Database) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(30), database.read() as session:
        while not (await (await session.connection()).execute(waiting)).scalar():
            await session.rollback()
