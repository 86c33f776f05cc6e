"""What a web site must offer to the core, and what the core offers it.

A site is found by the entry-point group `daily_papers.sites`, which names a `SiteKind`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol

from bot.clock import Clock
from bot.feeds import Feeds
from bot.mailboxes import Mailboxes
from bot.markup import Message
from bot.opt_ins import OptIns
from bot.pages import Pages
from bot.request import Handler
from bot.settings import Settings
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp.web import RouteDef

__all__ = ["DatabaseError", "Services", "Site", "SiteKind", "sites"]


class Site(Protocol):
    """Pages for whoever comes. Made by `SiteKind.create`; used by one event loop."""

    name: str

    @property
    def routes(self) -> "Sequence[RouteDef]":
        """What an `Entrance` serves, behind the routes of everybody else."""

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""


@dataclass(frozen=True, slots=True)
class Services:
    """What a site may ask.

    Args:
        mailboxes: read the links in mails.
        handle: answers what the owner of a mailbox asks.
        previews: what a platform would be sent for a message, as JSON, by the platform's name.
        sign_up: takes who wants digests by email; None where none can be sent.
        mail_problem: why nobody is taken though a mail server is named, in a clause for whoever runs the bot.
    """

    pages: Pages
    feeds: Feeds
    clock: Clock
    mailboxes: Mailboxes
    handle: Handler
    previews: Mapping[str, Callable[[Message], Any]] = field(default_factory=dict)
    sign_up: OptIns | None = None
    mail_problem: str | None = None


@dataclass(frozen=True, slots=True)
class SiteKind:
    """What an entry point names: facts that cost no import, and the way to a site.

    Args:
        create: imports what the site needs; it asks for nothing yet.
    """

    name: str
    create: Callable[[Settings, Services], Site]


def sites() -> dict[str, SiteKind]:
    """All installed sites by name. Imports their descriptions, not their libraries."""
    return {found.name: found.load() for found in entry_points(group="daily_papers.sites")}
