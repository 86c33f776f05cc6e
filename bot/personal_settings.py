"""What a person sets for all of their subscriptions, as it is typed. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.schedule import ScheduleError, parse_time, parse_weekdays, parse_zone, stored_weekdays

_NO_DAYS = ("", "none", "off", "no", "-")


class SettingError(ValueError):
    """A setting that cannot be read. The text says what to write instead.

    Args:
        field: which setting.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def settings_in(text: str) -> dict[str, str]:
    """What a typed line says, by the settings' names: `zone Europe/Paris, time 08:30`, commas or none.

    Where it begins with no setting, its first word is taken for the name of one.

    Raises SettingError where one is said twice.
    """
    before, *named = _NAMED.split(text.strip())
    if before:
        name, _, value = before.partition(" ")
        return {name.casefold(): value.strip()}
    said: dict[str, str] = {}
    for name, value in zip(map(str.casefold, named[::2]), named[1::2], strict=True):
        if name in said:
            raise SettingError(f"{name} is said twice; keep one of them", name)
        said[name] = value.strip(" ,")
    return said


def read_settings(said: Mapping[str, str], in_form: bool) -> dict[str, Any]:
    """The columns that settings are kept in, by the settings' names. Raises SettingError.

    Args:
        in_form: empty quiet days say that there are none; else what is empty says nothing.
    """
    read = {}
    for field, text in said.items():
        if text.strip() or (in_form and field == "quiet"):
            try:
                read[field] = _READERS[field](text)
            except ScheduleError as problem:
                raise SettingError(str(problem), field) from problem
    return read


def _quiet(text: str) -> str:
    if text.strip().casefold() in _NO_DAYS:
        return ""
    return stored_weekdays(parse_weekdays(text))


_READERS: dict[str, Callable[[str], Any]] = {
    "zone": lambda text: parse_zone(text).key,
    "time": parse_time,
    "quiet": _quiet,
}
SETTINGS = frozenset(_READERS)
_NAMED = re.compile(rf"(?:^|[\s,]+)({'|'.join(_READERS)})(?!\S)", re.IGNORECASE)
