"""What a conversation needs of a platform, and what all platforms share."""

import html
import re
from collections.abc import Mapping
from typing import ClassVar, Protocol

from bot.request import Handler, Reply, Request

ZONE = "Europe/Paris"
"""Where everybody is, as far as the platform knows it."""


class Chat(Protocol):
    """One platform. `who` is a name of the script: `you`, `ana` (anybody else), `boss` (who manages the
    channel); `stranger` bears your identifier in another workspace.

    Args:
        elsewhere: in another channel.
    """

    name: ClassVar[str]
    people: ClassVar[Mapping[str, str]]

    async def start(self, handle: Handler) -> None: ...
    async def stop(self) -> None: ...
    async def say(self, who: str, text: str, elsewhere: bool = False) -> None:
        """Type `/papers <text>`, and read the answer."""

    async def click(self, who: str, label: str) -> None:
        """Click the newest button with that label that this person sees."""

    async def fill_in(self, who: str, typed: dict[str, str]) -> None:
        """Fill in the form that this person sees."""

    async def forge(self, who: str, command: str, elsewhere: bool = False) -> None:
        """Click a button that somebody else was shown."""

    async def fill_in_of(self, who: str, owner: str, typed: dict[str, str]) -> None:
        """Fill in the form that somebody else sees."""

    def command(self, who: str, label: str) -> str:
        """The command behind the newest button with that label."""

    def seen(self, who: str) -> str:
        """What the last answer to this person says, on one line and without the platform's markup."""

    def knows(self, who: str) -> str:
        """The person as `bot.request.Request.who`."""


class Heard:
    """A handler that keeps what it answered last, so that it is known when all of that is on the screen."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self.reply: Reply | None = None

    async def __call__(self, request: Request) -> Reply:
        self.reply = await self._handle(request)
        return self.reply

    @property
    def form(self) -> bool:
        return self.reply is not None and self.reply.form is not None

    def is_said(self, messages: int) -> bool:
        """Whether that many messages are all of it."""
        return self.reply is not None and messages >= len(self.reply.messages)


def bare(text: str) -> str:
    """Text on one line, without the marks of Slack and of Discord."""
    text = re.sub(r"<https?://[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\(<?https?://[^)]*\)", r"\1", text)
    text = re.sub(r"[*`_─\\\u200b\u2060]", "", html.unescape(text))
    return " ".join(text.split())
