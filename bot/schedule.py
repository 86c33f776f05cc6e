"""When a subscription is due: local time, zone and weekdays to instants. Pure.

A local time that daylight saving skips moves to the first instant after the gap; one that happens
twice counts the first time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.text import cut
from storage.models import Cadence

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS_TOGETHER = {"weekday": range(5), "weekend": range(5, 7)}
_NO_ZONES = {"localtime", "Factory"}  # files beside the zones: this machine's own, and "not set up"
_NO_PLACES = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
_ECHO = 60
"""Characters of what cannot be read that are repeated."""
_DAYS_HELP = "write weekdays as mon-fri, mon,wed,fri or mon-sun"

_ALL_QUIET = "every day of this schedule is a quiet day; choose other weekdays or quiet days"


class ScheduleError(ValueError):
    """A time, zone or list of weekdays that cannot be read. The text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A time of day in an IANA zone on some weekdays (0 is Monday), at least one."""

    local_time: time
    zone: ZoneInfo
    weekdays: frozenset[int]


class Scheduled(Protocol):
    """Whatever keeps a schedule as text: `storage.models.Subscription`."""

    @property
    def cadence(self) -> Cadence: ...
    @property
    def local_time(self) -> time: ...
    @property
    def zone(self) -> str: ...
    @property
    def weekdays(self) -> str: ...
    @property
    def quiet(self) -> str: ...


def schedule_of(subscription: Scheduled) -> Schedule:
    """The schedule that a row keeps as text, without its quiet days.

    Raises ScheduleError where this machine does not know its zone, or every day of it is quiet.
    """
    try:
        zone = ZoneInfo(subscription.zone)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ScheduleError(f"this machine does not know the time zone {subscription.zone}") from problem
    weekdays = parse_weekdays(subscription.weekdays) - quiet_days(subscription.quiet)
    if not weekdays:
        raise ScheduleError(_ALL_QUIET)
    return Schedule(subscription.local_time, zone, weekdays)


def quiet_days(text: str) -> frozenset[int]:
    """Weekdays as `stored_weekdays` writes them; none where the text is empty."""
    return parse_weekdays(text) if text else frozenset()


def first_not_quiet(day: date, quiet: str) -> date:
    """The first day from `day` on on which somebody wants digests. Raises ScheduleError where that is never.

    Args:
        quiet: as `quiet_days` reads it.
    """
    days = quiet_days(quiet)
    if len(days) == len(WEEKDAYS):
        raise ScheduleError(_ALL_QUIET)
    while day.weekday() in days:
        day += timedelta(days=1)
    return day


def parse_time(text: str) -> time:
    """`09:00`, `9:00`, `8:30 pm`, `9am`. Raises ScheduleError."""
    if found := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip(), re.ASCII):
        return time(int(found[1]), int(found[2]))
    found = re.fullmatch(r"(0?[1-9]|1[0-2])(?::([0-5]\d))?\s*([ap])\.?m\.?", text.strip().lower(), re.ASCII)
    if not found:
        raise ScheduleError(f'"{cut(text, _ECHO)}" is not a time; write hours and minutes, for example 09:00')
    return time(int(found[1]) % 12 + (12 if found[3] == "p" else 0), int(found[2] or 0))


@cache
def zone_names() -> tuple[str, ...]:
    """The zones to choose from, in order: those of a place, and UTC. `parse_zone` reads others too."""
    places = {name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACES)}
    return ("UTC", *sorted(places))


def short_zone(name: str) -> str:
    """`UTC` for its longer name, which servers are set to; any other name as it is."""
    return "UTC" if name == "Etc/UTC" else name


@cache
def _known_zones() -> Mapping[str, str]:
    """Every zone's name by how it is compared."""
    return {name.casefold(): name for name in available_timezones() - _NO_ZONES}


def parse_zone(text: str) -> ZoneInfo:
    """An IANA zone by its name, in any case. Raises ScheduleError."""
    name = _known_zones().get(text.strip().casefold())
    if name is None:
        raise ScheduleError(
            f'"{cut(text, _ECHO)}" is not a time zone; write a name such as Europe/Paris or UTC'
        )
    return ZoneInfo(short_zone(name))


