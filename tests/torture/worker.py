"""A process of the bot: it plans what is due and sends it at the same time, as `daily-papers run` does."""

import asyncio
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
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
"""Seconds between two looks at what is due."""
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
        await _guarded(app.planner.pull_back)
        if orders.once:
            await _finish(app, released)
        else:
            await _serve(app, released)


async def _serve(app: App, released: asyncio.Event) -> None:
    """Plan what is due and send it, side by side, until told to end; what is under way is handed back."""
    sending = asyncio.create_task(_send(app))
    while not released.is_set():
        await _guarded(lambda: _plan(app))
        app.sender.wake()
        with suppress(TimeoutError):
            await asyncio.wait_for(released.wait(), _PAUSE)
    app.sender.stop()
    await sending


async def _send(app: App) -> None:
    while not app.sender.stopping:
        await _guarded(app.sender.serve)
        if not app.sender.stopping:
            await asyncio.sleep(_PAUSE)


async def _finish(app: App, released: asyncio.Event) -> None:
    """Plan and send until nothing is left."""
    while not released.is_set() and not await _guarded(lambda: _round(app)):
        await asyncio.sleep(_PAUSE)


async def _guarded(job: Callable[[], Awaitable[object]]) -> bool:
    """Whether a job gave something true; what goes wrong is logged, and the next round tries again."""
    try:
        return bool(await job())
    except Exception:
        traceback.print_exc()
        return False


async def _plan(app: App) -> None:
    await app.planner.plan_due(app.clock(), tell=False)


async def _round(app: App) -> bool:
    """Plan and send what is due, without waiting for a failed delivery's next attempt; whether nothing is
    left."""
    await _plan(app)
    await app.sender.send_open(impatient=True)
    return await open_deliveries(app.database) == 0


async def open_deliveries(database: Database) -> int:
    """How many deliveries are on their way."""
    async with database.read() as session:
        counted = select(func.count()).select_from(Delivery).where(col(Delivery.state).in_(OPEN))
        return (await session.exec(counted)).one()
