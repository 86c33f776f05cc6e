"""Two senders over one database, in every order of their steps that Hypothesis thinks of.

The senders are the real ones; the platform answers when the model says so, and time passes when it says so.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.adapter import Ambiguous, Limits, Platform, RateLimited, Temporary, Thread
from bot.connections import Connections
from bot.delivery.journal import LEASE
from bot.delivery.sender import Sender
from bot.markup import Message
from bot.places import Place
from bot.settings import read_settings
from storage import papers
from storage.database import Database, open_database
from storage.models import Delivery, DeliveryState
from tests.factories import make_delivery, make_facts, make_parts
from tests.fakes.clock import Clock
from tests.shared import SHARED
from tests.stored import keep, planned

PLACES = ("wire:a", "wire:b")
Answer = Literal["taken", "taken, answer lost", "lost", "down", "later"]
ANSWERS: tuple[Answer, ...] = ("taken", "taken, answer lost", "lost", "down", "later")
_TIMEOUT = 30.0
_QUIET = 25
"""Turns of the loop without a transaction after which nobody goes on by itself."""
_Result = TypeVar("_Result")
_Run = Callable[[Callable[[Session], Any]], Coroutine[Any, Any, Any]]
_Begin = Callable[[], AbstractAsyncContextManager[AsyncSession]]


@dataclass
class Call:
    """A message on its way to the platform."""

    worker: int
    place: str
    key: str
    answer: "asyncio.Future[str]"


@dataclass
class Wire:
    """A platform that keeps what it takes, and takes nothing before it is told to.

    Attributes:
        posted: the keys of the messages that stand in each place, in order.
    """

    posted: dict[str, list[str]] = field(default_factory=lambda: {place: [] for place in PLACES})
    calls: list[Call] = field(default_factory=list)

    def respond(self, call: Call, answer: Answer) -> None:
        """Take a message or not, and let its sender know or not."""
        self.calls.remove(call)
        if answer.startswith("taken"):
            self.posted[call.place].append(call.key)
        if call.answer.done():
            return
        match answer:
            case "taken":
                call.answer.set_result(call.key)
            case "taken, answer lost" | "lost":
                call.answer.set_exception(Ambiguous("no answer"))
            case "down":
                call.answer.set_exception(Temporary("down"))
            case "later":
                call.answer.set_exception(RateLimited("slowly", 5.0))


class WireAdapter:
    """One sender's way to the platform."""

    name = "wire"
    limits = Limits(lines=20, cards=5)
    routes = ()

    def __init__(self, wire: Wire, worker: int) -> None:
        self._wire = wire
        self._worker = worker

    async def start(self, handle: object, suggest: object = None) -> None: ...

    async def wait(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, place: Place, message: Message, key: str, thread: Thread | None = None) -> str:
        call = Call(self._worker, str(place), key, asyncio.get_running_loop().create_future())
        self._wire.calls.append(call)
        return await call.answer

    async def edit(self, place: Place, ref: str, message: Message) -> None: ...

    async def find(
        self, place: Place, key: str, thread: Thread | None = None, since: object = None
    ) -> str | None:
        return key if key in self._wire.posted[str(place)] else None


