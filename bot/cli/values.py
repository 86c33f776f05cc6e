"""Values as they are typed on the command line."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import typer

_FIRST_YEAR, _LAST_YEAR = 2000, 2200


def read_date(text: str) -> date:
    """`2026-07-29`. Raises typer.BadParameter."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f'"{text}" is not a date; write year-month-day, for example 2026-07-29'
        ) from None
    return _sane(day)


def read_moment(text: str) -> datetime:
    """`2026-07-29T09:00+02:00`, as UTC; without an offset it is UTC. Raises typer.BadParameter."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f'"{text}" is not a moment; write for example 2026-07-29T09:00:00+02:00'
        ) from None
    _sane(moment.date())
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _sane(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise typer.BadParameter(f"the year {day.year} is out of range; write a day of this century")
    return day


def read_number(text: str) -> int:
    """The number of a subscription. Raises typer.BadParameter."""
    if not text.isdecimal() or len(text) > 18:
        raise typer.BadParameter(f'"{text}" is not a number; `daily-papers subscriptions` shows them')
    return int(text)


def read_filter(words: Iterable[str]) -> str:
    """A filter of several words; one that begins with a minus is no option. Raises typer.BadParameter."""
    text = list(words)
    if strange := next((word for word in text if word.startswith("--")), None):
        raise typer.BadParameter(f'there is no option "{strange}"; to leave a word out, write -word')
    return " ".join(text)
