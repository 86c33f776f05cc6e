"""Calls that all processes share: each takes some at a time from one row of the database, evenly spaced."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.adapter import Gate, Temporary
from bot.clock import Clock
from storage.budgets import spend
from storage.database import Database, DatabaseError

USED = 0.97
"""The part of the rate allowed that is used: calls that leave evenly spaced bunch up on their way."""
AHEAD_SECONDS = 0.1
"""Calls for so long are taken at once where so many wait, so that the database is not asked for each."""


class Budget:
    """Lets calls through at the rate that this process has of the budget.

    Args:
        name: whose rate it is; processes with the same name share it.
        per_second: calls that are allowed.
        clock: UTC, for a database without a clock of its own.
        monotonic: seconds.
        sleep: waits some seconds.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        name: str,
        per_second: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._clock = clock
        self._name = name
        self._pause = 1.0 / (per_second * USED)
        self._monotonic = monotonic
        self._sleep = sleep
        self._taking = asyncio.Lock()
        self._waiting = 0
        self._next = 0.0
        self._left = 0

    async def __call__(self) -> None:
        """Wait until the next call may be made. Raises Temporary where the database cannot be asked."""
        self._waiting += 1
        try:
            moment = await self._next_moment()
        finally:
            self._waiting -= 1
        if (wait := moment - self._monotonic()) > 0:
            await self._sleep(wait)

    async def _next_moment(self) -> float:
        """When the next call may be made, in monotonic seconds."""
        async with self._taking:
            # A moment that has passed unused is gone: calls made up for would come all at once.
            if self._left == 0 or self._next + self._pause < self._monotonic():
                await self._take()
            moment = self._next
            self._next += self._pause
            self._left -= 1
            return moment

    async def _take(self) -> None:
        """Take calls for those who wait now: more would be lost to all processes if nobody came for them."""
        calls = max(1, min(self._waiting, round(AHEAD_SECONDS / self._pause)))
        try:
            async with self._database.write() as session:
                wait = await spend(session, self._name, calls, self._pause, self._clock())
        except DatabaseError as problem:
            raise Temporary("The database that keeps the pace cannot be used now.") from problem
        self._next, self._left = self._monotonic() + wait, calls


async def _open() -> None:
    """Lets every call through."""


def budgets(database: Database, clock: Clock) -> Callable[[str, float], Gate]:
    """Makes budgets by name and calls a second; 0 stands for no limit."""

    def budget(name: str, per_second: float) -> Gate:
        return Budget(database, clock, name, per_second) if per_second else _open

    return budget