class Time(Clock):
    """Time that passes when it is told to; who sleeps is woken then."""

    def __init__(self) -> None:
        super().__init__()
        self.sleepers: list[tuple[int, float, asyncio.Future[None]]] = []

    async def sleep_of(self, worker: int, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((worker, self.monotonic() + seconds, woken))
        await woken

    def wake(self, frozen: int | None) -> None:
        """Wake all whose time has come, but those of a process that stands still."""
        due = [one for one in self.sleepers if one[1] <= self.monotonic() and one[0] != frozen]
        self.sleepers = [one for one in self.sleepers if one not in due]
        for _, _, woken in due:
            if not woken.done():
                woken.set_result(None)


class Transactions:
    """Counts the transactions of a database that are open."""

    def __init__(self, database: Database) -> None:
        self.open = 0
        for name in ("read", "write"):
            setattr(database, name, self._counted(getattr(database, name)))
        for name in ("ask", "change"):
            setattr(database, name, self._threaded(getattr(database, name)))

    def _counted(self, begin: _Begin) -> _Begin:
        @asynccontextmanager
        async def counted() -> AsyncIterator[AsyncSession]:
            self.open += 1
            try:
                async with begin() as session:
                    yield session
            finally:
                self.open -= 1

        return counted

    def _threaded(self, run: _Run) -> _Run:
        async def counted(work: Callable[[Session], Any]) -> Any:
            self.open += 1
            try:
                return await run(work)
            finally:
                self.open -= 1

        return counted


class TwoSenders(RuleBasedStateMachine):
    """Every part once, in order, whatever happens in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.time, self.wire = Time(), Wire()
        self.database: Database
        self.parts: dict[str, list[list[str]]] = {place: [] for place in PLACES}
        self.running: dict[int, asyncio.Task[Any]] = {}
        self.senders: dict[int, Sender] = {}
        self.born = 0

    def do(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return self.loop.run_until_complete(work)

    @initialize()
    def open(self) -> None:
        # In a file: a process that dies within a transaction would take a database in memory with it.
        self.folder = TemporaryDirectory()
        self.database = self.do(open_database(f"sqlite:///{self.folder.name}/papers.db"))
        self.transactions = Transactions(self.database)
        self.do(self._list_papers())
        self.plan(PLACES[0], 2)

    async def _list_papers(self) -> None:
        async with self.database.write() as session:
            await papers.keep_papers(session, [make_facts(number) for number in range(1, 4)], self.time())

    @rule(place=st.sampled_from(PLACES), cards=st.integers(1, 3))
    def plan(self, place: str, cards: int) -> None:
        delivery = make_delivery(*range(1, cards + 1), place=place, by_hand=True)
        self.do(self._keep(delivery, cards))
        self.parts[place].append([f"{delivery.token}.{position}" for position in range(cards + 1)])

    async def _keep(self, delivery: Delivery, cards: int) -> None:
        async with self.database.write() as session:
            await keep(session, delivery, make_parts(*range(1, cards + 1)))

    @rule(worker=st.sampled_from([1, 2]))
    def work(self, worker: int) -> None:
        """A process looks for work; one that died is started again under a new name."""
        if worker not in self.running or self.running[worker].done():
            if worker not in self.senders:
                self.senders[worker] = self._sender(worker)
            self.running[worker] = self.loop.create_task(self.senders[worker].send_open())
            self.settle()

    def _sender(self, worker: int) -> Sender:
        self.born += 1
        platform = Platform(
            name="wire",
            address=re.compile(".*"),
            example="wire:a",
            limits=WireAdapter.limits,
            missing=lambda _settings: [],
            create=lambda _settings, _shared: WireAdapter(self.wire, worker),
        )
        connections = Connections({"wire": platform}, read_settings(), SHARED)
        sleep = partial(self.time.sleep_of, worker)
        owner = f"machine-{self.born}:1:0"  # nobody can tell that it has died
        return Sender(self.database, connections, self.time, sleep, owner, self.time.monotonic, lambda: 0.5)

    @rule(which=st.integers(0, 3), answer=st.sampled_from(ANSWERS))
    def respond(self, which: int, answer: Answer) -> None:
        """The platform answers one of the calls that are under way."""
        if self.wire.calls:
            self.wire.respond(self.wire.calls[which % len(self.wire.calls)], answer)
            self.settle()

    @rule(
        seconds=st.sampled_from([1.0, 10.0, LEASE.total_seconds() + 1, 20 * 60.0]),
        taken=st.booleans(),
    )
    def pass_time(self, seconds: float, taken: bool, frozen: int | None = None) -> None:
        """Nobody waits for an answer for longer than half a minute."""
        if seconds >= _TIMEOUT:
            while self.wire.calls:
                self.wire.respond(self.wire.calls[0], "taken, answer lost" if taken else "lost")
                self.settle()
        self.time.pass_time(seconds)
        self.time.wake(frozen)
        self.settle()

    @rule(worker=st.sampled_from([1, 2]), taken=st.booleans())
    def stand_still(self, worker: int, taken: bool) -> None:
        """A process stands still for longer than a claim lasts, and the other one works meanwhile."""
        self.pass_time(LEASE.total_seconds() + 1, taken, frozen=worker)
        self.work(3 - worker)

    @rule(worker=st.sampled_from([1, 2]), taken=st.booleans())
    def die(self, worker: int, taken: bool) -> None:
        """A process dies; what it has sent arrives or not."""
        task = self.running.pop(worker, None)
        self.senders.pop(worker, None)
        if task is None or task.done():
            return
        task.cancel()
        self.do(asyncio.wait({task}))
        for call in [call for call in self.wire.calls if call.worker == worker]:
            self.wire.respond(call, "taken, answer lost" if taken else "lost")

    @rule(worker=st.sampled_from([1, 2]))
    def stop(self, worker: int) -> None:
        """A process is told to end: it hands back what it holds."""
        if worker in self.senders:
            self.senders.pop(worker).stop()
            self.settle()

    def settle(self) -> None:
        """Let every sender go on until it waits for the platform or for time."""
        self.do(self._settle())

    async def _settle(self) -> None:
        quiet = 0
        while quiet < _QUIET:
            await asyncio.sleep(0)
            quiet = 0 if self.transactions.open else quiet + 1

    @invariant()
    def nothing_stands_twice_and_all_in_order(self) -> None:
        for place, order in self.expected().items():
            assert self.wire.posted[place] == order[: len(self.wire.posted[place])]

    def expected(self) -> dict[str, list[str]]:
        """What is to stand in each place in the end."""
        return {place: [key for of_one in self.parts[place] for key in of_one] for place in PLACES}

    def teardown(self) -> None:
        try:
            if hasattr(self, "database"):
                self._finish()
        finally:
            self._close()

    def _finish(self) -> None:
        """The platform is well again, and both senders look for work: all of it arrives."""
        for _ in range(60):
            for worker in (1, 2):
                self.work(worker)
            while self.wire.calls:
                self.wire.respond(self.wire.calls[0], "taken")
                self.settle()
            if self._states() <= {DeliveryState.SENT}:
                break
            self.pass_time(20 * 60.0, taken=True)
        self.nothing_stands_twice_and_all_in_order()
        assert self.wire.posted == self.expected()
        assert self._states() <= {DeliveryState.SENT}

    def _states(self) -> set[DeliveryState]:
        return {delivery.state for delivery in self.do(planned(self.database))}

    def _close(self) -> None:
        for task in self.running.values():
            task.cancel()
        if self.running:
            self.do(asyncio.wait(set(self.running.values())))
        if hasattr(self, "database"):
            self.do(self.database.close())
            self.folder.cleanup()
        self.loop.close()


TwoSenders.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTwoSenders = TwoSenders.TestCase
