"""Writes what happens to deliveries: many marks in one transaction, each kept before it is acted on.

While one transaction is committed the marks that come in wait, and go into the next one together: with many
deliveries on their way, a commit serves dozens of them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.clock import Clock
from bot.logs import log
from storage.claims import Mark, keep_marks
from storage.database import Database, DatabaseError
from storage.rows import DeliveryRow, PartRow

LEASE = timedelta(minutes=5)
"""How long a claim lasts; whatever touches the network renews it first."""
AT_ONCE = 200
"""Marks in one transaction at the most."""
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between attempts while the database is out of reach: it may be starting again, or its disk full."""


class ClaimLost(Exception):
    """Another process has taken the delivery over: this one must not send its parts any more."""


class Journal:
    """The pen of one sender.

    Args:
        sleep: waits some seconds.
    """

    def __init__(self, database: Database, clock: Clock, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._database = database
        self._clock = clock
        self._sleep = sleep
        self._waiting: list[tuple[Mark, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def mark(self, delivery: DeliveryRow, part: PartRow) -> None:
        """Keep a part's state and renew the claim. Raises ClaimLost where it has ended, DatabaseError."""
        until = self._clock() + LEASE
        if not await self._write(Mark(delivery, part, until)):
            raise ClaimLost
        delivery.owner_until = until

    async def hand_back(
        self, delivery: DeliveryRow, part: PartRow | None = None, encloses: bool = False
    ) -> None:
        """Keep how a delivery stands, and end the claim. Raises ClaimLost, DatabaseError.

        Args:
            part: its last one, where that has just been sent.
            encloses: others travel in it.
        """
        if not await self._write(Mark(delivery, part, None, encloses)):
            raise ClaimLost

    async def settled(self) -> None:
        """Return when nothing is being written."""
        if self._writing is not None:
            await asyncio.wait({self._writing})

    async def _write(self, mark: Mark) -> bool:
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((mark, kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await kept

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                held = await self._keep([mark for mark, _ in batch])
            except BaseException as problem:
                for _, kept in batch:
                    if not kept.done():
                        kept.set_exception(problem)
                if not isinstance(problem, Exception):
                    raise
                continue
            for (_, kept), stands in zip(batch, held, strict=True):
                if not kept.done():
                    kept.set_result(stands)

    async def _keep(self, marks: list[Mark]) -> list[bool]:
        """What a repeated attempt writes is the same, so that a commit whose answer was lost does no harm."""
        for pause in PAUSES:
            try:
                return await self._keep_once(marks)
            except DatabaseError as problem:
                log.warning("marks_not_kept", marks=len(marks), problem=str(problem), again_in=pause)
            await self._sleep(pause)
        return await self._keep_once(marks)

    async def _keep_once(self, marks: list[Mark]) -> list[bool]:
        return await self._database.change(lambda session: keep_marks(session, marks))
