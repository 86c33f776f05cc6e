"""An interaction → a Request, and the Reply → Discord's answer to the interaction."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import discord

from adapters.discord.answering import Answering
from adapters.discord.asker import InteractionAsker
from adapters.discord.choices import filters
from adapters.discord.files import Files
from adapters.discord.modal import FORM_WITHIN, command_in, fields_in
from adapters.discord.rest import Rest
from bot.forms import Form
from bot.places import Place
from bot.request import Handler, Reply, Request, Suggest


class Inbound:
    """Answers interactions: acknowledges at once, for Discord waits 3 seconds, and then works.

    Args:
        files: reads what somebody hands in.
        suggest: completes filters; without it nothing is offered.
        now: UTC.
        form_within: seconds that a form may take.
    """

    def __init__(
        self,
        rest: Rest,
        files: Files,
        handle: Handler,
        suggest: Suggest | None,
        now: Callable[[], datetime],
        form_within: float = FORM_WITHIN,
    ) -> None:
        self._rest = rest
        self._files = files
        self._handle = handle
        self._suggest = suggest
        self._now = now
        self._form_within = form_within
        self._running: set[asyncio.Task[None]] = set()

    async def answer(
        self,
        interaction: discord.Interaction,
        text: str,
        fields: Mapping[str, str] | None = None,
        handed_in: discord.Attachment | None = None,
    ) -> None:
        """Answer `/papers <text>` to the person who asked.

        Args:
            fields: what was given with it, by the names of `bot.request.Request.fields`.
            handed_in: a file that came with it.
        """
        with self._cut_off_by_stop():
            answering = Answering(self._rest, interaction)
            if await answering.acknowledge():
                file = await self._files.text(handed_in.url, handed_in.size) if handed_in else None
                request = request_of(interaction, text, self._now(), fields, file)
                await answering.show(self._handle(request))

    async def answer_with_form(self, interaction: discord.Interaction, text: str) -> None:
        """The same for what may be answered with a form, which must be the first thing that is said.

        Where there is none, or not in time, the messages are shown.
        """
        with self._cut_off_by_stop():
            answering = Answering(self._rest, interaction)
            request = request_of(interaction, text, self._now())
            replying = asyncio.ensure_future(self._handle(request))
            try:
                form = await self._form_in_time(replying)
                opened = form is not None and await answering.open(form)
                if not opened and await answering.acknowledge():
                    await answering.show(replying)
            finally:
                replying.cancel()

    async def submitted(self, interaction: discord.Interaction) -> None:
        """Answer a form that was filled in. One that is none of ours is left alone."""
        data: Mapping[str, object] = dict(interaction.data or {})
        command = command_in(data.get("custom_id"))
        if command is not None:
            await self.answer(interaction, command, fields_in(data))

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

    async def _form_in_time(self, replying: asyncio.Future[Reply]) -> Form | None:
        await asyncio.wait({replying}, timeout=self._form_within)
        if not replying.done() or replying.exception() is not None:
            return None
        return replying.result().form


def request_of(
    interaction: discord.Interaction,
    text: str,
    now: datetime,
    fields: Mapping[str, str] | None = None,
    file: str | None = None,
) -> Request:
    """Who asks comes from Discord. A direct message with the bot is a place of its own; any other
    channel, a group of friends included, is its channel."""
    person = str(interaction.user.id)
    direct = Place("discord", f"@{person}")
    in_dm = interaction.guild_id is None and not interaction.context.private_channel
    here = in_dm or interaction.channel_id is None
    place = direct if here else Place("discord", str(interaction.channel_id))
    return Request(text, place, person, now, direct, InteractionAsker(interaction), fields, file)
