"""The main job, whole: subscribe, read the edition, deliver, and look at the thread that stands there."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from bot.app import App, open_app
from bot.authors import Author
from bot.filters.parser import parse
from bot.ingest import Ingest
from bot.outcome import Outcome
from bot.settings import read_settings
from bot.source import Listing
from bot.subscribing import Subscribing
from bot.wishes import wish_in
from storage.models import DeliveryState, Style
from tests.factories import DAY, RULES, at, make_facts
from tests.fakes import Posted
from tests.fakes.clock import Clock
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack


class Growing:
    """A source whose list of the day is what `listed` says at the moment."""

    name = "growing"

    def __init__(self) -> None:
        self.listed: dict[date, list[int]] = {}

    async def fetch(self, day: date) -> Listing:
        numbers = self.listed.get(day, [])
        return Listing([make_facts(number, listed_on=day, upvotes=number) for number in numbers])

    async def newest(self) -> Listing:
        return await self.fetch(max(day for day, numbers in self.listed.items() if numbers))

    async def close(self) -> None:
        pass


@dataclass
class Stage:
    app: App
    fake: FakeSlack | FakeDiscord
    source: Growing
    clock: Clock

    async def subscribe(self, days: str = "mon-fri", style: str = "thread") -> None:
        wish = wish_in(f"daily 09:00 on {days} in UTC style {style}")
        async with self.app.database.write() as session:
            await Subscribing(RULES).create(
                session,
                str(self.fake.place),
                parse(""),
                wish,
                Author(),
                "UTC",
                Style.THREAD,
                self.clock(),
            )

    async def moment(self, now_day: date, hour: int, minute: int = 0) -> list[Outcome]:
        """The clock comes to that moment: read the list, then plan and send what is due."""
        self.clock.now = at(now_day, hour, minute)
        await Ingest(self.app.database, self.source, RULES, self.clock).day(now_day)
        plan = await self.app.planner.plan_due(self.clock())
        return [*plan.skipped, *await self.app.sender.send_open()]

    def threads(self) -> list[tuple[str, list[str]]]:
        """The heads in the place, each with the titles in its thread."""
        heads = [post for post in self.fake.transcript if post.thread is None]
        return [(_first_line(head), self._replies(head)) for head in heads]

    def _replies(self, head: Posted) -> list[str]:
        replies = [post for post in self.fake.transcript if post.thread == head.id]
        return [next(word for word in _titles(reply)) for reply in replies]


def _first_line(post: Posted) -> str:
    return next(line for line in post.text.splitlines() if "Daily Papers" in line)


def _titles(post: Posted) -> list[str]:
    return [f"Paper {number}" for number in range(99, 0, -1) if f"Paper {number}" in post.text]


@pytest.fixture(params=["slack", "discord"])
async def stage(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Stage]:
    """Wednesday, 05:00; a channel, an empty store, a source with nothing yet."""
    fake: FakeSlack | FakeDiscord = FakeSlack() if request.param == "slack" else FakeDiscord()
    clock = Clock(at(DAY, 5))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(fake)
        name = str(request.param).upper()
        settings = read_settings(
            **{
                "DAILY_PAPERS_DATABASE_URL": database_url,
                f"{name}_BOT_TOKEN": fake.token,
                f"{name}_API_URL": fake.url,
            }
        )
        app = await stack.enter_async_context(open_app(settings, clock, clock.sleep, clock.monotonic))
        yield Stage(app, fake, Growing(), clock)


async def test_a_day_from_its_first_paper_to_the_thread(stage: Stage) -> None:
    """The list grows until half past eight; the digest, due at nine, waits until it has rested an hour."""
    await stage.subscribe()

    stage.source.listed[DAY] = [1]
    assert await stage.moment(DAY, 6) == []
    stage.source.listed[DAY] = [1, 2, 3]
    assert await stage.moment(DAY, 8, 30) == []
    assert await stage.moment(DAY, 9) == []
    assert await stage.moment(DAY, 9, 29) == []
    [outcome] = await stage.moment(DAY, 9, 30)

    assert outcome.state is DeliveryState.SENT
    heading = "Daily Papers · Wed 29 Jul 2026 · 3 papers, 6 upvotes"
    [(head, replies)] = stage.threads()
    assert heading in head
    assert replies == ["Paper 3", "Paper 2", "Paper 1"]
    assert await stage.moment(DAY, 11) == []


async def test_what_comes_late_is_in_the_next_digest_with_its_day(stage: Stage) -> None:
    await stage.subscribe()
    stage.source.listed[DAY] = [1, 2]
    await stage.moment(DAY, 12)
    thursday = DAY + timedelta(days=1)
    stage.source.listed = {DAY: [1, 2, 3], thursday: [4]}
    await stage.moment(DAY, 18)

    await stage.moment(thursday, 12)

    assert [replies for _, replies in stage.threads()] == [["Paper 2", "Paper 1"], ["Paper 3", "Paper 4"]]
    late = next(post for post in stage.fake.transcript if "Paper 3" in post.text and post.thread)
    assert "Late: listed on Wed 29 Jul 2026" in late.text


async def test_a_weekend_posts_nothing_and_breaks_nothing(stage: Stage) -> None:
    await stage.subscribe(days="mon-sun")
    stage.source.listed[DAY + timedelta(days=2)] = [1]
    monday = DAY + timedelta(days=5)

    outcomes = [
        outcome for step in range(5) for outcome in await stage.moment(DAY + timedelta(days=step), 12)
    ]

    skipped = [outcome.reason for outcome in outcomes if outcome.state is DeliveryState.SKIPPED]
    assert skipped == [
        "No papers were listed on Wed 29 Jul 2026.",
        "No papers were listed on Thu 30 Jul 2026.",
        "No papers were listed on Sat 1 Aug 2026.",
        "No papers were listed on Sun 2 Aug 2026.",
    ]
    stage.source.listed[monday] = [2]
    await stage.moment(monday, 12)
    assert [replies for _, replies in stage.threads()] == [["Paper 1"], ["Paper 2"]]


async def test_three_days_away_are_caught_up_in_one_digest_in_order(stage: Stage) -> None:
    await stage.subscribe()
    for step in range(3):
        stage.source.listed[DAY + timedelta(days=step)] = [10 * step + 1, 10 * step + 2]
        ingest = Ingest(stage.app.database, stage.source, RULES, Clock(at(DAY + timedelta(days=step), 13)))
        await ingest.day(DAY + timedelta(days=step))

    await stage.moment(DAY + timedelta(days=2), 13)

    [(head, replies)] = stage.threads()
    assert "Wed 29 Jul – Fri 31 Jul 2026 · 6 papers" in head
    assert replies == ["Paper 2", "Paper 1", "Paper 12", "Paper 11", "Paper 22", "Paper 21"]
    late = [post for post in stage.fake.transcript if "Late: listed on" in post.text]
    assert len(late) == 4


async def test_compact_is_one_message_with_a_line_a_paper(stage: Stage) -> None:
    await stage.subscribe(style="compact")
    stage.source.listed[DAY] = [1, 2, 3]
    await stage.moment(DAY, 12)
    [post] = stage.fake.transcript
    assert _titles(post) == ["Paper 3", "Paper 2", "Paper 1"]
