"""An interaction → a Request, and the Reply → Discord's answer to the interaction."""

import asyncio
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self, cast

import aiohttp
import discord

from adapters.discord.choices import filters
from adapters.discord.render import CUSTOM_ID, Payload, render
from adapters.discord.rest import Rest
from adapters.discord.sharing import not_posted, require_posting
from bot.adapter import AdapterError
from bot.logs import log
from bot.messages.answers import mishap
from bot.places import Place
from bot.request import Handler, Reply, Request, Suggest

_EPHEMERAL = 1 << 6
_MESSAGES = 5  # what Discord lets an app say where only the person has installed it


class Inbound:
    """Answers interactions: acknowledges at once, for Discord waits 3 seconds, and then works.

    Args:
        suggest: completes filters; without it nothing is offered.
        now: UTC.
    """

    def __init__(
        self, rest: Rest, handle: Handler, suggest: Suggest | None, now: Callable[[], datetime]
    ) -> None:
        self._rest = rest
        self._handle = handle
        self._suggest = suggest
        self._now = now
        self._running: set[asyncio.Task[None]] = set()

    async def answer(self, interaction: discord.Interaction, text: str) -> None:
        """Answer `/papers <text>` to the person who asked.

        A button on a message that only this person sees changes that message; any other opens a new answer.
        What all may see comes as a new message in either case.
        """
        with self._cut_off_by_stop():
            if await _acknowledge(interaction):
                await self._work(interaction, request_of(interaction, text, self._now()))

    async def suggest(self, typed: str) -> list[str]:
        """What Discord can offer to complete a filter. Never raises: what goes wrong becomes no offer."""
        with self._cut_off_by_stop():
            return await filters(self._suggest, typed) if self._suggest else []

    async def stop(self) -> None:
        """Cut off what is being answered."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    @contextmanager
    def _cut_off_by_stop(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            yield
        finally:
            self._running.discard(task)

    async def _work(self, interaction: discord.Interaction, request: Request) -> None:
        try:
            reply = await self._handle(request)
            shown = [render(message) for message in reply.messages[:_MESSAGES]]
        except Exception as bug:
            # The handler never raises, so a message could not be rendered.
            _log_bug(bug)
            reply, shown = Reply(()), [render(mishap())]
        try:
            await self._respond(interaction, shown, reply.private)
            if reply.later and (further := await reply.later()):
                await self._add(interaction, [render(further)], reply.private)
        except AdapterError as error:
            log.warning("answer_lost", platform="discord", reason=str(error))
        except Exception as bug:
            _log_bug(bug)

    async def _respond(self, interaction: discord.Interaction, shown: list[Payload], private: bool) -> None:
        webhook = _webhook(interaction)
        if private and shown:
            await self._rest.request("PATCH", f"{webhook}/messages/@original", shown[0])
            shown = shown[1:]
        elif not _on_own_message(interaction):
            # The acknowledgement was private and its message stays so; what all may see comes anew.
            await self._rest.request("DELETE", f"{webhook}/messages/@original")
        await self._add(interaction, shown, private)

    async def _add(self, interaction: discord.Interaction, shown: list[Payload], private: bool) -> None:
        """Further messages; where one for all cannot be posted, the person is told."""
        if private:
            await self._follow_up(interaction, shown, _EPHEMERAL)
            return
        try:
            require_posting(interaction)
            await self._follow_up(interaction, shown, 0)
        except AdapterError as error:
            log.warning("answer_not_posted", platform="discord", reason=str(error))
            await self._follow_up(interaction, [render(not_posted(error))], _EPHEMERAL)

    async def _follow_up(self, interaction: discord.Interaction, shown: list[Payload], flags: int) -> None:
        for payload in shown:
            await self._rest.request("POST", _webhook(interaction), payload | {"flags": flags}, creates=True)


def request_of(interaction: discord.Interaction, text: str, now: datetime) -> Request:
    """Who asks comes from Discord. A direct message with the bot is a place of its own; any other
    channel, a group of friends included, is its channel."""
    person = str(interaction.user.id)
    in_dm = interaction.guild_id is None and not interaction.context.private_channel
    address = f"@{person}" if in_dm or interaction.channel_id is None else str(interaction.channel_id)
    return Request(text, Place("discord", address), person, now)


def _log_bug(bug: Exception) -> None:
    """The error's own words may quote what the person typed; the lines of code do not."""
    stack = "".join(traceback.format_tb(bug.__traceback__))
    log.error("answer_failed", platform="discord", error=type(bug).__name__, stack=stack)


def _webhook(interaction: discord.Interaction) -> str:
    return f"/webhooks/{interaction.application_id}/{interaction.token}"


def _on_own_message(interaction: discord.Interaction) -> bool:
    """Whether a button was clicked on a message that only this person sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral


async def _acknowledge(interaction: discord.Interaction) -> bool:
    """Whether Discord took it; it refuses when three seconds have passed."""
    try:
        if _on_own_message(interaction):
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.warning("request_not_acknowledged", platform="discord", reason=type(error).__name__)
        return False
    return True


class CommandButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=CUSTOM_ID + r"(?P<command>.{0,93})",
):
    """A button whose command stands in its custom id: nothing is kept, so it works after a restart."""

    def __init__(self, button: discord.ui.Button[discord.ui.View], command: str) -> None:
        super().__init__(button)
        self._command = command

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The clicked button, found again from what Discord sends back of it."""
        return cls(cast(discord.ui.Button[discord.ui.View], item), match["command"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answer as if the command had been typed."""
        inbound: Inbound = interaction.client.inbound  # type: ignore[attr-defined]  # set by Gateway
        await inbound.answer(interaction, self._command)
