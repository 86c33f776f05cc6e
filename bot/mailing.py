"""What all that concerns mailboxes shares: the platform that sends to them, and what their owners ask."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.links import LinkError, LinkExpired, Links
from bot.messages.mailboxes import link_is_void
from bot.places import Place
from bot.request import Refusal, Reply, Request

PLATFORM = "email"
"""Mail, as a place names it."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """What mailboxes need to know of the platform that sends to them.

    Args:
        place: reads a place; raises PlaceError.
        missing: what must be set before the platform can send, in a sentence; None where nothing is missing.
        links: None where PUBLIC_URL or DAILY_PAPERS_SECRET is not set.
    """

    place: Callable[[str], Place]
    missing: Callable[[str], str | None]
    links: Links | None

    def signer(self) -> Links:
        """Raises LinkError where there is none."""
        if self.links is None:
            raise LinkError("This bot has no links: PUBLIC_URL and DAILY_PAPERS_SECRET are not set.")
        return self.links


def request_of(
    place: Place,
    now: datetime,
    text: str = "",
    fields: Mapping[str, str] | None = None,
    file: str | None = None,
    opened: bool = False,
) -> Request:
    """What the owner of a mailbox asks, in their mailbox."""
    return Request(text, place, place.person, now, place, fields=fields, file=file, opened=opened)


def void(problem: LinkError) -> Reply:
    """A link does nothing."""
    gone = isinstance(problem, LinkExpired)
    return Reply((link_is_void(str(problem)),), refusal=Refusal.GONE if gone else Refusal.UNKNOWN)


def new_generation() -> int:
    return secrets.randbelow(2**31 - 1) + 1
