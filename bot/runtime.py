"""The running bot: a few jobs by the clock, and the platforms listening."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.adapter import Adapter, AdapterError, Ambiguous, InstallationGone, RateLimited, Temporary
from bot.app import App
from bot.entrance import Entrance, EntranceError
from bot.logs import log
from bot.messages import reasons
from bot.settings import OFF
from bot.source import SourceError
from bot.watching import Watching
from storage.forgetting import forget_old

TICK_SECONDS = 20
"""How late a digest may be because nobody looked."""
INGEST_SECONDS = 600
"""How often the newest edition is read: often enough to see it rest for an hour."""
REFRESH_SECONDS = 3 * 3600
"""How often the numbers of the last two weeks are read again."""
LEARN_SECONDS = 3600
"""How often it is asked whether ranking is to learn from what is new."""
FORGET_SECONDS = 24 * 3600
"""How often what is kept no longer is deleted."""
START_PAUSE = 30.0
"""Seconds between attempts to start a platform that is out of reach."""
STOP_SECONDS = 8.0
"""How long the part that is on its way may take when the process is to end."""


class Runtime:
    """Runs one process of the bot.

    APScheduler's default is to drop a job that comes a second late; here a late job runs, once.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._sending = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def run(self, stop: asyncio.Event, console: bool = False) -> int:
        """Run until `stop` is set, or until no platform is left; the exit code.

        Args:
            console: listen at the terminal too.

        Raises InstallationGone where no platform is set up.
        """
        names = [platform.name for platform in self._app.connections.configured()]
        names += ["console"] if console else []
        if not names:
            raise InstallationGone(reasons.NO_PLATFORM)
        adapters = [self._app.connections.listener(name) for name in names]
        watching = self._watching(names)
        served = [*watching.routes(), *(route for adapter in adapters for route in adapter.routes)]
        entrance = Entrance(self._app.settings.http, served)
        try:
            closed = await self._open(entrance, needed=any(adapter.routes for adapter in adapters))
            return await self._run_until(stop, adapters, watching, closed)
        finally:
            await entrance.close()
            await watching.close()

    def _watching(self, wanted: Sequence[str]) -> Watching:
        app = self._app
        return Watching(app.database, app.metrics, app.clock, app.connections.names, wanted)

    async def _open(self, entrance: Entrance, needed: bool) -> str | None:
        """Open the web server; why it is closed, in a sentence, if it is.

        Args:
            needed: a platform cannot listen without it and will say so itself; else it is only missed by
                who watches, and two bots on one machine must both run.
        """
        try:
            await entrance.open()
        except EntranceError as problem:
            if not needed and self._app.settings.http != OFF:
                log.warning("nobody_can_watch", problem=str(problem))
            return str(problem)
        log.info("serving", address=entrance.address)
        return None

    async def _run_until(
        self, stop: asyncio.Event, adapters: Iterable[Adapter], watching: Watching, closed: str | None
    ) -> int:
        """The bot at work.

        Args:
            closed: why nothing comes in over HTTP; None where it does.
        """
        listeners = [asyncio.create_task(self._listen(adapter, watching, closed)) for adapter in adapters]
        first = asyncio.create_task(self._first_round())
        ended = asyncio.create_task(_all_of(listeners))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            return 0 if stop.is_set() or all(task.result() for task in listeners) else 1
        finally:
            await self._finish_sending()
            tasks = (*listeners, first, ended, stopped)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _finish_sending(self) -> None:
        """Take no new work; let the part that is on its way come through, and hand back the rest."""
        self._app.sender.stop()
        try:
            async with asyncio.timeout(STOP_SECONDS), self._sending:
                pass
        except TimeoutError:
            log.warning("stopped_while_sending")
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _first_round(self) -> None:
        """Read before the first tick, so that nothing is skipped for want of an edition."""
        await self._guarded("clock", self._app.planner.pull_back)
        await self._ingest()
        for job, seconds in (
            (self._tick, TICK_SECONDS),
            (self._ingest, INGEST_SECONDS),
            (self._refresh, REFRESH_SECONDS),
            (self._learn, LEARN_SECONDS),
            (self._forget, FORGET_SECONDS),
        ):
            self._scheduler.add_job(job, IntervalTrigger(seconds=seconds, jitter=seconds // 10))
        self._scheduler.start()
        await self._tick()
        await self._learn()

    async def _tick(self) -> None:
        """Plan and send what is due."""
        await self._guarded("tick", self._plan_and_send)

    async def _plan_and_send(self) -> None:
        async with self._sending:
            await self._app.planner.plan_due(self._app.clock(), tell=False)
            await self._app.sender.send_open()

    async def _ingest(self) -> None:
        """Read the newest edition and what is open before it."""
        await self._guarded("ingest", self._app.ingest.catch_up)

    async def _refresh(self) -> None:
        """Read the numbers of recent papers again."""
        await self._guarded("refresh", self._app.ingest.refresh)

    async def _learn(self) -> None:
        """Make the index whole, should it not be, and let ranking learn from what is new."""
        await self._guarded("index", self._app.index.ensure)
        await self._guarded("learn", self._app.ranking.learn_if_due)

    async def _forget(self) -> None:
        """Delete what is kept no longer, in small steps so that nobody waits."""
        await self._guarded("forget", self._forget_all)

    async def _forget_all(self) -> None:
        left = 1
        while left:
            async with self._app.database.write() as session:
                left = await forget_old(session, self._app.clock())

    async def _guarded(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """Run a job; what goes wrong is logged and the next round tries again."""
        try:
            await job()
        except SourceError as problem:
            log.warning("source_failed", job=name, problem=str(problem))
        except Exception:
            log.exception("job_failed", job=name)

    async def _listen(self, adapter: Adapter, watching: Watching, closed: str | None) -> bool:
        """Keep a platform listening; False when it has shut us out for good, True when its user is done."""
        name = adapter.name
        if adapter.routes and closed:
            log.error("platform_ended", platform=name, problem=closed)
            return False
        while True:
            try:
                await self._listen_once(adapter, watching)
                return True
            except (Temporary, RateLimited, Ambiguous) as problem:
                log.warning("platform_out_of_reach", platform=name, problem=str(problem))
            except AdapterError as problem:
                log.error("platform_ended", platform=name, problem=str(problem))
                return False
            except Exception:
                log.exception("listening_broke", platform=name)
            finally:
                watching.is_silent(name)
                await adapter.stop()
            await asyncio.sleep(START_PAUSE)

    async def _listen_once(self, adapter: Adapter, watching: Watching) -> None:
        await adapter.start(self._app.commands.handle, self._app.commands.suggest)
        watching.listens(adapter.name)
        log.info("listening", platform=adapter.name)
        await adapter.wait()


async def _all_of(tasks: list[asyncio.Task[bool]]) -> None:
    """Return when all of them have ended."""
    await asyncio.wait(tasks)
