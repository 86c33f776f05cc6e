"""A Slack with an adapter that listens to it, for stories of people who type and click."""

import asyncio

from adapters.slack.app import SlackAdapter
from bot.entrance import Entrance
from bot.markup import Message, line
from bot.request import Handler, Reply, Request
from bot.settings import read_settings
from tests.fakes.slack import FakeSlack
from tests.shared import NO_WORKSPACES


class Office:
    """A Slack, an adapter that listens to it, by HTTP through an entrance, and what its handler was asked.

    Args:
        mode: `socket` or `http`.
        grace: seconds for answers under way when it stops.
        patience: seconds that Slack waits for what is wrong in a form.
    """

    def __init__(self, slack: FakeSlack, mode: str, grace: float = 5, patience: float = 2) -> None:
        self.slack = slack
        self.asked: list[Request] = []
        self.reply = Reply((Message(lines=(line("Here you are."),)),))
        self.open = asyncio.Event()
        self.open.set()
        way = {"SLACK_APP_TOKEN": slack.app_token, "SLACK_SIGNING_SECRET": slack.signing_secret}
        del way["SLACK_SIGNING_SECRET" if mode == "socket" else "SLACK_APP_TOKEN"]
        self.environment = {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_API_URL": slack.url,
            **way,
        }
        self.adapter = SlackAdapter(read_settings(**self.environment), NO_WORKSPACES, grace, patience)
        self.entrance: Entrance | None = None

    async def handle(self, request: Request) -> Reply:
        self.asked.append(request)
        await self.open.wait()
        return self.reply

    async def start(self, handle: Handler | None = None) -> None:
        await self.adapter.start(handle or self.handle)
        if self.adapter.routes:
            self.entrance = Entrance("127.0.0.1:0", self.adapter.routes)
            await self.entrance.open()
            self.slack.events_url = f"http://{self.entrance.address}/slack/events"

    async def stop(self) -> None:
        await self.adapter.stop()
        if self.entrance:
            await self.entrance.close()

    async def restart(self) -> None:
        """The bot ends, and another process takes its place: it remembers nothing."""
        await self.stop()
        self.adapter = SlackAdapter(read_settings(**self.environment), NO_WORKSPACES)
        await self.start()
