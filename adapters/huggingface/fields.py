"""One field of foreign JSON each: the value in its right type, or absent. Pure; nothing here raises.

A value of another type is absent, never converted: `"12"` is no number and `1` is no text. Only a whole
float counts as a number, since JSON does not tell 12 from 12.0.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from bot.cleaning import clean

MOST_NUMBER = 2**31 - 1
"""The largest INTEGER that PostgreSQL holds."""
LONGEST_ADDRESS = 2_048
"""Characters; what browsers and chat platforms take."""

# A name or an address in brackets must stand where the host does: no user, no blank, nothing invisible.
_ADDRESS = re.compile(
    r"https?://(?:\w[\w.-]*|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?#][^\s<>\"\\]*)?", re.IGNORECASE
)


def text(value: object, limit: int) -> str | None:
    """Clean text of at most `limit` characters; None where nothing is left."""
    return (clean(value, limit) or None) if isinstance(value, str) else None


def texts(values: object, limit: int, most: int) -> list[str]:
    """The first `most` clean texts of a list, in order, each once."""
    found = (text(value, limit) for value in _listed(values))
    return _first(most, (value for value in found if value))


def names(authors: object, limit: int, most: int) -> list[str]:
    """The names of authors that are not hidden; `[{"name": "A", "hidden": false}]`."""
    shown = [
        author.get("name")
        for author in _listed(authors)
        if isinstance(author, dict) and not author.get("hidden")
    ]
    return texts(shown, limit, most)


def number(value: object) -> int | None:
    """A whole number, at least 0 and at most `MOST_NUMBER`."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return min(max(value, 0), MOST_NUMBER)


def address(value: object) -> str | None:
    """An http or https address with a host, without a user's name."""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS:
        return None
    found = value.strip()
    return found if found.isprintable() and _ADDRESS.fullmatch(found) else None


def addresses(values: object, most: int) -> list[str]:
    """The first `most` addresses of a list, in order, each once."""
    found = (address(value) for value in _listed(values))
    return _first(most, (value for value in found if value))


def moment(value: object) -> datetime | None:
    """An ISO 8601 time as UTC; one without a zone is UTC already."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(value: object) -> date | None:
    """The UTC day of an ISO 8601 time."""
    found = moment(value)
    return found.date() if found else None


def _listed(values: object) -> list[object]:
    return values if isinstance(values, list) else []


def _first(most: int, values: Iterable[str]) -> list[str]:
    kept: dict[str, None] = {}
    for value in values:
        kept[value] = None
        if len(kept) == most:
            break
    return list(kept)
