"""Somebody who answers on Discord, and the adapter that brings them the questions."""

import asyncio
from datetime import UTC, datetime

from adapters.discord.app import DiscordAdapter
from bot.forms import Choice, Field, Form
from bot.markup import Button, Message, line
from bot.request import Reply, Request
from bot.settings import read_settings
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import Asked

NOW = datetime(2026, 7, 29, 9, tzinfo=UTC)

STYLES = (Choice("thread", "A thread"), Choice("compact", "A line each"))
FORM = Form(
    "Edit subscription 3",
    "edit 3",
    (
        Field("filter", "Filter", value="diffusion -survey", hint="diffusion upvotes>=20"),
        Field("time", "Time", hint="09:00", longest=20),
        Field("style", "Style", value="compact", choices=STYLES),
    ),
)
EDIT = "papers-form:edit 3"
LIST = Reply((Message("Your subscriptions", buttons=(Button("Edit", "edit 3", form=True),)),))
BY_HAND = (Message(lines=(line("Type /papers subscribe"),)), Message("More of it"))


class Reader:
    """A handler that echoes what it was asked, and may be held back.

    Set `reply` to have it say something else.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.free = asyncio.Event()
        self.free.set()
        self.reply: Reply | None = None

    async def __call__(self, request: Request) -> Reply:
        self.requests.append(request)
        await self.free.wait()
        said = Message(
            lines=(line(f"You asked for {request.text}"),), buttons=(Button("Older", "yesterday"),)
        )
        return self.reply or Reply((said,))


def connect(fake: FakeDiscord, *, form_within: float = 10.0, **environment: str) -> DiscordAdapter:
    """An adapter that is led to the fake, not started. A busy machine has ten seconds to show a form."""
    settings = read_settings(**(fake.environment | environment))
    return DiscordAdapter(settings, now=lambda: NOW, form_within=form_within)


async def listed(fake: FakeDiscord, reader: Reader) -> None:
    """The person sees a private list with the button."""
    reader.reply = LIST
    await fake.command("subscriptions")
    reader.reply = Reply(BY_HAND, form=FORM)


async def opened(fake: FakeDiscord, reader: Reader) -> Asked:
    """The person has clicked, and sees the form."""
    await listed(fake, reader)
    asked = await fake.interactions.press(EDIT)
    assert (await asked.acknowledged())["type"] == 9
    reader.reply = None
    return asked
