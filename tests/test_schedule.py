"""Local times become instants, whatever the clocks of a zone do."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule import (
    WEEKDAYS,
    Schedule,
    ScheduleError,
    date_of,
    latest_due,
    next_due,
    occurrence,
    parse_time,
    parse_weekdays,
    parse_zone,
    stored_weekdays,
)

EVERY_DAY = frozenset(range(7))
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
HOSTILE_TIMES = (time(0), time(2, 30), time(23, 30), time(23, 59))
MINUTE = timedelta(minutes=1)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def paris(text: str, weekdays: frozenset[int] = EVERY_DAY) -> Schedule:
    return Schedule(parse_time(text), ZoneInfo("Europe/Paris"), weekdays)


Change = tuple[datetime, timedelta | None, timedelta | None]


def clock_changes(zone: ZoneInfo) -> Iterator[Change]:
    """When the zone's clocks change in two years (UTC, to the minute), with the offsets before and after."""
    step = timedelta(days=1)
    day, before = BEGIN, BEGIN.astimezone(zone).utcoffset()
    while day < END:
        after = (day + step).astimezone(zone).utcoffset()
        if after != before:
            minutes = range(step // MINUTE + 1)
            later = bisect_left(
                minutes, True, key=lambda at: (day + MINUTE * at).astimezone(zone).utcoffset() == after
            )
            yield day + MINUTE * later, before, after
        day, before = day + step, after


class Minutes:
    """A wall clock that is read every minute of some days: slow, and certainly right."""

    def __init__(self, zone: ZoneInfo, first: datetime, last: datetime) -> None:
        self.instants = [first + MINUTE * step for step in range((last - first) // MINUTE)]
        walls = (instant.astimezone(zone).replace(tzinfo=None) for instant in self.instants)
        self._latest = list(accumulate(walls, max))

    def first_showing(self, wall: datetime) -> datetime:
        """The first instant at which the clock shows this time, or a later one if it never shows this."""
        return self.instants[bisect_left(self._latest, wall)]


def test_every_zone_of_the_world_agrees_with_a_clock_that_is_read_every_minute() -> None:
    names = available_timezones()
    different = {tuple(clock_changes(ZoneInfo(name))): ZoneInfo(name) for name in sorted(names)}
    wrong = []
    for changes, zone in different.items():
        for change, _, _ in changes:
            days = [change.date() + timedelta(days=step) for step in (-1, 0, 1)]
            clock = Minutes(zone, change - timedelta(days=3), change + timedelta(days=3))
            for at in HOSTILE_TIMES:
                schedule = Schedule(at, zone, EVERY_DAY)
                expected = [clock.first_showing(datetime.combine(day, at)) for day in days]
                if (found := due_times(schedule, days)) != (expected, days):
                    wrong.append((zone.key, at, found, expected))
    assert len(names) > 400
    assert len(different) > 20
    assert not wrong


def due_times(schedule: Schedule, days: list[date]) -> tuple[list[datetime], list[date]]:
    """The instants that `next_due` gives from the first day on, and the local dates that they stand for."""
    instants = [occurrence(schedule, days[0])]
    while len(instants) < len(days):
        instants.append(next_due(schedule, instants[-1]))
    return instants, [date_of(schedule, instant) for instant in instants]


@pytest.mark.parametrize(
    ("zone", "day", "at", "due"),
    [
        pytest.param("Europe/Paris", "2026-07-29", "09:00", "2026-07-29T07:00Z", id="summer"),
        pytest.param("Europe/Paris", "2026-12-01", "09:00", "2026-12-01T08:00Z", id="winter"),
        pytest.param("Europe/Paris", "2026-03-29", "02:30", "2026-03-29T01:00Z", id="skipped"),
        pytest.param("Europe/Paris", "2026-03-29", "02:00", "2026-03-29T01:00Z", id="first-skipped"),
        pytest.param("Europe/Paris", "2026-03-29", "03:00", "2026-03-29T01:00Z", id="first-after-the-gap"),
        pytest.param("Europe/Paris", "2026-10-25", "02:30", "2026-10-25T00:30Z", id="doubled"),
        pytest.param("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30Z", id="half-hour-gap"),
        pytest.param("America/Nuuk", "2026-03-28", "23:30", "2026-03-29T01:00Z", id="gap-before-midnight"),
        pytest.param("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23T22:00Z", id="gap-after-midnight"),
        pytest.param("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00Z", id="a-day-that-never-was"),
        pytest.param("Pacific/Kiritimati", "2026-07-29", "09:00", "2026-07-28T19:00Z", id="utc+14"),
        pytest.param("Asia/Kathmandu", "2026-07-29", "09:00", "2026-07-29T03:15Z", id="quarter-hours"),
    ],
)
def test_occurrence(zone: str, day: str, at: str, due: str) -> None:
    schedule = Schedule(parse_time(at), ZoneInfo(zone), EVERY_DAY)

    assert occurrence(schedule, date.fromisoformat(day)) == moment(due)
    assert date_of(schedule, moment(due)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("weekdays", "now", "following", "latest"),
    [
        pytest.param(
            "mon-sun",
            "2026-07-29T06:59:59Z",
            "2026-07-29T07:00Z",
            "2026-07-28T07:00Z",
            id="a-second-before",
        ),
        pytest.param("mon-sun", "2026-07-29T07:00Z", "2026-07-30T07:00Z", "2026-07-29T07:00Z", id="on-time"),
        pytest.param("mon-fri", "2026-08-01T12:00Z", "2026-08-03T07:00Z", "2026-07-31T07:00Z", id="weekend"),
        pytest.param("sun", "2026-07-29T12:00Z", "2026-08-02T07:00Z", "2026-07-26T07:00Z", id="weekly"),
    ],
)
def test_the_due_times_around_a_moment(weekdays: str, now: str, following: str, latest: str) -> None:
    schedule = paris("09:00", parse_weekdays(weekdays))

    assert next_due(schedule, moment(now)) == moment(following)
    assert latest_due(schedule, moment(now)) == moment(latest)


@given(
    st.sampled_from(["Europe/Paris", "America/Nuuk", "Africa/Casablanca", "Australia/Lord_Howe", "UTC"]),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, (END - BEGIN) // MINUTE).map(lambda minutes: BEGIN + MINUTE * minutes),
)
def test_the_due_times_leave_no_gap_and_never_share_a_date(
    zone: str, at: time, weekdays: frozenset[int], now: datetime
) -> None:
    schedule = Schedule(at, ZoneInfo(zone), weekdays)
    latest, following = latest_due(schedule, now), next_due(schedule, now)

    assert latest <= now < following
    assert next_due(schedule, latest) == following
    assert latest_due(schedule, following) == following
    assert date_of(schedule, latest) < date_of(schedule, following)
    assert {date_of(schedule, due).weekday() for due in (latest, following)} <= weekdays


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00", time(9)),
        ("9:05", time(9, 5)),
        (" 23:59 ", time(23, 59)),
        ("0:00", time(0)),
        ("9am", time(9)),
        ("8:30 PM", time(20, 30)),
        ("9 p.m.", time(21)),
        ("12am", time(0)),
        ("12:15 pm", time(12, 15)),
    ],
)
def test_a_time_is_read(text: str, expected: time) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text", ["", "9", "24:00", "12:60", "13pm", "0am", "9:60am", "09:00:00", "-1:00", "09.00", "٠٩:٠٠"]
)
def test_no_time(text: str) -> None:
    with pytest.raises(ScheduleError) as problem:
        parse_time(text)
    assert str(problem.value) == f'"{text}" is not a time; write hours and minutes, for example 09:00'


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Europe/Paris", "Europe/Paris"), ("europe/paris", "Europe/Paris"), (" utc ", "UTC")],
)
def test_a_zone_is_read_in_any_case(text: str, expected: str) -> None:
    assert parse_zone(text).key == expected