def parse_weekdays(text: str) -> frozenset[int]:
    """`mon-fri`, `mon,wed,fri`, `sat-mon`, `tuesdays and thursdays`, `weekdays`: names by three letters or
    more. Raises ScheduleError."""
    days: set[int] = set()
    for piece in re.split(r",\s*and\s|,|\sand\s", text.casefold().replace("–", "-")):
        if together := _DAYS_TOGETHER.get(piece.strip().removesuffix("s")):
            days.update(together)
            continue
        ends = [_weekday(name.strip()) for name in piece.split("-")]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or first is None or last is None:
            raise ScheduleError(f'"{cut(text, _ECHO)}" is not a list of weekdays; {_DAYS_HELP}')
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(days)


def _weekday(name: str) -> int | None:
    """The number of a weekday that is written out, shortened or in the plural: `tues`, `thursdays`."""
    found = (day for day, full in enumerate(_FULL_NAMES) if len(name) >= 3 and f"{full}s".startswith(name))
    return next(found, None)


def stored_weekdays(weekdays: frozenset[int]) -> str:
    """The canonical text: names in the order of the week, joined by commas; `parse_weekdays` reads it."""
    return ",".join(WEEKDAYS[day] for day in sorted(weekdays))


def short_weekdays(weekdays: frozenset[int]) -> str:
    """As short as it can be typed: `mon-fri`, `mon,wed`; `parse_weekdays` reads it."""
    days = sorted(weekdays)
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{WEEKDAYS[days[0]]}-{WEEKDAYS[days[-1]]}"
    return stored_weekdays(weekdays)


def occurrence(schedule: Schedule, day: date) -> datetime:
    """The instant (UTC) of the schedule's time on a local date, whatever the weekday."""
    local = datetime.combine(day, schedule.local_time, schedule.zone)
    instant = local.astimezone(UTC)
    shifted = instant.astimezone(schedule.zone).replace(tzinfo=None)
    if shifted == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local, schedule.zone)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after the gap that `local` falls into.

    With fold=0 the offset from before the gap applies and with fold=1 the one from after it, so the gap
    ends between the two instants they give; it is found by halving, to the second.
    """
    low, high = sorted(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    after = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (low, middle) if middle.astimezone(zone).utcoffset() == after else (middle, high)
    return high


def date_of(schedule: Schedule, due_at: datetime) -> date:
    """The local date whose occurrence `due_at` is.

    It is the day before the date of that moment where a gap has carried the time past midnight: in Nuuk
    the clocks go from 23:00 to 00:00, so that Saturday's 23:30 comes at the beginning of Sunday.
    """
    day = due_at.astimezone(schedule.zone).date()
    return day if occurrence(schedule, day) <= due_at else day - timedelta(days=1)


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first instant (UTC) of the schedule strictly later than `after`."""
    day = after.astimezone(schedule.zone).date() - timedelta(days=1)
    while True:
        day = next_date(schedule, day)
        instant = occurrence(schedule, day)
        if instant > after:
            return instant


def next_date(schedule: Schedule, after: date) -> date:
    """The first local date of the schedule later than `after`."""
    return _beside(schedule, after, 1)


def previous_date(schedule: Schedule, before: date) -> date:
    """The last local date of the schedule earlier than `before`."""
    return _beside(schedule, before, -1)


def _beside(schedule: Schedule, day: date, step: int) -> date:
    while True:
        day += timedelta(days=step)
        if day.weekday() in schedule.weekdays:
            return day


def latest_due(schedule: Schedule, now: datetime) -> datetime:
    """The last instant (UTC) of the schedule at or before `now`.

    After an outage this is the one occurrence that stands for all that were missed.
    """
    day = now.astimezone(schedule.zone).date() + timedelta(days=2)
    while True:
        day = previous_date(schedule, day)
        instant = occurrence(schedule, day)
        if instant <= now:
            return instant


def after_change(schedule: Schedule, planned_through: date | None, now: datetime) -> date:
    """The local date of the first digest after a schedule was changed at `now` (UTC).

    No date comes twice and none is lost: it is the first one behind those whose digest was decided, be its
    time past already, but never one before today.
    """
    yesterday = now.astimezone(schedule.zone).date() - timedelta(days=1)
    return next_date(schedule, max(planned_through or yesterday, yesterday))
