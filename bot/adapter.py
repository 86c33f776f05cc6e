"""What a chat platform must offer to the core, and how it fails.

    AdapterError
    ├── PlaceGone          this place will not work again: its subscriptions are paused
    ├── InstallationGone   the token is refused: nothing is sent to this installation for a while
    │   └── InstallationRemoved   a workspace has removed us: all that goes there is paused
    ├── RateLimited        later, after `retry_after` seconds
    ├── Temporary          later
    ├── Ambiguous          perhaps sent: `find()`, then decide
    ├── Untraceable        perhaps sent, and `find()` cannot tell: it is not sent again
    └── Rejected           this message will never pass, others will: our bug, or a thread that is gone

A platform is found by the entry-point group `daily_papers.adapters`, which names a `Platform`.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol

from bot.markup import Message, plain
from bot.places import Place
from bot.request import Handler, Suggest
from bot.settings import Settings

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

CLOCKS_DIFFER = timedelta(hours=2)
"""How far our clock may be from a platform's when a message is looked for by the time it was posted."""


class AdapterError(Exception):
    """A platform did not take what was sent. The text says in one sentence what happened and what helps."""


class PlaceGone(AdapterError):
    """The place is gone, archived or closed to us; sending again cannot help until a person acts."""


class InstallationGone(AdapterError):
    """The token is refused: every place behind it is out of reach until a person acts."""


class InstallationRemoved(InstallationGone):
    """There is no token for this workspace, or no longer; all that goes there waits until it is installed
    anew. The workspace of the platform's own token is never removed."""


