"""What is offered while somebody types an option of a command. Pure, but for asking."""

import asyncio
import re
import zoneinfo
from datetime import date, timedelta
from functools import cache

from bot.logs import log
from bot.messages.words import day_name
from bot.request import Suggest

_MOST = 25
_LONGEST = 100  # characters, of what is shown and of what it stands for
_PATIENCE = 2.0  # seconds; Discord waits for three
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
# Round the world from west to east: what is offered before anything is typed, and first among equals.
_KNOWN = (
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/Denver",
    "America/Mexico_City",
    "America/Chicago",
    "America/New_York",
    "America/Toronto",
    "America/Argentina/Buenos_Aires",
    "America/Sao_Paulo",
    "UTC",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Europe/Istanbul",
    "Asia/Jerusalem",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)
# Names of IANA that stand for no place: the signs of Etc/GMT+5 are the wrong way round for people.
_NO_PLACES = re.compile(r"Etc/.*|Factory|localtime|posixrules|[A-Z]{3}[0-9][A-Z]{3}|(?:posix|right)/.*")


def days(today: date, typed: str) -> list[tuple[str, str]]:
    """The latest 25 days that fit what was typed so far, newest first: (`Wed 29 Jul 2026`, `2026-07-29`)."""
    latest = [today - timedelta(days=back) for back in range(_MOST)]
    named = [(day_name(day), day.isoformat()) for day in latest]
    wanted = typed.strip().lower()
    return [(name, value) for name, value in named if wanted in f"{name} {value}".lower()]


def zones(typed: str) -> list[str]:
    """At most 25 names of IANA time zones that fit what was typed so far, whatever its capitals and blanks.

    Those whose city begins so come before those that hold it anywhere, well-known ones before others.
    """
    wanted = _plain(typed)
    fitting = [
        (not city.startswith(wanted), rank, name) for rank, name, plain, city in _zones() if wanted in plain
    ]
    return [name for _, _, name in sorted(fitting)[:_MOST]]


@cache
def _zones() -> list[tuple[int, str, str, str]]:
    """Every place: how well it is known (0 is best), its name, and that and its city as they are compared."""
    names = [name for name in zoneinfo.available_timezones() if not _NO_PLACES.fullmatch(name)]
    known = {name: rank for rank, name in enumerate(_KNOWN)}
    older = len(_KNOWN) + 1  # names without an area, such as Japan, are older ones of the same places
    ranks = {name: known.get(name, len(_KNOWN) if "/" in name else older) for name in names}
    return [(ranks[name], name, _plain(name), _plain(name.rpartition("/")[2])) for name in names]


def _plain(text: str) -> str:
    return _BETWEEN_WORDS.sub("", text.casefold())


async def filters(suggest: Suggest, typed: str, patience: float = _PATIENCE) -> list[str]:
    """What completes a filter, as far as Discord takes it: for one bad choice it would refuse them all.

    Args:
        patience: seconds; nothing is offered after them.
    """
    try:
        async with asyncio.timeout(patience):
            found = await suggest(typed)
    except Exception as error:
        # No traceback: it may quote what the person typed.
        log.warning("suggestions_failed", platform="discord", error=type(error).__name__)
        return []
    fitting = [text for text in found if text.strip() and len(text) <= _LONGEST]
    return list(dict.fromkeys(fitting))[:_MOST]
