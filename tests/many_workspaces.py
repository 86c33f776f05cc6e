"""The bot at work in many Slack workspaces, heard over HTTP: steps of stories."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import aiohttp

from bot.adapter import Adapter
from bot.app import App, open_app
from bot.entrance import Entrance
from bot.outcome import Outcome
from bot.places import Place
from bot.request import Reply, Request
from bot.settings import read_settings
from storage.models import Subscription
from tests.factories import DAY, at
from tests.fakes import Posted
from tests.fakes.clock import Clock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_gestures import Gestures
from tests.fakes.slack_neighbour import Neighbour
from tests.fakes.slack_rules import readable
from tests.ports import free_address
from tests.stored import list_papers, subscribe
from tests.talk_chat import bare
from tests.web import Page

SECRET = "0123456789abcdef0123456789abcdef-of-the-tests"
THEIRS, OTHERS = "T0THEIRS", "T0FURTHER"


@dataclass
class Bot:
    """One process of the bot."""

    app: App
    slack: FakeSlack
    clock: Clock
    adapter: Adapter
    root: str
    asked: list[Request] = field(default_factory=list)

    async def handle(self, request: Request) -> Reply:
        """Answer at the time of the test."""
        self.asked.append(request)
        return await self.app.commands.handle(replace(request, now=self.clock()))

    async def browse(
        self, path: str = "/slack/install", browser: aiohttp.ClientSession | None = None
    ) -> Page:
        """Open a page, in a new browser or in one that has been here."""
        async with AsyncExitStack() as stack:
            if browser is None:
                browser = await stack.enter_async_context(new_browser())
            async with browser.get(self.root + path) as response:
                return Page(response.status, response.headers.get("Content-Type", ""), await response.text())

    async def install(self, workspace: Neighbour) -> Page:
        """Somebody of a workspace installs the bot; the page that they see at last."""
        self.slack.oauth.agreeing = workspace
        return await self.browse()

    async def subscribe(self, *places: Place, owner: str | None = None) -> list[int]:
        """Subscriptions of these places to everything, due at nine."""
        nine = {"local_time": at(DAY, 9).time(), "next_due_at": at(DAY, 9)}
        return [await subscribe(self.app.database, place=str(place), owner=owner, **nine) for place in places]

    async def morning(self, day: date = DAY, paper: int = 1) -> list[Outcome]:
        """A day's paper is listed, and at nine what is due is sent."""
        await list_papers(self.app.database, paper, day=day)
        self.clock.now = at(day, 9)
        plan = await self.app.planner.plan_due(self.clock())
        return [*plan.skipped, *await self.app.sender.send_open()]

    def posted(self, place: Place) -> list[Posted]:
        """What stands in a place."""
        return [post for post in self.slack.transcript if post.place == place.address]

    async def state(self, number: int) -> tuple[str, str | None]:
        """Of a subscription: its state, and why."""
        async with self.app.database.read() as session:
            found = await session.get_one(Subscription, number)
            return found.state.value, found.reason

    def heard_here(self) -> None:
        """Slack's events arrive here."""
        self.slack.events_url = f"{self.root}/slack/events"


def new_browser() -> aiohttp.ClientSession:
    """One that has been nowhere."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def says(workspace: Gestures, text: str, user: str = "U0READER", channel: str = "C0PAPERS") -> str:
    """What a command is answered, bare of markup."""
    [answer, *_] = await workspace.command(f"/papers {text}", user, channel)
    return bare(readable(answer["text"], answer.get("blocks", [])))


@asynccontextmanager
async def running_bot(
    slack: FakeSlack, database_url: str, clock: Clock, **environment: Any
) -> AsyncIterator[Bot]:
    """A process of the bot that listens, and where Slack's events arrive from now on.

    Args:
        environment: settings that are others than usual; None for one that is not set.
    """
    root = f"http://{free_address()}"
    usual = {
        "DAILY_PAPERS_DATABASE_URL": database_url,
        "DAILY_PAPERS_SECRET": SECRET,
        "PUBLIC_URL": root,
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_CLIENT_ID": slack.oauth.client_id,
        "SLACK_CLIENT_SECRET": slack.oauth.client_secret,
    } | environment
    settings = read_settings(**{name: value for name, value in usual.items() if value is not None})
    async with open_app(settings, clock, clock.sleep, clock.monotonic) as app:
        adapter = app.connections.listener("slack")
        bot = Bot(app, slack, clock, adapter, root)
        entrance = Entrance(root.removeprefix("http://"), adapter.routes)
        await entrance.open()
        try:
            await adapter.start(bot.handle)
            bot.heard_here()
            yield bot
        finally:
            await adapter.stop()
            await entrance.close()


@asynccontextmanager
async def many_workspaces(database_url: str, **environment: Any) -> AsyncIterator[Bot]:
    """Slack, and a bot that listens, at six on a Wednesday morning."""
    clock = Clock(at(DAY, 6))
    async with FakeSlack() as slack, running_bot(slack, database_url, clock, **environment) as bot:
        yield bot
