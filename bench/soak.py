"""An hour of simulated time at load: does the memory of a bot that sends and sends stay as it is?"""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.rows import Row
from tests.torture.databases import SqliteFiles
from tests.torture.plan import many_readers
from tests.torture.sky import SPEED
from tests.torture.stage import Bot, Stage, stage_for
from tests.torture.verdict import Verdict

HOUR = 3600.0
WARM = 600.0
"""Simulated seconds until everything has been imported and every cache has something in it."""
_PAPERS = 24
_LOOK = 0.25
"""Our seconds between two looks at what has come."""


def rows() -> Iterator[Row | str]:
    """The resident memory at the end against that after ten minutes."""
    early, late, verdict = asyncio.run(_soaked())
    if not early:
        yield "soak: skipped, the system does not tell how much memory a process takes"
        return
    if not verdict.good:
        yield f"soak: lost {verdict.lost}, doubled {verdict.doubled}, {verdict.amiss}"
    name = f"an hour of simulated time at load, {verdict.parts:,} messages: memory at its end"
    yield Row(name, "after ten minutes", late, early, late / early, 1.1, "MB")


async def _soaked() -> tuple[float, float, Verdict]:
    """Memory (MB) after `WARM` and after `HOUR`, and what came of all messages."""
    async with stage_for(SqliteFiles(), many_readers(), _PAPERS, random.Random(7)) as stage:
        await stage.next_day()
        bot = stage.start()
        began = time.monotonic()
        early = await _kept_busy(stage, bot, began + WARM / SPEED)
        late = await _kept_busy(stage, bot, began + HOUR / SPEED)
        await stage.settle()
        stage.check_log()
        return early, late, await stage.verdict()


async def _kept_busy(stage: Stage, bot: Bot, until: float) -> float:
    """Begin a new day as soon as all of the last one has come; the bot's memory (MB) at the end.

    Args:
        until: our monotonic seconds.
    """
    while time.monotonic() < until:
        if await stage.is_done():
            await stage.next_day()
        await asyncio.sleep(_LOOK)
    return _resident(bot.process.pid or 0)


def _resident(process: int) -> float:
    """Megabytes of a process that are in memory; 0 where the system does not tell."""
    with suppress(OSError):
        for row in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
            if row.startswith("VmRSS:"):
                return int(row.split()[1]) / 1024
    return 0.0
