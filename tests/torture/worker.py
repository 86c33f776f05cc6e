"""A process of the bot: it plans what is due and sends it, over and over, as `daily-papers run` does."""

import asyncio
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlmodel import col, func, select

import bot.delivery.ownership
from bot.app import App, open_app
from bot.logs import configure_logs
from bot.settings import read_settings
from storage.database import Database, DatabaseError
from storage.deliveries import OPEN
from storage.models import Delivery
from tests.torture.borders import Borders, Point
from tests.torture.sky import Sky, hasten

_PAUSE = 1.0
"""Seconds between two rounds."""
_NO_LIMIT = 1 << 31
LOG = "bot.log"
"""Of all processes of a scenario, in its folder."""
CANNOT_START = 3
"""The exit code of a process that found no database when it started."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is told.

    Args:
        environment: of the settings.
        folder: where it lives; its log and the shared time lie there.
        machine: the host it claims to run on; None for the one it runs on.
        once: end when nothing is on its way any more, and do not wait for a failed delivery's next attempt.
        die_at: the point at which it kills itself.
        trace: where it writes the points that it passes.
    """

    environment: dict[str, str]
    folder: Path
    machine: str | None = None
    once: bool = False
    die_at: Point | None = None
    trace: Path | None = None


def work(orders: Orders, leash: Connection) -> None:
    """Be a process of the bot until the other end of `leash` is closed."""
    os.chdir(orders.folder)
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    configure_logs(json=False, level=30)
    hasten()
    if orders.machine:
        machine = orders.machine
        bot.delivery.ownership.this_machine = lambda: machine  # type: ignore[assignment]
    sky = Sky(Path("sky"))
    _obey_the_disk(sky)
    if orders.die_at or orders.trace:
        _watch(orders)
    try:
        asyncio.run(_live(orders, sky, leash))
    except DatabaseError:  # a supervisor starts it again
        sys.exit(CANNOT_START)


def _watch(orders: Orders) -> None:
    from adapters.discord.app import DiscordAdapter  # not before time is hastened
    from adapters.slack.app import SlackAdapter

    borders = Borders(orders.die_at, orders.trace)
    borders.watch_commits()
    borders.watch_requests()
    for adapter in (DiscordAdapter, SlackAdapter):
        borders.watch_calls(adapter)


def _obey_the_disk(sky: Sky) -> None:
    """While the disk is full, SQLite refuses to let its file grow: SQLITE_FULL, out of its own mouth."""

    @event.listens_for(Engine, "begin")
    def begun(connection: DatabaseConnection) -> None:
        if connection.dialect.name == "sqlite":
            most = 1 if sky.disk_is_full else _NO_LIMIT
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")


async def _live(orders: Orders, sky: Sky, leash: Connection) -> None:
    settings = read_settings(**orders.environment)
    released = asyncio.Event()
    async with open_app(settings, sky.now) as app:
        asyncio.get_running_loop().add_reader(leash.fileno(), released.set)
        stop = asyncio.create_task(_stop(app, released))
        await _guarded(app.planner.pull_back)
        while not released.is_set():
            done = await _guarded(lambda: _round(app, orders.once))
            if orders.once and done:
                break
            await asyncio.sleep(_PAUSE)
        stop.cancel()


async def _stop(app: App, released: asyncio.Event) -> None:
    await released.wait()
    app.sender.stop()


async def _guarded(job: Callable[[], Awaitable[object]]) -> bool:
    """Whether a job gave something true; what goes wrong is logged, and the next round tries again."""
    try:
        return bool(await job())
    except Exception:
        traceback.print_exc()
        return False


async def _round(app: App, impatient: bool) -> bool:
    """Plan and send what is due; whether nothing is left."""
    await app.planner.plan_due(app.clock(), tell=False)
    await app.sender.send_open(impatient)
    return await open_deliveries(app.database) == 0


async def open_deliveries(database: Database) -> int:
    """How many deliveries are on their way."""
    async with database.read() as session:
        counted = select(func.count()).select_from(Delivery).where(col(Delivery.state).in_(OPEN))
        return (await session.exec(counted)).one()
