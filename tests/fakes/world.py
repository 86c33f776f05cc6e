"""Any platform, its fake and an adapter that is led there: what the contract of the adapters runs in."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

from adapters.console.app import ConsoleAdapter
from bot.adapter import Adapter, Platform, platforms
from bot.places import Place
from bot.settings import Settings, read_settings
from tests.fakes import Posted
from tests.fakes.console import FakeConsole
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.fakes.smtp import FakeSmtp
from tests.shared import SHARED

NAMES = ("console", "discord", "email", "slack")
_FAKES: dict[str, Callable[[], Any]] = {
    "console": FakeConsole,
    "discord": FakeDiscord,
    "email": FakeSmtp,
    "slack": FakeSlack,
}
_COMMAND = re.compile(r"<(?!https?://)[^>]*>")
_NOWHERE = {"console": "elsewhere", "discord": "999999", "email": "nobody", "slack": "C0NOWHERE"}


class World:
    """A platform, the fake that stands in for it, and the adapter under test."""

    adapter: Adapter

    def __init__(self, platform: Platform, fake: Any) -> None:
        self.platform = platform
        self.fake = fake
        self.place: Place = fake.place
        self.direct: Place = fake.direct
        self.nowhere = Place(platform.name, _NOWHERE[platform.name])

    @property
    def posted(self) -> list[Posted]:
        """What the platform keeps now, in the order of posting."""
        return list(self.fake.transcript)

    @property
    def violations(self) -> list[str]:
        """What the fake noted that the platform would call malformed."""
        return list(getattr(self.fake, "violations", []))

    def settings(self, **environment: str) -> Settings:
        """Those that lead to the fake."""
        return read_settings(**{**_environment(self.fake), **environment})

    def create(self, **environment: str) -> Adapter:
        """One more adapter for this platform, not started."""
        if isinstance(self.fake, FakeConsole):
            return ConsoleAdapter(self.fake.output)
        return self.platform.create(self.settings(**environment), SHARED)

    @asynccontextmanager
    async def another(self, **environment: str) -> AsyncIterator[Adapter]:
        """One more adapter, started to send only: the same one after a restart."""
        adapter = self.create(**environment)
        await adapter.start(None)
        try:
            yield adapter
        finally:
            await adapter.stop()


@asynccontextmanager
async def world_of(name: str) -> AsyncIterator[World]:
    """The world of the platform `name`, with its adapter started to send only."""
    async with _FAKES[name]() as fake:
        world = World(platforms()[name], fake)
        async with world.another() as world.adapter:
            yield world


def _environment(fake: Any) -> dict[str, str]:
    if isinstance(fake, FakeDiscord):
        return {"DISCORD_BOT_TOKEN": fake.token, "DISCORD_API_URL": fake.url}
    if isinstance(fake, FakeSlack):
        return {
            "SLACK_BOT_TOKEN": fake.token,
            "SLACK_APP_TOKEN": fake.app_token,
            "SLACK_API_URL": fake.url,
        }
    if isinstance(fake, FakeSmtp):
        return {"SMTP_URL": fake.url, "EMAIL_FROM": "Daily Papers <papers@example.com>"}
    return {}


def missing_words(text: str, words: str) -> list[str]:
    """Words (runs of letters and digits) that `text` lacks, whatever marks stand between their letters."""
    letters = "".join(filter(str.isalnum, text)).casefold()
    return [word for word in re.findall(r"[^\W_]+", words.casefold()) if word not in letters]


def pings(posted: Posted) -> list[str]:
    """What in a message would call somebody, or is a command although it should be a link."""
    if "allowed_mentions" in posted.body:
        return posted.body["allowed_mentions"]["parse"] or []
    return _COMMAND.findall("\n".join(_marked_up(posted.body)))


def _marked_up(part: Any) -> Iterator[str]:
    """Every text that Slack reads as markup: mrkdwn objects, and the message's own text."""
    if isinstance(part, dict):
        text = part.get("text")
        if isinstance(text, str) and part.get("type") in (None, "mrkdwn"):
            yield text
        for inner in part.values():
            yield from _marked_up(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _marked_up(inner)
