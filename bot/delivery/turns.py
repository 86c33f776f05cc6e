"""Whose call is next: some calls are under way at a time, channels go first, installations take turns."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 32
"""Calls to one platform that this process has under way at the same time, unless the platform takes fewer."""


class Turns:
    """A gate a platform, so that one that hangs holds up no other."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._gates: dict[str, _Gate] = {}

    @asynccontextmanager
    async def turn(self, installation: str, direct: bool, at_once: int | None = None) -> AsyncIterator[None]:
        """Wait for the turn, and keep it for the length of the block.

        Args:
            installation: as `storage.places.installation_of` names it.
            direct: it is for one person; those for channels go first.
            at_once: calls that the platform takes at the same time, where that is not the usual number; the
                same for all its calls.
        """
        platform = installation.partition(":")[0]
        gate = self._gates.setdefault(platform, _Gate(at_once or self._at_once))
        await gate.enter(installation, direct)
        try:
            yield
        finally:
            gate.leave()


class _Gate:
    """Start-time fair queueing: each further call of an installation is put one round later, so that the
    first of another comes before the second of this one, however many have been waiting."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._round = 0
        self._rounds: dict[str, int] = {}
        self._waiting: list[tuple[bool, int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    async def enter(self, installation: str, direct: bool) -> None:
        if self._free:
            self._free -= 1
            return
        mine = max(self._rounds.get(installation, 0) + 1, self._round)
        self._rounds[installation] = mine
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (direct, mine, next(self._order), called))
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        while self._waiting:
            _, mine, _, called = heapq.heappop(self._waiting)
            if not called.done():
                self._round = max(self._round, mine)
                called.set_result(None)
                return
        self._rounds.clear()
        self._free += 1
