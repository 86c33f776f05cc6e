"""What a process does by itself: by its roles, and beside others."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, update
from sqlmodel import col, select

from bot.app import App, open_app
from bot.ingest import Ingest
from bot.jobs import INGEST_SECONDS, Jobs
from bot.roles import ROLES
from bot.settings import read_settings
from bot.source import Listing
from storage.models import Budget, Delivery
from storage.search.fits import RankingFit
from tests.factories import DAY, RULES
from tests.fakes.slack import FakeSlack
from tests.logs import captured_logs
from tests.shelf import Shelf
from tests.stored import list_papers, planned, subscribe

OPEN = ("read", "planned", "sent", "learnt")
TODAY = datetime.now(UTC).date()


class Slow(Shelf):
    """A source that does not answer until it is `free`."""

    def __init__(self) -> None:
        super().__init__()
        self.put(DAY, 1, 2)
        self.free = asyncio.Event()
        self.free.set()
        self.reached = asyncio.Event()

    async def fetch(self, day: date) -> Listing:
        self.reached.set()
        self.asked.append(day)
        await self.free.wait()
        answer = self.lists[day]
        assert isinstance(answer, Listing)
        return answer


class Processes:
    """Some processes with one database, one Slack and one source; each is an app of its own."""

    def __init__(self, url: str, slack: FakeSlack, stack: AsyncExitStack) -> None:
        self.slack = slack
        self.source = Slow()
        self._stack = stack
        self._settings = read_settings(
            DAILY_PAPERS_DATABASE_URL=url, SLACK_BOT_TOKEN=slack.token, SLACK_API_URL=slack.url
        )

    async def another(self) -> App:
        app = await self._stack.enter_async_context(open_app(self._settings))
        return replace(app, ingest=Ingest(app.database, self.source, RULES, app.clock))


@pytest.fixture
async def processes(shared_url: str) -> AsyncIterator[Processes]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(FakeSlack())
        yield Processes(shared_url, slack, stack)


async def do_once(app: App, roles: Collection[str] = ("ingest",)) -> None:
    """Start a process, let it do what it does at its start, and stop it."""
    jobs = Jobs(app, roles)
    await jobs.start()
    await jobs.finish()


async def let_pass(app: App, seconds: float) -> None:
    async with app.database.write() as session:
        await session.exec(update(Budget).values(free_at=col(Budget.free_at) - seconds))


# Roles

DOES = {
    "everything": (ROLES, {"read", "planned", "sent", "learnt"}),
    "plan": (("plan",), {"planned"}),
    "deliver": (("deliver",), {"sent"}),
    "ingest": (("ingest",), {"read"}),
    "learn": (("learn",), {"learnt"}),
    "plan and ingest": (("plan", "ingest"), {"planned", "read"}),
    "none of them, for it listens": ((), set()),
}


@pytest.mark.parametrize(("roles", "done"), DOES.values(), ids=DOES)
async def test_a_process_does_the_work_of_its_roles_and_no_other(
    processes: Processes, roles: Collection[str], done: set[str]
) -> None:
    """One digest is on its way already, another is due, and there is a list to read and to learn from."""
    app = await processes.another()
    due = datetime.now(UTC).replace(second=0, microsecond=0)  # today, in the first minute of a day as well
    await list_papers(app.database, 7, day=TODAY)
    times = {"local_time": due.time(), "next_due_at": due, "first_day": TODAY}
    await subscribe(app.database, place=str(processes.slack.place), **times)
    await app.planner.plan_due(app.clock())
    await subscribe(app.database, place=str(processes.slack.direct), **times)

    jobs = Jobs(app, roles)
    await jobs.start()
    async with asyncio.timeout(60):
        while "sent" in done and not await sent(app):
            await asyncio.sleep(0)
    await jobs.finish()

    async with app.database.read() as session:
        learnt = (await session.exec(select(func.count()).select_from(RankingFit))).one()
    happened = (processes.source.asked, len(await planned(app.database)) > 1, await sent(app), learnt)
    assert {name for name, some in zip(OPEN, happened, strict=True) if some} == done


def test_the_page_on_many_processes_names_every_role() -> None:
    page = (Path(__file__).parents[1] / "docs" / "many-processes.md").read_text(encoding="utf-8")
    assert [name for name in (*ROLES, "slack", "discord") if f"`{name}`" not in page] == []


async def sent(app: App) -> bool:
    async with app.database.read() as session:
        return bool(list(await session.exec(select(Delivery).where(col(Delivery.finished_at).is_not(None)))))


# Turns


async def test_the_source_is_asked_by_one_process_a_round(processes: Processes) -> None:
    first, second = await processes.another(), await processes.another()
    for round_ in range(1, 4):
        await asyncio.gather(do_once(first), do_once(second), do_once(first))
        assert processes.source.asked == [DAY] * round_
        await let_pass(first, INGEST_SECONDS + 1)


async def test_what_a_killed_process_was_reading_the_next_round_reads(processes: Processes) -> None:
    first, second = await processes.another(), await processes.another()
    processes.source.free.clear()
    killed = asyncio.create_task(Jobs(first, ["ingest"]).start())
    await processes.source.reached.wait()
    await do_once(second)
    assert processes.source.asked == [DAY]

    processes.source.free.set()  # for the second one; the first is not there any more to write
    await let_pass(first, INGEST_SECONDS + 1)
    await do_once(second)
    assert processes.source.asked == [DAY, DAY]
    await killed


async def test_a_process_that_is_stopped_while_the_source_hangs_hands_its_turn_back(
    processes: Processes,
) -> None:
    first, second = await processes.another(), await processes.another()
    processes.source.free.clear()
    jobs = Jobs(first, ["ingest"])
    stopping = asyncio.create_task(jobs.start())
    await processes.source.reached.wait()
    await jobs.finish()
    assert stopping.cancelled()

    processes.source.free.set()
    await do_once(second)
    assert processes.source.asked == [DAY, DAY]
    async with second.database.read() as session:
        assert await second.ingest.ensure(DAY)
        assert list(await session.exec(select(col(Budget.name)))) == ["turn ingest"]


async def test_work_that_fails_has_had_its_turn(processes: Processes) -> None:
    """A source in trouble is not asked by every process in turn."""
    first, second = await processes.another(), await processes.another()
    processes.source.lists = {}
    with captured_logs() as logs:
        await do_once(first)
        await do_once(second)
    assert [entry["event"] for entry in logs] == ["job_failed"]
