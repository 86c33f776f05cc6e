"""Somebody who talks to the bot in their direct messages, on a stage with a moving clock: the real commands,
planner and sender over a store, and a Slack workspace to post to."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import SQLModel, select

from bot.adapter import platforms
from bot.commands import Commands
from bot.connections import Connections
from bot.delivery.sender import Sender
from bot.markup import plain
from bot.places import Place, parse_place
from bot.planning import Planner
from bot.request import Reply, Request
from bot.settings import read_settings
from storage.database import Database
from storage.models import Subscription
from tests.factories import DAY, RULES, at
from tests.fakes.clock import Clock
from tests.fakes.slack import FakeSlack
from tests.searching import commands_over
from tests.shared import SHARED
from tests.shelf import Shelf
from tests.stored import all_rows, stored_subscription

READER = "T0PAPERS:U0READER"
CHANNEL = Place("slack", "C0PAPERS")


@dataclass
class Profile:
    """What the platform tells of a person."""

    name: str | None = "UTC"
    zone_source: str = "your profile"
    manager: bool = False
    channels: set[str] = field(default_factory=set)

    async def zone(self) -> str | None:
        return self.name

    async def manages(self) -> bool:
        return self.manager

    async def sees(self, addresses: Collection[str]) -> set[str]:
        return self.channels & set(addresses)


@dataclass
class Stage:
    """The bot, whose clock stands at six in the morning of `DAY` until it is moved."""

    database: Database
    slack: FakeSlack
    clock: Clock
    commands: Commands
    planner: Planner
    sender: Sender

    async def come(self, day: date, hour: int, minute: int = 0) -> list[str]:
        """The clock comes to a moment (UTC), and what is due is sent; the texts that this brings."""
        before = len(self.slack.transcript)
        self.clock.now = at(day, hour, minute)
        await self.planner.plan_due(self.clock())
        await self.sender.send_open()
        return [post.text for post in self.slack.transcript[before:]]

    async def due(self, number: int) -> datetime:
        """When a subscription is due next."""
        return (await stored_subscription(self.database, number)).next_due_at.astimezone(UTC)

    async def rows(self, table: type[SQLModel]) -> list[dict[str, Any]]:
        """All rows of a table."""
        async with self.database.read() as session:
            return [row.model_dump() for row in await all_rows(session, table)]

    async def subscriptions(self) -> list[Subscription]:
        async with self.database.read() as session:
            return list(await session.exec(select(Subscription).order_by("id")))


@dataclass
class Someone:
    """A person. What they do is done at the stage's time."""

    stage: Stage
    person: str = READER
    profile: Profile = field(default_factory=Profile)
    direct: Place | None = None
    reply: Reply | None = None

    @property
    def who(self) -> str:
        return f"slack:{self.person}"

    async def ask(
        self,
        text: str,
        fields: Mapping[str, str] | None = None,
        file: str | None = None,
        place: Place | None = None,
    ) -> Reply:
        """The whole answer. Nobody types so fast that the bot asks them to slow down."""
        self.stage.clock.pass_time(3)
        place = place or self.direct or CHANNEL
        request = Request(
            text, place, self.person, self.stage.clock(), self.direct, self.profile, fields, file
        )
        self.reply = await self.stage.commands.handle(request)
        return self.reply

    async def say(self, text: str, place: Place | None = None, **fields: str) -> str:
        """The answer in words."""
        return words(await self.ask(text, fields or None, place=place))

    def wrong_fields(self) -> set[str]:
        """The fields that the last answer finds fault with."""
        return set(self.reply.errors) if self.reply else set()

    async def click(self, label: str, place: Place | None = None) -> str:
        """Click a button of the last answer."""
        assert self.reply is not None
        buttons = [button for message in self.reply.messages for button in message.buttons]
        buttons += [
            button for message in self.reply.messages for card in message.cards for button in card.buttons
        ]
        [command] = [button.command for button in buttons if button.label == label]
        assert len(command) <= 93
        return await self.say(command, place)


def words(reply: Reply) -> str:
    return "\n".join(map(plain, reply.messages))


@asynccontextmanager
async def stage_over(database: Database) -> AsyncIterator[Stage]:
    """A stage over a store."""
    clock = Clock(at(DAY, 6))
    async with FakeSlack() as slack:
        settings = read_settings(SLACK_BOT_TOKEN=slack.token, SLACK_API_URL=slack.url.rstrip("/"))
        async with Connections(platforms(), settings, SHARED) as connections:
            commands = commands_over(database, Shelf(), clock)
            planner = Planner(database, connections.limits, RULES, clock)
            sender = Sender(database, connections, clock, clock.sleep, monotonic=clock.monotonic)
            yield Stage(database, slack, clock, commands, planner, sender)
            await commands.close()


def reader(stage: Stage) -> Someone:
    """Somebody who can be written to."""
    return Someone(stage, direct=parse_place(str(stage.slack.direct)))
