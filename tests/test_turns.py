"""What one process does for all: whose turn it is."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col

from storage.database import Database
from storage.models import Budget
from storage.turns import give_back_turn, take_turn
from tests.factories import NOON

SPAN = 600.0


async def take(database: Database, name: str = "ingest", now: datetime = NOON) -> float | None:
    async with database.write() as session:
        return await take_turn(session, name, SPAN, now)


async def let_pass(database: Database, seconds: float) -> None:
    """Move all turns, for a server's clock cannot be."""
    async with database.write() as session:
        await session.exec(update(Budget).values(free_at=col(Budget.free_at) - seconds))


async def test_of_all_that_come_at_once_one_has_the_turn(two_databases: tuple[Database, Database]) -> None:
    first, second = two_databases
    for _ in range(3):
        taken = await asyncio.gather(*(take(database) for database in (first, second) * 4))
        assert sum(turn is not None for turn in taken) == 1
        await let_pass(first, SPAN + 1)


async def test_the_next_turn_comes_when_the_span_is_over_whatever_became_of_this_one(
    two_databases: tuple[Database, Database],
) -> None:
    first, second = two_databases
    assert await take(first)  # and is killed
    await let_pass(first, SPAN / 2)
    assert await take(second) is None
    await let_pass(first, SPAN / 2 + 1)
    assert await take(second)
    assert await take(first) is None


async def test_each_work_has_turns_of_its_own(database: Database) -> None:
    assert await take(database, "ingest")
    assert await take(database, "refresh")


async def test_a_turn_that_is_handed_back_is_free_at_once(database: Database) -> None:
    taken = await take(database)
    assert taken
    async with database.write() as session:
        await give_back_turn(session, "ingest", taken)
    assert await take(database)


async def test_nobody_gives_back_what_another_has_by_now(database: Database) -> None:
    taken = await take(database)
    assert taken
    await let_pass(database, SPAN + 1)
    assert await take(database, now=NOON + timedelta(seconds=5))
    async with database.write() as session:
        await give_back_turn(session, "ingest", taken)
    assert await take(database, now=NOON + timedelta(seconds=6)) is None


async def test_a_turn_in_a_far_future_is_a_mistake(database: Database) -> None:
    """A machine's clock was a year ahead for a moment; nobody waits a year."""
    await take(database)
    await let_pass(database, -365 * 24 * 3600)
    assert await take(database)
