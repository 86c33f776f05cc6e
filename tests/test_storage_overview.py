"""What is open in the store, by platform, without a look at what is finished."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from storage import papers
from storage.database import Database
from storage.models import Delivery, DeliveryState
from storage.overview import Backlog, open_deliveries, overview
from tests.factories import DAY, NOON, make_delivery
from tests.stored import list_papers

PLATFORMS = ("discord", "slack")
PENDING, SENDING = DeliveryState.PENDING, DeliveryState.SENDING
LATER = NOON + timedelta(minutes=1)


async def keep(database: Database, *rows: Delivery) -> None:
    async with database.write() as session:
        session.add_all(rows)


async def test_what_is_open_is_counted_by_platform_and_state(database: Database) -> None:
    hour_ago = NOON - timedelta(hours=1)
    await keep(
        database,
        make_delivery(1, due_at=hour_ago),
        make_delivery(2, due_at=NOON, not_before=NOON),
        make_delivery(3, due_at=NOON, not_before=LATER),
        make_delivery(4, created_at=hour_ago, state=SENDING),
        make_delivery(5, place="discord:1", state=DeliveryState.ENCLOSED, due_at=hour_ago),
        make_delivery(6, place="slacker:1", due_at=NOON),
        make_delivery(7, state=DeliveryState.SENT, due_at=hour_ago),
        make_delivery(8, state=DeliveryState.FAILED, due_at=hour_ago),
        make_delivery(9, state=DeliveryState.SKIPPED, due_at=hour_ago),
    )
    async with database.read() as session:
        seen = await overview(session, PLATFORMS, NOON)
    assert set(seen.backlog) == {
        Backlog("slack", PENDING, number=3, ready=2, oldest=hour_ago),
        Backlog("slack", SENDING, number=1, ready=0, oldest=hour_ago),
        Backlog("discord", DeliveryState.ENCLOSED, number=1, ready=0, oldest=None),
        Backlog("other", PENDING, number=1, ready=1, oldest=NOON),
    }


async def test_an_empty_store(database: Database) -> None:
    async with database.read() as session:
        seen = await overview(session, PLATFORMS, NOON)
    assert (seen.backlog, seen.newest, seen.read_at) == ((), None, None)


async def test_the_newest_edition_has_papers_and_the_latest_answer_may_have_none(database: Database) -> None:
    await list_papers(database, 1)
    async with database.write() as session:
        await papers.record_polls(session, [DAY + timedelta(days=1)], LATER)
    async with database.read() as session:
        seen = await overview(session, PLATFORMS, NOON)
    assert (seen.newest, seen.read_at) == (DAY, LATER)


@pytest.mark.parametrize("database_url", ["memory"], indirect=True)
async def test_what_is_finished_is_not_read(database: Database) -> None:
    """A million finished deliveries must cost nothing: the index leads past them."""
    async with database.read() as session:
        connection = await session.connection()
        asked = open_deliveries(PLATFORMS, NOON).compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
        plan = [row[3] for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert any("USING INDEX ix_delivery_open (state=?)" in step for step in plan), plan
    assert not any(step.startswith("SCAN") for step in plan), plan
