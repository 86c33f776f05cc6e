"""Letting others watch this process: is it alive, does it do its work, and how much.

Nothing here needs a token, so nothing here says anything of people, places or addresses.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.exposition import CONTENT_TYPE, exposition
from bot.logs import log
from bot.metrics import Metrics
from bot.readiness import Facts, Listening, report
from storage.database import Database, DatabaseError
from storage.overview import Overview, overview

if TYPE_CHECKING:
    from aiohttp.web import Request, Response, RouteDef

PATIENCE = 2.0
"""Seconds that the database may take to answer a question of a millisecond."""
SILENT = "the database does not answer within 2 seconds"
UNUSABLE = "the database cannot be used; the log says why"


class Watching:
    """Answers `/healthz`, `/readyz` and `/metrics`.

    Args:
        platforms: the names of all that are installed.
        wanted: those that are to listen for commands.
        patience: seconds for the database.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        clock: Clock,
        platforms: Collection[str],
        wanted: Collection[str],
        patience: float = PATIENCE,
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._clock = clock
        self._platforms = platforms
        self._patience = patience
        self._listening = {name: Listening(False, clock()) for name in wanted}
        self._looking: asyncio.Task[Overview] | None = None
        self._problem: str | None = None

    def listens(self, platform: str) -> None:
        """A platform has begun to listen."""
        self._listening[platform] = Listening(True, self._clock())

    def is_silent(self, platform: str) -> None:
        """A platform listens no more. One that never did has been silent since the start."""
        if self._listening[platform].now:
            self._listening[platform] = Listening(False, self._clock())

    def routes(self) -> "Sequence[RouteDef]":
        """What an `Entrance` serves."""
        from aiohttp import web

        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics_now),
        ]

    async def close(self) -> None:
        """Let go of a question that the database has not answered."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking}, timeout=self._patience)

    async def facts(self) -> tuple[Facts, Overview | None]:
        """What readiness is decided from, and the store if it can be read."""
        seen, problem = await self._look()
        if problem and problem != self._problem:
            log.warning("database_not_ready", problem=problem)
        self._problem = problem
        listening: Mapping[str, Listening] = dict(self._listening)
        if seen is None:
            return Facts(SILENT if problem == SILENT else UNUSABLE, listening, None, None), None
        return Facts(None, listening, seen.newest, seen.read_at), seen

    async def _look(self) -> tuple[Overview | None, str | None]:
        """The store, or what is wrong with it.

        Whoever asks meanwhile gets the same answer: a database that hangs is asked once, and many who ask
        at a time cost as much as one.
        """
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._ask())
            self._looking.add_done_callback(_heard)
        looking = self._looking
        done, _ = await asyncio.wait({looking}, timeout=self._patience)
        if not done:
            return None, SILENT
        try:
            return looking.result(), None
        except DatabaseError as problem:
            return None, str(problem)
        except Exception as problem:
            return None, type(problem).__name__

    async def _ask(self) -> Overview:
        async with self._database.read() as session:
            return await overview(session, self._platforms, self._clock())

    async def _healthz(self, _: "Request") -> "Response":
        from aiohttp import web

        return web.Response(text="alive\n")

    async def _readyz(self, _: "Request") -> "Response":
        from aiohttp import web

        facts, _overview = await self.facts()
        told = report(facts, self._clock())
        return web.json_response(told, status=200 if told["ready"] else 503)

    async def _metrics_now(self, _: "Request") -> "Response":
        from aiohttp import web

        facts, seen = await self.facts()
        text = exposition(self._metrics, seen, facts.platforms, self._clock())
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE})


def _heard(looking: asyncio.Task[Overview]) -> None:
    """Nobody may be waiting any more for how it ended; asyncio would complain of that."""
    if not looking.cancelled():
        looking.exception()
