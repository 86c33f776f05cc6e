"""The terminal as a chat platform: it needs no token and is the newcomer's first adapter."""

import re

from bot.adapter import Adapter, Limits, Platform, Shared
from bot.settings import Settings


def _missing(settings: Settings) -> list[str]:
    return []


def _create(settings: Settings, shared: Shared) -> Adapter:
    from adapters.console.app import ConsoleAdapter

    return ConsoleAdapter()


PLATFORM = Platform(
    name="console",
    address=re.compile(""),
    example="console:",
    limits=Limits(lines=1000, cards=1000),
    missing=_missing,
    create=_create,
    listens=False,
)
