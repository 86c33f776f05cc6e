"""What a person sets for all of their subscriptions, as it is typed. Pure."""

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
