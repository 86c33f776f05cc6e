"""Days as people say them, from the day on which they do: `yesterday`, `monday`, `7d`, `next week`. Pure."""

import re
from datetime import date, timedelta

from bot.filters.days import read_day, resolve
from bot.schedule import ScheduleError, parse_weekdays

_ONE_DAY = timedelta(days=1)
_BESIDE = {"yesterday": -_ONE_DAY, "today": timedelta(0), "tomorrow": _ONE_DAY}
_AGE = re.compile(r"(\d{1,4})\s*([dwm])(?:ays?|eeks?|onths?)?(?:\s+ago)?", re.ASCII)
_NAME = re.compile(r"[a-z]+day|[a-z]{3}")


def parse_day(text: str, today: date, ahead: bool = False) -> date | None:
    """The day that is meant, or None where that is not certain.

    Args:
        ahead: it is one to come, so that `monday` is the next one, and not the last one before today.
    """
    said = " ".join(text.casefold().split())
    try:
        return date.fromisoformat(said.upper())
    except ValueError:
        pass
    if said in _BESIDE:
        return today + _BESIDE[said]
    return _ahead(said, today) if ahead else _behind(said, today)


def first_day_in(text: str, today: date) -> tuple[date | None, str]:
    """The day that a text begins with, at most three words of it, and what stands behind."""
    words = text.split()
    for count in range(min(len(words), 3), 0, -1):
        if day := parse_day(" ".join(words[:count]), today):
            return day, " ".join(words[count:])
    return None, text


def _behind(said: str, today: date) -> date | None:
    if found := _AGE.fullmatch(said):
        age = read_day(found[1] + found[2])
        return resolve(age, today) if age else None
    if said == "last week":
        return today - timedelta(days=today.weekday() + 7)
    if said == "last month":
        return (today.replace(day=1) - _ONE_DAY).replace(day=1)
    weekday = _weekday(said.removeprefix("last "))
    return None if weekday is None else today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def _ahead(said: str, today: date) -> date | None:
    if said == "next week":
        return today + timedelta(days=7 - today.weekday())
    if said == "next month":
        return (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    weekday = _weekday(said)  # "next friday" is another one to each of two people
    return None if weekday is None else today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _weekday(name: str) -> int | None:
    """The number of one weekday; None for several, such as `mondays`."""
    try:
        days = parse_weekdays(name) if _NAME.fullmatch(name) else frozenset[int]()
    except ScheduleError:
        return None
    return next(iter(days)) if len(days) == 1 else None
