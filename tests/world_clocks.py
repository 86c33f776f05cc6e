"""The clocks of the world as plain lists of offsets: an oracle for local times that needs no `fold`."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
"""Two years of days."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
_MARGIN = 3 * DAY


@dataclass(frozen=True)
class Offsets:
    """A zone's clock over two years: from each of `starts` (UTC) on it is ahead of UTC by its offset."""

    starts: tuple[datetime, ...]
    offsets: tuple[timedelta, ...]

    def first_showing(self, day: date, at: time) -> datetime:
        """The first instant (UTC) at which the clock shows this local time or, never having shown it, a
        later one."""
        wall = datetime.combine(day, at, UTC)
        ends = (*self.starts[1:], END + 2 * _MARGIN)
        return min(
            max(start, wall - offset)
            for start, end, offset in zip(self.starts, ends, self.offsets, strict=True)
            if max(start, wall - offset) < end
        )

    def date_at(self, moment: datetime) -> date:
        """The local date at an instant."""
        offset = next(
            offset
            for start, offset in zip(reversed(self.starts), reversed(self.offsets), strict=True)
            if start <= moment
        )
        return (moment + offset).date()


def offsets_of(zone: ZoneInfo) -> Offsets:
    """Read a zone's clock once a day, and each minute of the days on which it changes."""
    first = BEGIN - _MARGIN
    starts, offsets = [first], [_offset(zone, first)]
    day = first
    while day < END + _MARGIN:
        while (after := _offset(zone, day + DAY)) != offsets[-1]:
            starts.append(_end_of(zone, offsets[-1], day))
            offsets.append(_offset(zone, starts[-1]))
            assert offsets[-1] == after, f"{zone.key} changes twice within {day.date()}"
        day += DAY
    return Offsets(tuple(starts), tuple(offsets))


def _end_of(zone: ZoneInfo, offset: timedelta, day: datetime) -> datetime:
    """The minute of a day at which an offset ends."""
    minutes = range(DAY // MINUTE)
    return day + MINUTE * bisect_left(
        minutes, True, key=lambda at: _offset(zone, day + MINUTE * at) != offset
    )


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


@cache
def different_clocks() -> dict[Offsets, list[str]]:
    """Every zone that this machine knows, by its clock: those of one clock are told apart by name alone."""
    found: dict[Offsets, list[str]] = {}
    for name in sorted(available_timezones()):
        found.setdefault(offsets_of(ZoneInfo(name)), []).append(name)
    return found