class RateLimited(AdapterError):
    """Nothing was sent; the platform asks to wait.

    Args:
        retry_after: seconds to wait.
        asked: the platform has refused a call just now; else it was known beforehand, and nothing was called.
        whole: no place of the installation may be called, not this one alone.
    """

    def __init__(self, message: str, retry_after: float, *, asked: bool = True, whole: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.asked = asked
        self.whole = whole


class Temporary(AdapterError):
    """Nothing was sent; the same message may pass later."""


class Ambiguous(AdapterError):
    """No answer came, so the message may have been posted."""


class Untraceable(AdapterError):
    """The platform gives no means to find out whether a message was posted. Raised by `find` alone."""


class Rejected(AdapterError):
    """This message cannot be posted and sending it again cannot help, but others can: the platform calls
    it malformed, which is our bug, or its thread is gone."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform takes: how much one message holds, so that the core can divide (an adapter still cuts
    what is too long), and how fast messages may follow where the platform does not say so itself.

    Args:
        lines: most paper lines (a link and its upvotes) in one message.
        cards: most cards in one message.
        pause: seconds between two messages in one place.
        installation_pause: seconds between two messages in one installation.
        whole: a digest is one message, however much it holds, and nothing is added to it later.
        at_once: calls that one process has under way at the same time; None for as many as are usual. An
            adapter with fewer connections than that says so here, because a message waits for its turn
            before it is written down as being sent, and must not wait afterwards.
    """

    lines: int
    cards: int
    pause: float = 0.0
    installation_pause: float = 0.0
    whole: bool = False
    at_once: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread under a message that was posted before.

    Args:
        ref: what `send` gave for the head.
        title: plain text, for platforms whose threads have names.
    """

    ref: str
    title: str


class Adapter(Protocol):
    """A connection to one platform. Made by `Platform.create`; used by one event loop."""

    name: str
    limits: Limits

    @property
    def routes(self) -> "Sequence[RouteDef]":
        """What the platform calls over HTTP to say what people do; empty where it does not call.

        The same from the making of the adapter on. The process serves them, see `bot.entrance`; they answer
        503 while the adapter does not listen.
        """

    async def start(self, handle: Handler | None, suggest: Suggest | None = None) -> None:
        """Connect. With a handler, also listen for commands and answer them; without, only send.

        Args:
            suggest: completes filters, for platforms that ask while somebody types.

        Raises InstallationGone where the token is refused, Temporary where the platform is out of reach.
        """

    async def wait(self) -> None:
        """Return when the listening has ended for good: the console's input is at its end.

        Raises an AdapterError where the platform ended it (a token was revoked). Waits for ever otherwise.
        """

    async def stop(self) -> None:
        """Disconnect. Safe to call twice, and after a failed start."""

    async def send(self, place: Place, message: Message, key: str, thread: Thread | None = None) -> str:
        """Post one message and return its reference, a string that only this adapter reads.

        Args:
            key: names this message, at most 25 characters of [0-9a-z.-]; posting one key twice within
                minutes gives one message where the platform can tell.
            thread: reply in this thread, which is opened first where it is not there yet.

        Raises an AdapterError of the tree above, and nothing else for what a platform answers.
        """

    async def edit(self, place: Place, ref: str, message: Message) -> None:
        """Replace a message that `send` posted. Raises as `send` does."""

    async def find(
        self, place: Place, key: str, thread: Thread | None = None, since: datetime | None = None
    ) -> str | None:
        """The reference of the message that was posted under `key`, or None if it was not.

        Looks at the messages of the place or the thread back to `since` (UTC), when it was first about to be
        posted, and `CLOCKS_DIFFER` further. Raises as `send` does, and Untraceable.
        """


Gate = Callable[[], Awaitable[None]]
"""Returns when a call may be made. Raises Temporary."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The bot in one workspace, with a token of its own.

    Args:
        name: the platform's identifier of the workspace: `Place.installation` of its places.
        bot: the platform's identifier of the bot there.
        title: what people call the workspace.
        enterprise: the organisation that the workspace is part of, if it is.
    """

    platform: str
    name: str
    token: str = field(repr=False)
    bot: str = ""
    title: str = ""
    enterprise: str = ""


class Workspaces(Protocol):
    """The workspaces that have a token of their own. Every method raises Temporary where the database cannot
    be used."""

    @property
    def open(self) -> bool:
        """Whether there can be any: their tokens are sealed with DAILY_PAPERS_SECRET."""

    async def keep(self, installed: Installed) -> int:
        """Keep a workspace, or its new token, and take up again what was paused when it was removed; how
        many subscriptions that are. Raises InstallationGone where `open` is False."""

    async def installed(self, platform: str, name: str) -> Installed:
        """The workspace with its token. Raises InstallationRemoved where there is none, and InstallationGone
        where the token cannot be opened; both say what helps."""

    async def remove(
        self, platform: str, name: str, token: str | None = None, before: datetime | None = None
    ) -> bool:
        """Forget the token and pause all that goes there; whether there is no token any more.

        Args:
            token: only if it is still this one.
            before: only if it was not installed later than that (UTC).
        """


@dataclass(frozen=True, slots=True)
class Shared:
    """What the adapters of a process are handed beside the settings.

    Args:
        budget: a gate that lets through so many calls a second, over all processes that name it so.
        workspaces: those that have a token of their own.
    """

    budget: Callable[[str, float], Gate]
    workspaces: Workspaces


Guide = Callable[[Settings, str | None], str]
"""Gives a text to paste or a link to open; its second argument is the bot's public address, if it has one.
Raises ValueError that says what is missing."""


@dataclass(frozen=True, slots=True)
class Platform:
    """What an entry point names: facts that cost no import, and the way to an adapter.

    Args:
        name: as written before the colon of a place.
        address: pattern of what stands behind the colon; matched whole.
        example: a place or two, as a person would write them, for error messages.
        limits: how much one message holds.
        missing: which settings must be set before `create`; empty when it is configured.
        create: imports the platform's library and makes an unconnected adapter.
        preview: what the platform would be sent for a message, as JSON; imports no platform library.
        normal: the one way to write an address that matches the pattern. Raises ValueError with a sentence
            that says what is wrong with one that is none after all.
        guides: texts that help to set the platform up, by the name of their command: `slack manifest`.
        recognise: asks the platform what a token is of, for one that somebody pastes. Raises an AdapterError.
        listens: whether `run` starts it unasked; the console belongs to the terminal and does not.
    """

    name: str
    address: re.Pattern[str]
    example: str
    limits: Limits
    missing: Callable[[Settings], list[str]]
    create: Callable[[Settings, Shared], Adapter]
    preview: Callable[[Message], Any] = plain
    normal: Callable[[str], str] = str
    guides: Mapping[str, Guide] = field(default_factory=dict)
    recognise: Callable[[Settings, str], Awaitable[Installed]] | None = None
    listens: bool = True


def platforms() -> dict[str, Platform]:
    """All installed platforms by name. Imports their descriptions, not their libraries."""
    return {found.name: found.load() for found in entry_points(group="daily_papers.adapters")}
