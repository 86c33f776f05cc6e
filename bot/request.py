"""The seam between a platform and the commands: a Request goes in, a Reply comes out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.markup import Message
from bot.places import Place


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asked something with `/papers`, by typing or by clicking a button.

    Args:
        text: what stands behind `/papers`, as typed.
        place: where it was asked.
        person: the platform's identifier of who asked; it comes from the platform, never from the text.
        now: when (UTC).
    """

    text: str
    place: Place
    person: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer, in the order of the messages.

    Args:
        private: only the person who asked may see it.
    """

    messages: tuple[Message, ...]
    private: bool = True


Handler = Callable[[Request], Awaitable[Reply]]
"""Answers a request. Never raises: what goes wrong becomes a reply that says so."""
