"""Days as a filter has them: a date, or an age that is counted from the day on which one asks."""

import re
from calendar import monthrange
from datetime import date, timedelta

from bot.filters.syntax import Age, Unit

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_AGE = re.compile(r"(\d{1,4})([dwm])", re.ASCII)
_LIKE_DATE = re.compile(r"(\d{4})([-/.]?)(\d{1,2})(?:\2(\d{1,2}))?", re.ASCII)
_LIKE_AGE = re.compile(r"-?(\d{1,4})\s*(d|w|m|y)[a-z]*", re.ASCII)
_WORDS = {"today": "0d", "now": "0d", "yesterday": "1d", "week": "1w", "month": "1m", "year": "12m"}


def read_day(typed: str) -> date | Age | None:
    """The day or age that `typed` is in the right form; None for anything else, a date that no calendar
    has included."""
    if found := _AGE.fullmatch(typed.lower()):
        return Age(int(found[1]), Unit(found[2]))
    if found := _DATE.fullmatch(typed):
        return _date(*map(int, found.groups()))
    return None


def is_date(typed: str) -> bool:
    """Whether `typed` has the form of a date, be it one or not."""
    return _DATE.fullmatch(typed) is not None


def meant_day(typed: str) -> str | None:
    """The right form of what was probably meant: `14d` for `14 days`, `2026-07-01` for `2026/7/1`."""
    typed = typed.lower().strip()
    if typed in _WORDS:
        return _WORDS[typed]
    if found := _LIKE_AGE.fullmatch(typed):
        count, unit = int(found[1]), found[2]
        written = f"{count * 12}m" if unit == "y" else f"{count}{unit}"
        return written if read_day(written) else None
    if found := _LIKE_DATE.fullmatch(typed):
        day = _date(int(found[1]), int(found[3]), int(found[4] or 1))
        return day.isoformat() if day else None
    return None


def resolve(value: date | Age, today: date) -> date:
    """The day that is meant when one asks on `today`. A month ago is the same day of that month, or its
    last one. Nothing lies before the first day of the calendar."""
    if not isinstance(value, Age):
        return value
    if value.unit is Unit.MONTHS:
        return _months_before(today, value.count)
    days = value.count * (7 if value.unit is Unit.WEEKS else 1)
    return today - timedelta(days=min(days, today.toordinal() - 1))


def _months_before(today: date, count: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
