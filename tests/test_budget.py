"""A rate that all processes share: evenly spaced, never above it, and nothing made up for."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from bot.adapter import Temporary
from bot.budget import USED, Budget
from storage.database import Database
from storage.models import Budget as Row
from tests.fakes.clock import Clock

RATE = 50.0
PAUSE = 1 / (RATE * USED)


class Calls:
    """A process that makes calls as fast as its budget lets it, and when it made them (monotonic seconds)."""

    def __init__(self, database: Database, clock: Clock, name: str = "discord") -> None:
        self.clock = clock
        self.made: list[float] = []
        self._budget = Budget(database, clock, name, RATE, clock.monotonic, clock.sleep)

    async def make(self, calls: int) -> None:
        for _ in range(calls):
            await self._budget()
            self.made.append(self.clock.monotonic())


def gaps(moments: list[float]) -> list[float]:
    return [after - before for before, after in itertools.pairwise(sorted(moments))]


@pytest.fixture
def one_clock(database: Database) -> Clock:
    """PostgreSQL keeps the pace by its own clock, which no test can move: there the gaps within one taking
    alone are even."""
    if not database.is_sqlite:
        pytest.skip("the server's own clock cannot be moved")
    return Clock()


async def test_calls_are_evenly_spaced(database: Database, one_clock: Clock) -> None:
    calls = Calls(database, one_clock)
    await calls.make(200)
    assert gaps(calls.made) == pytest.approx([PAUSE] * 199, abs=1e-3)


async def test_two_processes_share_the_rate(database: Database, one_clock: Clock) -> None:
    first, second = Calls(database, one_clock), Calls(database, one_clock)
    for _ in range(30):
        await first.make(7)
        await second.make(3)
    made = sorted(first.made + second.made)
    for at in range(len(made) - 50):
        assert made[at + 50] - made[at] >= 1.0


async def test_what_was_not_used_is_not_made_up_for(database: Database, one_clock: Clock) -> None:
    calls = Calls(database, one_clock)
    await calls.make(1)
    one_clock.pass_time(60)
    await calls.make(60)
    assert min(gaps(calls.made[1:])) >= PAUSE - 1e-3


async def test_who_calls_now_and_then_takes_no_more_than_needed(database: Database, one_clock: Clock) -> None:
    """One call each 30 ms leaves two thirds of the rate to the others."""
    slow, fast = Calls(database, one_clock), Calls(database, one_clock)
    for _ in range(20):
        await slow.make(1)
        before = one_clock.monotonic()
        await fast.make(1)
        assert one_clock.monotonic() - before < 2 * PAUSE
        one_clock.pass_time(0.03)


async def test_other_names_have_budgets_of_their_own(database: Database, one_clock: Clock) -> None:
    first, other = Calls(database, one_clock), Calls(database, one_clock, "other")
    await first.make(5)
    before = one_clock.monotonic()
    await other.make(1)
    assert one_clock.monotonic() == before


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_jumps_stops_nobody(database: Database, one_clock: Clock, hours: int) -> None:
    await Calls(database, one_clock).make(10)
    one_clock.now += timedelta(hours=hours)
    slept = len(one_clock.slept)
    await Calls(database, one_clock).make(10)
    assert sum(one_clock.slept[slept:]) < 1


async def test_on_a_server_all_take_from_one_row(two_databases: tuple[Database, Database]) -> None:
    """Ten processes at once: each gets moments that no other has."""
    clock = Clock()
    many = [Calls(database, clock) for database in two_databases for _ in range(5)]
    await asyncio.gather(*(calls.make(20) for calls in many))
    async with two_databases[0].read() as session:
        row = await session.get_one(Row, "discord")
    assert sum(len(calls.made) for calls in many) == 200
    assert row.free_at > 0


async def test_without_the_database_nothing_is_called(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("a table that is not there is no outage of a server")
    calls = Calls(database, Clock())
    async with database.write() as session:
        await (await session.connection()).exec_driver_sql("DROP TABLE budget")
    with pytest.raises(Temporary):
        await calls.make(1)
    assert calls.made == []
