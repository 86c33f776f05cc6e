"""One scenario's world: a database, two platforms, the bot's processes, and a time that they share."""

import asyncio
import json
import random
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import aiohttp
from sqlmodel import select

from storage.database import Database, DatabaseError, open_database
from storage.models import Delivery, Part
from tests.factories import DAY, at
from tests.torture.databases import Kind
from tests.torture.plan import Edition, Expected, Reader, edition_of, expected, publish, subscribe
from tests.torture.platforms import Platform
from tests.torture.processes import start
from tests.torture.sky import Sky
from tests.torture.verdict import Verdict, judge
from tests.torture.worker import CANNOT_START, LOG, Orders, open_deliveries, work

_BOUND = 120.0
"""Our seconds within which everything must be through when nothing goes wrong any more."""
_HOUR = 15
"""When a day begins: three hours after its digests are due, so that a clock put back stays behind that."""
_one_migration = asyncio.Lock()
"""Alembic's context is one for the process, and two databases are made side by side here."""


@dataclass(frozen=True, slots=True, eq=False)
class Bot:
    """A process of the bot, and its leash."""

    process: ForkServerProcess
    leash: Connection

    async def ended(self, seconds: float | None = None) -> int | None:
        """Its exit code, when it has ended; None where it has not in that time."""
        over, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.add_reader(self.process.sentinel, over.set)
        try:
            async with asyncio.timeout(seconds):
                await over.wait()
        except TimeoutError:
            return None
        finally:
            loop.remove_reader(self.process.sentinel)
        return self.process.exitcode

    def forget(self) -> None:
        self.leash.close()
        self.process.close()


@dataclass
class Stage:
    """What a scenario plays on.

    Args:
        url: of the database.
        size: how many papers an edition has.
        chance: decides whatever is left to chance.
        kills: how many processes were killed so far.
        parts: how many messages were planned so far.
        amiss: what a process did that none may do, a sentence each.
    """

    url: str
    folder: Path
    sky: Sky
    database: Database
    platforms: list[Platform]
    readers: Sequence[Reader]
    size: int
    chance: random.Random
    editions: list[Edition] = field(default_factory=list)
    bots: list[Bot] = field(default_factory=list)
    kills: int = 0
    parts: int = 0
    amiss: list[str] = field(default_factory=list)

    async def next_day(self) -> None:
        """A new edition is listed, and it is afternoon."""
        edition = edition_of(DAY + timedelta(days=len(self.editions)), self.size, self.chance)
        await publish(self.database, edition)
        self.editions.append(edition)
        self.parts += sum(len(expected(reader, edition)) for reader in self.readers)
        self.sky.jump_to(at(edition.day, _HOUR))

    def start(self, **orders: Any) -> Bot:
        """One more process of the bot; `orders` as in `Orders`."""
        environment = {"DAILY_PAPERS_DATABASE_URL": self.url, "DAILY_PAPERS_SOURCE": "sample"}
        for platform in self.platforms:
            environment |= platform.environment
        bot = Bot(*start(work, Orders(environment, self.folder, **orders)))
        self.bots.append(bot)
        return bot

    async def kill(self, bot: Bot) -> None:
        """Kill a process, which counts unless it had ended by itself for want of a database."""
        bot.process.kill()
        if (code := await self.bury(bot)) not in (-signal.SIGKILL, CANNOT_START):
            self.amiss.append(f"a process that nobody had told to end ended with {code}")

    async def bury(self, bot: Bot, seconds: float | None = None) -> int | None:
        """Wait for the end of a process; its exit code. None where it was killed after those seconds."""
        if (code := await bot.ended(seconds)) is None:
            bot.process.kill()
            await bot.ended()
        self.kills += code == -signal.SIGKILL
        self.bots.remove(bot)
        bot.forget()
        return code

    async def is_done(self) -> bool:
        """Whether all that was planned is there, as far as numbers tell, and nothing is on its way."""
        posted = sum([len(await platform.read()) for platform in self.platforms])
        if posted < self.parts:
            return False
        with suppress(DatabaseError):
            return await open_deliveries(self.database) == 0
        return False

    async def settle(self) -> None:
        """Nothing goes wrong any more: let the bot finish."""
        self.sky.fill_disk(False)
        for platform in self.platforms:
            await platform.weather((), 0, 0)
        for bot in self.bots:
            bot.leash.close()  # they hand back what they have in hand
        await self._end(self.bots, (0, CANNOT_START))
        await self._end([self.start(once=True) for _ in range(2)])

    async def _end(self, bots: Sequence[Bot], codes: Sequence[int] = (0,)) -> None:
        for bot in [*bots]:
            if (code := await self.bury(bot, _BOUND)) not in codes:
                self.amiss.append(
                    f"a process was to end within {_BOUND:.0f} seconds, and what came is {code}"
                )

    async def finish_day(self) -> None:
        """One more process, which does all that is left to do."""
        await self._end([self.start(once=True)])

    def check_log(self) -> None:
        """No process may have met what it did not expect."""
        if "Traceback" in (self.folder / LOG).read_text(encoding="utf-8", errors="replace"):
            self.amiss.append(f"a process logged an unexpected problem, see {LOG}")

    async def verdict(self) -> Verdict:
        """What came of all editions."""
        verdict = Verdict(amiss=[*self.amiss])
        for platform in self.platforms:
            posted = await platform.read()
            readers = [reader for reader in self.readers if reader.platform == platform.name]
            for reader in readers:
                planned = self._expected(reader)
                there = [post for post in posted if post.place == reader.address]
                verdict.add(judge(reader.place, planned, there))
            strange = {post.place for post in posted} - {reader.address for reader in readers}
            verdict.amiss += [f"{platform.name}: nobody asked for anything at {place}" for place in strange]
            verdict.amiss += [f"{platform.name}: {complaint}" for complaint in platform.complaints]
        return verdict

    def _expected(self, reader: Reader) -> list[Expected]:
        return [message for edition in self.editions for message in expected(reader, edition)]

    async def keep_evidence(self) -> None:
        """Write down beside the logs what stands on the platforms, and how the database tells it."""
        for platform in self.platforms:
            posted = [replace(post, body={}) for post in await platform.read()]
            _write(self.folder / f"{platform.name}.json", [asdict(post) for post in posted])
        async with self.database.read() as session:
            for table in (Delivery, Part):
                rows = (await session.exec(select(table))).all()
                _write(self.folder / f"{table.__name__.lower()}.json", [row.model_dump() for row in rows])


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps(rows, indent=1, default=str, ensure_ascii=False), encoding="utf-8")


@asynccontextmanager
async def stage_for(
    kind: Kind, readers: Sequence[Reader], size: int, chance: random.Random
) -> AsyncIterator[Stage]:
    """A new world, without a process of the bot. Its folder stays where `keep_evidence` was called."""
    folder = Path(mkdtemp(prefix="daily-papers-torture-"))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(kind.created(folder))
        sky = Sky.make(folder / "sky")
        stack.callback(sky.close)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        platforms = []
        for name in ("slack", "discord"):
            platforms.append(await Platform.open(name, http))
            stack.callback(platforms[-1].close)
        async with _one_migration:
            database = await open_database(url)
        stack.push_async_callback(database.close)
        await subscribe(database, readers)
        stage = Stage(url, folder, sky, database, platforms, readers, size, chance)
        try:
            yield stage
        finally:
            for bot in stage.bots:
                bot.process.kill()
                await bot.ended()
                bot.forget()
    if not (folder / "delivery.json").exists():
        shutil.rmtree(folder)
