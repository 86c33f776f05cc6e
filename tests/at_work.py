"""The bot at work between a database and the platforms, with a clock that is set: steps of stories."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.app import App, open_app
from bot.authors import Author
from bot.filters.parser import parse
from bot.outcome import Outcome
from bot.settings import read_settings
from bot.subscribing import Subscribing
from bot.wishes import wish_in
from storage import people
from storage.database import Database
from storage.models import Style
from tests.factories import DAY, RULES, at
from tests.fakes import Posted
from tests.fakes.clock import Clock
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack

EVERY_DAY = "daily 09:00 on mon-sun in UTC"


@dataclass
class AtWork:
    """The bot, with Slack and Discord."""

    app: App
    slack: FakeSlack
    discord: FakeDiscord
    clock: Clock
    subscribing: Subscribing = field(default_factory=lambda: Subscribing(RULES))

    @property
    def database(self) -> Database:
        return self.app.database

    def fake(self, platform: str) -> FakeSlack | FakeDiscord:
        return self.slack if platform == "slack" else self.discord

    async def subscribe(
        self, place: object, filter_text: str = "", text: str = EVERY_DAY, who: str | None = None
    ) -> int:
        """Subscribe as somebody does, whose direct messages are known; the subscription's number."""
        async with self.database.write() as session:
            author = Author()
            if who:
                direct = self.direct_of(who)
                person = await people.known_person(session, who, direct, self.clock())
                author = Author(who, "Ada", person)
            new, _ = await self.subscribing.create(
                session,
                str(place),
                parse(filter_text),
                wish_in(text),
                author,
                "UTC",
                Style.THREAD,
                self.clock(),
            )
        return new.id or 0

    @staticmethod
    def direct_of(who: str) -> str:
        """Where direct messages to somebody go: `slack:T0PAPERS:U0READER` has `slack:@U0READER`."""
        return f"{who.partition(':')[0]}:@{who.rpartition(':')[2]}"

    async def moment(self, day: date, hour: int, minute: int = 0) -> list[Outcome]:
        """The clock comes to that moment; plan and send what is due."""
        return await self.come_to(at(day, hour, minute))

    async def come_to(self, moment: datetime) -> list[Outcome]:
        self.clock.now = moment
        plan = await self.app.planner.plan_due(moment)
        return [*plan.skipped, *await self.app.sender.send_open()]

    def posted(self, place: object) -> list[Posted]:
        """What stands in a place."""
        platform, _, address = str(place).partition(":")
        return [post for post in self.fake(platform).transcript if post.place == address]


@asynccontextmanager
async def at_work(database_url: str) -> AsyncIterator[AtWork]:
    """An empty store, at six on a Wednesday morning."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(FakeSlack())
        discord = await stack.enter_async_context(FakeDiscord())
        clock = Clock(at(DAY, 6))
        settings = read_settings(
            DAILY_PAPERS_DATABASE_URL=database_url,
            SLACK_BOT_TOKEN=slack.token,
            SLACK_API_URL=slack.url,
            **discord.environment,
        )
        app = await stack.enter_async_context(open_app(settings, clock, clock.sleep, clock.monotonic))
        yield AtWork(app, slack, discord, clock)
