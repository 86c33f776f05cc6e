"""A typed line → a request, or what else it means. Pure but for asking who sits here."""

import getpass
import re
import zoneinfo
from collections.abc import Collection
from datetime import datetime
from enum import Enum, auto

from bot.markup import Message, Span, line
from bot.places import Place
from bot.request import Request
from bot.text import cut, one_line

PLACE = Place("console", "")
HINT = Message(
    lines=(
        line(
            "Type ",
            Span("/papers", code=True),
            " for today's list, ",
            Span("/papers help", code=True),
            " for the rest, ",
            Span("quit", code=True),
            " to leave.",
        ),
    )
)

_COMMAND = re.compile(r"/?papers(?:\s+(?P<text>.*))?", re.IGNORECASE | re.DOTALL)
_NAME_LIMIT = 64


class Meaning(Enum):
    """What a line means that is no request."""

    NOTHING = auto()
    END = auto()
    UNKNOWN = auto()


class Sitting:
    """The `bot.request.Asker` at the terminal: the machine's time zone is theirs, and so is the place."""

    zone_source = "this machine"

    async def zone(self) -> str | None:
        """The machine's; None where it is set in a way that has no IANA name."""
        import tzlocal

        try:
            return zoneinfo.ZoneInfo(tzlocal.get_localzone_name()).key
        except Exception:  # whatever stands in TZ and in the machine's own files
            return None

    async def manages(self) -> bool:
        """There is nobody else."""
        return True

    async def sees(self, addresses: Collection[str]) -> set[str]:
        """There are no channels."""
        return set()


def read(typed: str, person: str, now: datetime) -> Request | Meaning:
    """`/papers …` or `papers …` is a request; `quit` and `exit` end; an empty line is nothing.

    Args:
        typed: one line, with or without its line end.
        person: who sits at the terminal.
        now: UTC.
    """
    typed = typed.strip()
    if found := _COMMAND.fullmatch(typed):
        return Request(found["text"] or "", PLACE, person, now, direct=PLACE, asker=Sitting())
    if not typed:
        return Meaning.NOTHING
    return Meaning.END if typed.lower() in ("quit", "exit") else Meaning.UNKNOWN


def person_here() -> str:
    """The operating system's name of the user; `terminal` where it has none, as in some containers."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):
        name = ""
    return cut(one_line(name), _NAME_LIMIT) or "terminal"
