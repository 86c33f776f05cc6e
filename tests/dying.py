"""A planner in a process of its own, which is killed before it has written what it decided."""

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime

import bot.planning
from bot.adapter import Limits
from bot.planning import Planner
from storage.database import open_database
from tests.factories import NOON, RULES

BATCH = 10


def dying_clock(batch: int) -> Callable[[], datetime]:
    """A clock that is asked once for each batch, and by the `batch`-th one kills the process."""
    asked = itertools.count(1)

    def now() -> datetime:
        if next(asked) == batch:
            os.kill(os.getpid(), signal.SIGKILL)
        return NOON

    return now


async def _plan(url: str, batch: int) -> None:
    bot.planning.BATCH = BATCH
    database = await open_database(url)
    await Planner(database, lambda place: Limits(20, 5), RULES, dying_clock(batch)).plan_due(NOON)


if __name__ == "__main__":
    asyncio.run(_plan(sys.argv[1], int(sys.argv[2])))
