"""Keeps deliveries on their way: claims what may go, and decides what becomes of each."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from bot.adapter import AdapterError, Ambiguous
from bot.clock import Clock
from bot.connections import Connections
from bot.delivery.circuits import Circuits
from bot.delivery.courier import Courier, Desk, Stopping
from bot.delivery.endings import Endings
from bot.delivery.job import Job
from bot.delivery.journal import LEASE, ClaimLost, Journal
from bot.delivery.loading import Loader
from bot.delivery.ownership import is_gone, this_process
from bot.delivery.pacing import Pacing
from bot.delivery.turns import AT_ONCE, Turns
from bot.links import Links
from bot.logs import log
from bot.messages import reasons
from bot.metrics import Metrics
from bot.outcome import Outcome, outcome_of
from storage import claims
from storage.claims import Claimant
from storage.database import Database, DatabaseError
from storage.models import DeliveryState
from storage.places import installation_of
from storage.rows import DeliveryRow

HELD = 8 * AT_ONCE
"""Deliveries that one process has claimed and that are not resting: enough to fill its turns until the next
claim, few enough to leave some to other processes."""
LOW = HELD // 4
"""When so few are left more are claimed, many at once."""
MOST_HELD = 2_000
"""Those that rest included."""
ROUNDS = 4
"""Deliveries of one installation for each call that its platform takes at once: one that is slow leaves room
for the others, and what is claimed has its turn before its claim ends."""
LOOK_SECONDS = 2.0
"""How long it takes at the most until a process sees what another one has planned."""

Sleep = Callable[[float], Awaitable[None]]
_Done = Callable[[Outcome], None]


class Sender:
    """Sends deliveries.

    Args:
        clock: the real time (UTC).
        sleep: waits some seconds.
        owner: the name under which deliveries are claimed, see `bot.delivery.ownership`.
        monotonic: seconds.
        chance: a number from 0 to 1, for pauses that differ.
        metrics: counts what is sent, tried again and finished.
        links: makes what mails link to; None where the page has no public address.
        page: the address of the bot's own page; empty where it has none.
    """

    def __init__(
        self,
        database: Database,
        connections: Connections,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        owner: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        metrics: Metrics | None = None,
        links: Links | None = None,
        page: str = "",
    ) -> None:
        self._database = database
        self._connections = connections
        self._clock = clock
        self._sleep = sleep
        self._me = owner or this_process()
        self._metrics = metrics or Metrics()
        self._journal = Journal(database, clock, sleep)
        self._loader = Loader(database, connections.limits, links, page)
        self._desk = Desk(
            self._journal, Turns(), Pacing(), Circuits(), clock, monotonic, self._rest, chance, self._metrics
        )
        self._endings = Endings(database, self._journal, clock, chance, self._metrics)
        self._on_way: Counter[str] = Counter()
        self._held = 0
        self._resting = 0
        self._many = False
        self._changed = asyncio.Event()
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Take nothing more, and hand back what is on its way as soon as its part is through."""
        self._stop.set()
        self._changed.set()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def wake(self) -> None:
        """Look for new deliveries now."""
        self._changed.set()

    async def send_open(self, impatient: bool = False) -> list[Outcome]:
        """Send every delivery that may go now; returns what became of each that was tried, by number.

        Args:
            impatient: try those too whose last attempt failed a short while ago.
        """
        if impatient:
            async with self._database.write() as session:
                await claims.hurry(session)
        outcomes: dict[int, Outcome] = {}

        def done(outcome: Outcome) -> None:
            outcomes[outcome.delivery] = outcome

        async with self._lanes() as group:
            while True:
                self._changed.clear()
                try:
                    await self._start_more(group, done)
                except Exception:  # what is under way is not to end with it
                    if not self._held:
                        raise
                if not self._held:
                    break
                await self._wait_for_change()
        return [outcomes[number] for number in sorted(outcomes)]

    async def serve(self) -> None:
        """Send until `stop` is called. What others plan meanwhile is seen within some seconds."""
        async with self._lanes() as group:
            while not self._stop.is_set():
                self._changed.clear()
                try:
                    await self._start_more(group, lambda _outcome: None)
                except DatabaseError as problem:
                    log.warning("nothing_claimed", problem=str(problem))
                except Exception:  # what is under way is not to end with it
                    log.exception("claiming_broke")
                await self._wait_for_change()

    @asynccontextmanager
    async def _lanes(self) -> AsyncIterator[asyncio.TaskGroup]:
        """Where deliveries are on their way side by side; at the end all is written down."""
        try:
            async with asyncio.TaskGroup() as group:
                yield group
        finally:
            await self._journal.settled()

    async def send_one(self, number: int) -> Outcome | None:
        """Send one delivery; None where another process holds it or an older one of its place waits."""
        outcomes: list[Outcome] = []
        for delivery, job in await self._claim(1, number):
            await self._send(delivery, job, outcomes.append)
        return outcomes[0] if outcomes else None

    async def _start_more(self, group: asyncio.TaskGroup, done: _Done) -> None:
        """Claim as much as there is room for, and set it on its way. Raises DatabaseError."""
        held = self._held
        room = min(HELD - (held - self._resting), MOST_HELD - held)
        if self._stop.is_set() or room < HELD - LOW:
            return
        for delivery, job in await self._claim(room):
            group.create_task(self._send(delivery, job, done))

    async def _claim(self, most: int, only: int | None = None) -> list[tuple[DeliveryRow, Job | Exception]]:
        claimant = Claimant(self._me, self._clock(), LEASE, lambda owner: is_gone(owner, self._me))
        full = [name for name in self._on_way if self._room(name) <= 0]
        taken = await self._database.change(
            lambda session: claims.claim(session, claimant, most, self._room, full, only)
        )
        if not taken:
            return []
        self._held += len(taken)
        for delivery in taken:
            self._on_way[installation_of(delivery.place)] += 1
        self._many = self._held - self._resting > LOW
        try:
            return list(zip(taken, await self._loader.jobs(taken), strict=True))
        except BaseException:
            for delivery in taken:
                self._let_go(installation_of(delivery.place))
            raise

    def _room(self, installation: str) -> int:
        """How many more of its deliveries may be claimed."""
        return ROUNDS * self._connections.at_once(installation, AT_ONCE) - self._on_way[installation]

    async def _send(self, delivery: DeliveryRow, job: Job | Exception, done: _Done) -> None:
        """Send what is left of a delivery, and write down how it ended. One delivery's mishap is its own."""
        try:
            outcome = await self._outcome(delivery, job)
        finally:
            self._let_go(installation_of(delivery.place))
        log.info("delivery", **outcome.logged())
        done(outcome)

    def _let_go(self, installation: str) -> None:
        self._held -= 1
        self._on_way[installation] -= 1
        if self._on_way[installation] <= 0:
            del self._on_way[installation]
        self._look_where_few_are_left()

    def _look_where_few_are_left(self) -> None:
        """Once each time that they become few: the next look would find what the last one found."""
        held = self._held
        few = held - self._resting <= LOW
        if (few and self._many) or held == 0:
            self._changed.set()
        self._many = not few

    async def _wait_for_change(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._changed.wait()

    async def _outcome(self, delivery: DeliveryRow, job: Job | Exception) -> Outcome:
        try:
            return await self._carried(delivery, job)
        except ClaimLost:
            return replace(outcome_of(delivery), state=DeliveryState.FAILED, reason=reasons.CLAIM_LOST)
        except Exception as problem:
            # It stays claimed, and is looked at again when its claim has ended.
            log.exception("delivery_left", delivery=delivery.id)
            return replace(
                outcome_of(delivery),
                state=DeliveryState.FAILED,
                reason=reasons.again(reasons.mishap(problem)),
            )

    async def _carried(self, delivery: DeliveryRow, job: Job | Exception) -> Outcome:
        try:
            if isinstance(job, Exception):
                raise job
            if not job.parts:
                return await self._endings.finish(delivery, DeliveryState.SKIPPED, job.why_empty)
            adapter = await self._connections.adapter(job.place.platform)
            await Courier(self._desk, job, adapter).carry()
            self._metrics.finished(delivery)
            return outcome_of(delivery, job.digest.papers)
        except AdapterError as error:
            return await self._endings.fail(delivery, error)
        except Stopping:
            return await self._endings.put_off(delivery, reasons.STOPPING, 0)
        except (ClaimLost, DatabaseError):
            raise
        except Exception as problem:
            log.exception("delivery_broke", delivery=delivery.id)
            return await self._endings.fail(delivery, Ambiguous(reasons.mishap(problem)))

    async def _rest(self, seconds: float) -> None:
        """Wait, and let others be claimed meanwhile. Raises Stopping where the process is to end."""
        if self._stop.is_set():
            raise Stopping
        if seconds <= 0:
            return
        self._resting += 1
        self._look_where_few_are_left()
        try:
            await self._sleep_or_stop(seconds)
        finally:
            self._resting -= 1
            self._look_where_few_are_left()
        if self._stop.is_set():
            raise Stopping

    async def _sleep_or_stop(self, seconds: float) -> None:
        nap = asyncio.ensure_future(self._sleep(seconds))
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({nap, stop}, return_when=asyncio.FIRST_COMPLETED)
            if nap.done():
                nap.result()
        finally:
            nap.cancel()
            stop.cancel()
