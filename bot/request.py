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


Later = Callable[[], Awaitable[Message | None]]
"""One more message of an answer that takes its time: some three seconds at most. Never raises."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer, in the order of the messages.

    Args:
        private: only the person who asked may see it.
        later: asked once `messages` are shown; what it gives is shown after them, to the same people and
            as a message of its own, and None is nothing to show. Where a platform cannot add to an answer,
            it is never asked.
    """

    messages: tuple[Message, ...]
    private: bool = True
    later: Later | None = None


Handler = Callable[[Request], Awaitable[Reply]]
"""Answers a request. Never raises: what goes wrong becomes a reply that says so."""

Suggest = Callable[[str], Awaitable[list[str]]]
"""Completes a filter while it is typed: whole filters, best first, 25 at most. Never raises."""
