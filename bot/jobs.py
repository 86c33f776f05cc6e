"""What one process of the bot does by itself: read, plan, deliver, learn; all of it, or some."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.app import App
from bot.logs import log
from bot.roles import DELIVER, INGEST, LEARN, PLAN, ROLES
from bot.source import SourceError
from storage.forgetting import forget_old
from storage.turns import give_back_turn, take_turn

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
LOOK_SECONDS = 60
"""How often a process asks whether it is its turn at what one process does for all."""
STOP_SECONDS = 5.0
"""How long the parts that are on their way may take when the process is to end, of ten seconds in all: a busy
machine needs some of them to close what is open."""
_BREATHER = 5.0
"""Seconds before delivering begins anew after it broke."""

_Job = Callable[[], Awaitable[object]]


class Jobs:
    """The work that no message asks for.

    APScheduler's default is to drop a job that comes a second late; here a late job runs, once.

    Args:
        roles: those of `ROLES` that this process has.
    """

    def __init__(self, app: App, roles: Collection[str] = ROLES) -> None:
        self._app = app
        self._roles = roles
        self._delivering: asyncio.Task[None] | None = None
        self._in_turns: set[asyncio.Task[object]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def start(self) -> None:
        """Do each job once, and from then on by the clock; read before planning, so that nothing is skipped
        for want of an edition."""
        if DELIVER in self._roles:
            self._delivering = asyncio.create_task(self._deliver())
        if PLAN in self._roles:
            await self._guarded("clock", self._app.planner.pull_back)
        for role, job, seconds, at_once in (
            (INGEST, self._ingest, LOOK_SECONDS, True),
            (PLAN, self._tick, TICK_SECONDS, True),
            (LEARN, self._learn, LEARN_SECONDS, True),
            (INGEST, self._refresh, LOOK_SECONDS, False),
            (PLAN, self._forget, LOOK_SECONDS, False),
        ):
            if role in self._roles:
                if at_once:
                    await job()
                self._scheduler.add_job(job, IntervalTrigger(seconds=seconds, jitter=seconds // 10))
        self._scheduler.start()

    async def finish(self) -> None:
        """Take no new work; let the parts that are on their way come through, and hand back the rest."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._app.sender.stop()
        for task in self._in_turns:
            task.cancel()
        left = {*self._in_turns, *([self._delivering] if self._delivering else [])}
        if left:
            await asyncio.wait(left, timeout=STOP_SECONDS)
        if self._delivering is not None and not self._delivering.done():
            log.warning("stopped_while_sending")
            self._delivering.cancel()
            await asyncio.wait({self._delivering})

    async def _deliver(self) -> None:
        while not self._app.sender.stopping:
            await self._guarded("deliver", self._app.sender.serve)
            if not self._app.sender.stopping:
                await asyncio.sleep(_BREATHER)

    async def _tick(self) -> None:
        """Plan what is due; the sender is told to look."""
        await self._guarded("tick", self._plan)

    async def _plan(self) -> None:
        await self._app.planner.plan_due(self._app.clock(), tell=False)
        self._app.sender.wake()

    async def _ingest(self) -> None:
        """Read the newest edition and what is open before it."""
        await self._in_turn("ingest", INGEST_SECONDS, self._app.ingest.catch_up)

    async def _refresh(self) -> None:
        """Read the numbers of recent papers again."""
        await self._in_turn("refresh", REFRESH_SECONDS, self._app.ingest.refresh)

    async def _learn(self) -> None:
        """Make the index whole, should it not be, and let ranking learn from what is new."""
        await self._guarded("index", self._app.index.ensure)
        await self._guarded("learn", self._app.ranking.learn_if_due)

    async def _forget(self) -> None:
        """Delete what is kept no longer, in small steps so that nobody waits."""
        await self._in_turn("forget", FORGET_SECONDS, self._forget_all)

    async def _forget_all(self) -> None:
        left = 1
        while left:
            async with self._app.database.write() as session:
                left = await forget_old(session, self._app.clock())

    async def _in_turn(self, name: str, span: float, job: _Job) -> None:
        """Do what one process does for all, if it is this one's turn; handed back where the process ends.

        Args:
            span: seconds between two turns.
        """
        task = asyncio.current_task()
        assert task is not None
        self._in_turns.add(task)
        try:
            await self._guarded(name, partial(self._take_turn, name, span, job))
        finally:
            self._in_turns.discard(task)

    async def _take_turn(self, name: str, span: float, job: _Job) -> None:
        async with self._app.database.write() as session:
            turn = await take_turn(session, name, span, self._app.clock())
        if turn is None:
            return
        try:
            await job()
        except asyncio.CancelledError:
            async with self._app.database.write() as session:
                await give_back_turn(session, name, turn)
            raise

    async def _guarded(self, name: str, job: _Job) -> None:
        """Run a job; what goes wrong is logged and the next round tries again."""
        try:
            await job()
        except SourceError as problem:
            log.warning("source_failed", job=name, problem=str(problem))
        except Exception:
            log.exception("job_failed", job=name)
