"""One interaction and what is answered to it: the acknowledgement, a form, or messages."""

import traceback
from collections.abc import Awaitable

import aiohttp
import discord

from adapters.discord.modal import modal
from adapters.discord.render import Payload, render
from adapters.discord.rest import Rest
from adapters.discord.sharing import not_posted, require_posting
from bot.adapter import AdapterError
from bot.forms import Form
from bot.logs import log
from bot.markup import Attachment
from bot.messages.answers import mishap
from bot.request import Reply

_EPHEMERAL = 1 << 6
_MODAL = 9  # https://discord.com/developers/docs/interactions/receiving-and-responding
_MESSAGES = 5  # what Discord lets an app say where only the person has installed it


class Answering:
    """Answers one interaction; what Discord refuses becomes a line of the log.

    A button on a message that only this person sees changes that message; anything else opens a new answer.
    What all may see comes as a new message in either case.
    """

    def __init__(self, rest: Rest, interaction: discord.Interaction) -> None:
        self._rest = rest
        self._interaction = interaction
        self._webhook = f"/webhooks/{interaction.application_id}/{interaction.token}"
        clicked = interaction.message
        self._on_own_message = clicked is not None and clicked.flags.ephemeral

    async def acknowledge(self) -> bool:
        """Whether Discord took it; it refuses when three seconds have passed."""
        try:
            if self._on_own_message:
                await self._interaction.response.defer()
            else:
                await self._interaction.response.defer(ephemeral=True, thinking=True)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("request_not_acknowledged", platform="discord", reason=type(error).__name__)
            return False
        return True

    async def open(self, form: Form) -> bool:
        """Whether the form is shown; only an interaction that was not acknowledged can show one."""
        shown = modal(form)
        if shown is None:
            return False
        path = f"/interactions/{self._interaction.id}/{self._interaction.token}/callback"
        try:
            await self._rest.request("POST", path, {"type": _MODAL, "data": shown})
        except AdapterError as error:
            log.warning("form_not_shown", platform="discord", reason=str(error))
            return False
        return True

    async def show(self, replying: Awaitable[Reply]) -> None:
        """The messages of the reply, once it is there, and then what comes later. Never raises."""
        try:
            reply = await replying
            shown = [render(message) for message in reply.messages[:_MESSAGES]]
        except Exception as bug:
            # The handler never raises, so a message could not be rendered.
            _log_bug(bug)
            reply, shown = Reply(()), [render(mishap())]
        try:
            await self._respond(shown, reply)
            if reply.later and (further := await reply.later()):
                await self._add([render(further)], reply.private)
        except AdapterError as error:
            log.warning("answer_lost", platform="discord", reason=str(error))
        except Exception as bug:
            _log_bug(bug)

    async def _respond(self, shown: list[Payload], reply: Reply) -> None:
        """What was wrong in a form stands under the message with its button, to open it again."""
        changes = reply.private and shown and not (self._on_own_message and reply.errors)
        original = f"{self._webhook}/messages/@original"
        if changes:
            file = reply.attachment if len(shown) == 1 else None
            await self._rest.request("PATCH", original, shown[0], file=file)
            shown = shown[1:]
        elif not self._on_own_message:
            # The acknowledgement was private and its message stays so; what all may see comes anew.
            await self._rest.request("DELETE", original)
        await self._add(shown, reply.private, reply.attachment)

    async def _add(self, shown: list[Payload], private: bool, file: Attachment | None = None) -> None:
        """Further messages; where one for all cannot be posted, the person is told."""
        if private:
            await self._follow_up(shown, _EPHEMERAL, file)
            return
        try:
            require_posting(self._interaction)
            await self._follow_up(shown, 0, file)
        except AdapterError as error:
            log.warning("answer_not_posted", platform="discord", reason=str(error))
            await self._follow_up([render(not_posted(error))], _EPHEMERAL)

    async def _follow_up(self, shown: list[Payload], flags: int, file: Attachment | None = None) -> None:
        for left, payload in zip(reversed(range(len(shown))), shown, strict=True):
            body, last = payload | {"flags": flags}, left == 0
            await self._rest.request("POST", self._webhook, body, creates=True, file=file if last else None)


def _log_bug(bug: Exception) -> None:
    """The error's own words may quote what the person typed; the lines of code do not."""
    stack = "".join(traceback.format_tb(bug.__traceback__))
    log.error("answer_failed", platform="discord", error=type(bug).__name__, stack=stack)
