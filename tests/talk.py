"""Conversations as tests: what people type and click, and what the bot says, over every platform.

    you: /papers subscribe diffusion daily 09:00
    bot: Subscription 1 is set up
    click: Undo
    bot: Undone
    [discord] boss: /papers channel on in Europe/Paris
    ana elsewhere: /papers channel

`bot:` and `not:` are about the last answer to whoever spoke last: it says that, or nowhere does. `fill in:`
takes fields as `when = daily 07:30; most = 5`. `{ana}` is a mention of Ana. Names in brackets are the
platforms where a line counts.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import SQLModel, col, select

from bot.commands import Commands
from bot.request import Reply, Request
from storage.database import Database
from storage.models import Change, Delivery, Person, Subscription
from tests.fakes.clock import Clock
from tests.searching import commands_over
from tests.shelf import Shelf
from tests.talk_chat import Chat, bare
from tests.talk_console import OnConsole
from tests.talk_discord import OnDiscord
from tests.talk_slack import OnSlack

PLATFORMS: dict[str, type[OnSlack | OnDiscord | OnConsole]] = {
    "slack": OnSlack,
    "discord": OnDiscord,
    "console": OnConsole,
}

_LINE = re.compile(r"(?:\[(?P<only>[a-z, ]+)\]\s+)?(?P<head>[a-z ]+): ?(?P<rest>.*)")
_KEPT: tuple[type[SQLModel], ...] = (Subscription, Person, Change, Delivery)


@dataclass(frozen=True)
class _Line:
    """One line of a script.

    Args:
        number: from 1.
        who: whose turn it is; empty for whoever spoke last.
    """

    number: int
    who: str
    act: str
    rest: str


class Talk:
    """A stage for conversations: a platform, the whole bot behind it, and a store.

    Args:
        clock: what time it is for the bot; it stands still.
    """

    def __init__(self, chat: Chat, database: Database, commands: Commands, clock: Clock) -> None:
        self.chat = chat
        self.database = database
        self.clock = clock
        self._commands = commands
        self._speaker = "you"

    async def handle(self, request: Request) -> Reply:
        """The bot's answer, at the time of the test."""
        return await self._commands.handle(replace(request, now=self.clock()))

    async def play(self, script: str) -> None:
        """Hold a conversation. Fails at the first line that does not come true, and names it."""
        for name, identifier in self.chat.people.items():
            script = script.replace(f"{{{name}}}", f"<@{identifier}>")
        for line in _lines(script, self.chat.name):
            self._speaker = line.who or self._speaker
            try:
                await self._acts()[line.act](line.rest)
            except AssertionError as problem:
                raise AssertionError(f"line {line.number}, {line.act}: {line.rest}\n{problem}") from problem

    def says(self, fragment: str) -> bool:
        """Whether the last answer to whoever spoke last says that."""
        return bare(fragment) in self.chat.seen(self._speaker)

    async def rows(self) -> list[dict[str, Any]]:
        """Everything that is kept of people, to be compared with what is kept later."""
        async with self.database.read() as session:
            found: list[dict[str, Any]] = []
            for table in _KEPT:
                rows = await session.exec(select(table))
                found += [{"table": table.__name__, **row.model_dump()} for row in rows]
        return sorted(found, key=repr)

    async def subscriptions(self) -> list[Subscription]:
        """Every subscription, ended ones too, oldest first."""
        async with self.database.read() as session:
            return list(await session.exec(select(Subscription).order_by(col(Subscription.id))))

    def _acts(self) -> dict[str, Callable[[str], Any]]:
        return {
            "types": self._type,
            "types elsewhere": self._type_elsewhere,
            "clicks": lambda label: self.chat.click(self._speaker, label),
            "fills in": lambda fields: self.chat.fill_in(self._speaker, dict(_fields(fields))),
            "bot": self._expect,
            "not": self._expect_not,
        }

    async def _type(self, text: str) -> None:
        await self.chat.say(self._speaker, text.removeprefix("/papers").strip())

    async def _type_elsewhere(self, text: str) -> None:
        await self.chat.say(self._speaker, text.removeprefix("/papers").strip(), elsewhere=True)

    async def _expect(self, fragment: str) -> None:
        assert self.says(fragment), f"but the bot said: {self.chat.seen(self._speaker)}"

    async def _expect_not(self, fragment: str) -> None:
        assert not self.says(fragment), f"but the bot said: {self.chat.seen(self._speaker)}"


@asynccontextmanager
async def talking(platform: str, database: Database, clock: Clock) -> AsyncIterator[Talk]:
    """The bot on a platform."""
    chat: Chat = PLATFORMS[platform]()
    commands = commands_over(database, Shelf(), clock)
    talk = Talk(chat, database, commands, clock)
    await chat.start(talk.handle)
    try:
        yield talk
    finally:
        await chat.stop()
        await commands.close()


def _lines(script: str, platform: str) -> Iterator[_Line]:
    for number, text in enumerate(script.strip().splitlines(), 1):
        if not text.strip():
            continue
        found = _LINE.fullmatch(text.strip())
        assert found, f"line {number} is no line of a conversation: {text}"
        if found["only"] and platform not in re.split(r",\s*", found["only"]):
            continue
        yield _line(number, found["head"], found["rest"])


def _line(number: int, head: str, rest: str) -> _Line:
    """`you`, `ana elsewhere`, `ana clicks`, `click`, `fill in`, `bot`, `not`."""
    if head in ("bot", "not"):
        return _Line(number, "", head, rest)
    if head in ("click", "fill in"):
        return _Line(number, "", "clicks" if head == "click" else "fills in", rest)
    who, _, act = head.partition(" ")
    return _Line(number, who, {"": "types", "elsewhere": "types elsewhere"}.get(act, act), rest)


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        assert equals, f"{part} is no field"
        yield name.strip(), value.strip()
