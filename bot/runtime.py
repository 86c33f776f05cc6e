"""The running bot: a few jobs by the clock, and the platforms listening."""

import asyncio
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.adapter import Adapter, AdapterError, InstallationGone, Temporary
from bot.app import App
from bot.logs import log
from bot.planning import utc_now
from bot.source import SourceError

TICK_SECONDS = 20
"""How late a digest may be because nobody looked."""
INGEST_SECONDS = 600
"""How often the newest edition is read: often enough to see it rest for an hour."""
REFRESH_SECONDS = 3 * 3600
"""How often the numbers of the last two weeks are read again."""
START_PAUSE = 30.0
"""Seconds between attempts to start a platform that is out of reach."""


class Runtime:
    """Runs one process of the bot.

    APScheduler's default is to drop a job that comes a second late; here a late job runs, once.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def run(self, stop: asyncio.Event) -> int:
        """Run until `stop` is set or no platform is left; the exit code.

        Raises InstallationGone where no platform is set up.
        """
        platforms = self._app.connections.configured()
        if not platforms:
            raise InstallationGone(
                "no platform is set up: set SLACK_BOT_TOKEN or DISCORD_BOT_TOKEN, see .env.example; "
                "`daily-papers demo` needs neither"
            )
        listeners = [asyncio.create_task(self._listen(platform.name)) for platform in platforms]
        first = asyncio.create_task(self._first_round())
        ended = asyncio.create_task(self._all_ended(listeners))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            return 0 if stop.is_set() else 1
        finally:
            if self._scheduler.running:
                self._scheduler.shutdown(wait=False)
            tasks = (*listeners, first, ended, stopped)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _all_ended(self, listeners: list[asyncio.Task[None]]) -> bool:
        """Return when no platform listens any more."""
        await asyncio.wait(listeners)
        return True

    async def _first_round(self) -> None:
        """Read before the first tick, so that nothing is skipped for want of an edition."""
        await self._ingest()
        for job, seconds in (
            (self._tick, TICK_SECONDS),
            (self._ingest, INGEST_SECONDS),
            (self._refresh, REFRESH_SECONDS),
        ):
            self._scheduler.add_job(job, IntervalTrigger(seconds=seconds, jitter=seconds // 10))
        self._scheduler.start()
        await self._tick()

    async def _tick(self) -> None:
        """Plan and send what is due."""
        await self._guarded("tick", self._plan_and_send)

    async def _plan_and_send(self) -> None:
        await self._app.planner.plan_due(utc_now())
        await self._app.sender.send_open()

    async def _ingest(self) -> None:
        """Read the newest edition and those that still grow."""
        await self._guarded("ingest", self._read_growing)

    async def _read_growing(self) -> None:
        growing = await self._app.ingest.growing_days()
        newest = await self._app.ingest.newest()
        for day in growing:
            if day != newest.day:
                await self._app.ingest.day(day)

    async def _refresh(self) -> None:
        """Read the numbers of recent papers again."""
        await self._guarded("refresh", self._read_recent)

    async def _read_recent(self) -> None:
        for day in await self._app.ingest.moving_days():
            await self._app.ingest.day(day)

    async def _guarded(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job; what goes wrong is logged and the next round tries again."""
        try:
            await job()
        except SourceError as problem:
            log.warning("source failed", job=name, problem=str(problem))
        except Exception:
            log.exception("job failed", job=name)

    async def _listen(self, name: str) -> None:
        """Keep a platform listening; returns when it is shut out for good."""
        adapter = self._app.connections.create(name)
        try:
            await self._start(adapter)
            log.info("listening", platform=name)
            await adapter.wait()
        except AdapterError as problem:
            log.error("platform ended", platform=name, problem=str(problem))

    async def _start(self, adapter: Adapter) -> None:
        """Start a platform, again and again while it is out of reach. Raises InstallationGone."""
        while True:
            try:
                return await adapter.start(self._app.commands.handle)
            except Temporary as problem:
                log.warning("platform out of reach", platform=adapter.name, problem=str(problem))
                await adapter.stop()
                await asyncio.sleep(START_PAUSE)