@pytest.mark.parametrize("text", ["", "Paris", "Europe/Atlantis", "+02:00", "../../etc/passwd", "localtime"])
def test_no_zone(text: str) -> None:
    with pytest.raises(ScheduleError) as problem:
        parse_zone(text)
    assert str(problem.value) == f'"{text}" is not a time zone; write a name such as Europe/Paris or UTC'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon-fri", "mon,tue,wed,thu,fri"),
        ("mon-sun", "mon,tue,wed,thu,fri,sat,sun"),
        ("fri,wed,mon", "mon,wed,fri"),
        ("sat-mon", "mon,sat,sun"),
        ("mon,tue-wed", "mon,tue,wed"),
        ("Monday, Thursday", "mon,thu"),
        ("tues - thurs", "tue,wed,thu"),
        ("Mon–Fri", "mon,tue,wed,thu,fri"),
        ("sun-sun", "sun"),
        ("tuesdays and thursdays", "tue,thu"),
        ("mon, wed, and fri", "mon,wed,fri"),
        ("Weekdays", "mon,tue,wed,thu,fri"),
        ("weekend", "sat,sun"),
        ("weekends,mon", "mon,sat,sun"),
    ],
)
def test_weekdays_are_read(text: str, expected: str) -> None:
    assert stored_weekdays(parse_weekdays(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mo",
        "mon-",
        "-fri",
        "mon-wed-fri",
        "mon,,fri",
        "monster",
        "monday's",
        "mons",
        "mon fri",
        "mon/fri",
        "and",
    ],
)
def test_no_weekdays(text: str) -> None:
    with pytest.raises(ScheduleError) as problem:
        parse_weekdays(text)
    assert str(problem.value) == (
        f'"{text}" is not a list of weekdays; write weekdays as mon-fri, mon,wed,fri or mon-sun'
    )


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_stored_weekdays_are_read_back(weekdays: frozenset[int]) -> None:
    text = stored_weekdays(weekdays)

    assert parse_weekdays(text) == weekdays
    assert [WEEKDAYS.index(name) for name in text.split(",")] == sorted(weekdays)
