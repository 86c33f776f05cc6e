"""When a digest is due, over every zone of the world, and what a change of zone does to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.occasion import Occasion, occasion_at, occasion_of_edition
from bot.schedule import (
    Schedule,
    after_change,
    date_of,
    latest_due,
    next_due,
    occurrence,
    schedule_of,
)
from storage.models import Cadence, Subscription
from tests.factories import DAY, RULES, at, make_subscription
from tests.world_clocks import BEGIN, END, Offsets, different_clocks

ONE_DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
TIMES = (time(0), time(2, 30), time(9), time(23, 30))
"""Nine o'clock, and the times of day at which zones change their clocks."""
EVERY_DAY, WORKDAYS = frozenset(range(7)), frozenset(range(5))


def days() -> Iterator[date]:
    return (BEGIN.date() + ONE_DAY * step for step in range((END - BEGIN).days))


def wrong_days(clock: Offsets, zone: ZoneInfo, local_time: time, weekdays: frozenset[int]) -> list[object]:
    """The local dates of two years on which the schedule and the oracle disagree."""
    schedule = Schedule(local_time, zone, weekdays)
    wanted = [day for day in days() if day.weekday() in weekdays]
    expected = [clock.first_showing(day, local_time) for day in wanted]
    wrong: list[object] = []
    for day, due, following in zip(wanted, expected, expected[1:], strict=False):
        found = (
            next_due(schedule, due),
            latest_due(schedule, following - SECOND),
            latest_due(schedule, due),
            date_of(schedule, due),
        )
        if found != (following, due, due, day):
            wrong.append((day, found))
    return wrong


def test_in_every_zone_each_day_of_two_years_is_due_when_its_clock_first_shows_the_time() -> None:
    """A skipped time moves to the next that exists, a doubled one happens once, no date is left out."""
    clocks = different_clocks()
    wrong = {
        (names[0], local_time): found
        for number, (clock, names) in enumerate(clocks.items())
        for local_time in TIMES
        if (found := wrong_days(clock, ZoneInfo(names[0]), local_time, (EVERY_DAY, WORKDAYS)[number % 2]))
    }

    assert sum(map(len, clocks.values())) > 400
    assert wrong == {}


@dataclass
class Life:
    """A subscription whose digests are only noted, day by day."""

    subscription: Subscription
    dates: list[date]

    def live(self, first: datetime, last: datetime) -> None:
        """Look every hour whether it is due."""
        row, now = self.subscription, first
        while now < last:
            if row.next_due_at <= now:
                occasion = occasion_at(row, row.next_due_at, now, RULES)
                self.dates.append(occasion.local_date)
                row.planned_through, row.next_due_at = occasion.local_date, occasion.following
            now += HOUR

    def change(self, now: datetime, **changes: object) -> None:
        """Another zone or time, as `bot.subscribing` does it."""
        for name, value in changes.items():
            setattr(self.subscription, name, value)
        schedule = schedule_of(self.subscription)
        day = after_change(schedule, self.subscription.planned_through, now)
        self.subscription.next_due_at = occurrence(schedule, day)


FAR = ("Pacific/Kiritimati", "Asia/Tokyo", "Europe/Paris", "America/Los_Angeles", "Pacific/Pago_Pago")
MOMENTS = [at(DAY, 0, 30) + HOUR * step for step in range(0, 48, 3)]


@pytest.mark.parametrize("after", FAR)
@pytest.mark.parametrize("before", FAR)
def test_a_change_of_zone_neither_doubles_nor_drops_a_date(before: str, after: str) -> None:
    for moment in MOMENTS:
        life = begun(before)
        life.live(at(DAY, 0) - 5 * ONE_DAY, moment)
        planned = list(life.dates)
        life.change(moment, zone=after)
        life.live(moment, moment + 6 * ONE_DAY)

        today = moment.astimezone(ZoneInfo(after)).date()
        first = max(planned[-1] + ONE_DAY, today)
        assert first - planned[-1] <= 2 * ONE_DAY, "only a date that is over there may be left out"
        coming = life.dates[len(planned) :]
        assert coming == [first + ONE_DAY * step for step in range(len(coming))], moment
        assert len(coming) >= 4


@pytest.mark.parametrize("new", [time(0), time(7), time(8), time(9), time(18), time(23, 30)])
def test_a_change_of_time_neither_doubles_nor_drops_a_date(new: time) -> None:
    for moment in MOMENTS:
        life = begun("Europe/Paris")
        life.live(at(DAY, 0) - 5 * ONE_DAY, moment)
        life.change(moment, local_time=new)
        life.live(moment, moment + 4 * ONE_DAY)

        assert life.dates == [life.dates[0] + ONE_DAY * step for step in range(len(life.dates))], moment


def test_a_zone_that_is_changed_to_and_fro_gives_no_date_twice() -> None:
    life = begun("Pacific/Kiritimati")
    now = at(DAY, 0) - 5 * ONE_DAY
    for step in range(60):
        life.live(now, now + 5 * HOUR)
        now += 5 * HOUR
        life.change(now, zone=FAR[step % len(FAR)])

    assert life.dates == sorted(set(life.dates))


def begun(zone: str) -> Life:
    """One that has come at nine every day for a while."""
    first = occurrence(Schedule(time(9), ZoneInfo(zone), EVERY_DAY), DAY - 4 * ONE_DAY)
    return Life(make_subscription(zone=zone, local_time=time(9), next_due_at=first), [])


PARIS = make_subscription(
    zone="Europe/Paris", local_time=time(9), weekdays="mon,tue,wed,thu,fri", next_due_at=at(DAY, 7)
)
MONDAY, FRIDAY = DAY + 5 * ONE_DAY, DAY + 2 * ONE_DAY
ON_TIME = Occasion(
    local_date=DAY,
    due_at=at(DAY, 7),
    following=at(DAY + ONE_DAY, 7),
    wanted=DAY,
    late_before=DAY,
    missed=False,
)


@pytest.mark.parametrize(
    ("due", "now", "expected"),
    [
        pytest.param(at(DAY, 7), at(DAY, 7), ON_TIME, id="on-time"),
        pytest.param(at(DAY, 7), at(DAY, 23), ON_TIME, id="it-waited-all-day"),
        pytest.param(
            at(DAY - 2 * ONE_DAY, 7), at(DAY, 8), replace(ON_TIME, missed=True), id="two-days-were-missed"
        ),
        pytest.param(
            at(MONDAY, 7),
            at(MONDAY, 7),
            Occasion(
                local_date=MONDAY,
                due_at=at(MONDAY, 7),
                following=at(MONDAY + ONE_DAY, 7),
                wanted=MONDAY,
                late_before=FRIDAY + ONE_DAY,
                missed=False,
            ),
            id="behind-a-weekend-whose-papers-are-not-late",
        ),
    ],
)
def test_an_occasion_of_a_time_of_day(due: datetime, now: datetime, expected: Occasion) -> None:
    assert occasion_at(PARIS, due, now, RULES) == expected


def test_quiet_days_are_none_of_the_schedule_s() -> None:
    quiet = make_subscription(zone="UTC", local_time=time(9), quiet="thu,fri,sat,sun")

    occasion = occasion_at(quiet, at(DAY, 9), at(DAY, 9), RULES)
    assert occasion.following == at(MONDAY, 9)


@pytest.mark.parametrize(
    ("quiet", "planned_through", "newest_final", "now", "expected"),
    [
        pytest.param(
            "", DAY - ONE_DAY, DAY, at(DAY, 9), (DAY, at(DAY + ONE_DAY, 12), False, False), id="settled"
        ),
        pytest.param(
            "",
            DAY - ONE_DAY,
            DAY - ONE_DAY,
            at(DAY, 12),
            (DAY, at(DAY + ONE_DAY, 12), False, False),
            id="the-deadline-without-one",
        ),
        pytest.param(
            "",
            DAY - 3 * ONE_DAY,
            DAY,
            at(DAY, 9),
            (DAY, at(DAY + ONE_DAY, 12), True, False),
            id="some-were-missed",
        ),
        pytest.param(
            "wed", DAY - ONE_DAY, DAY, at(DAY, 9), (DAY, at(DAY + ONE_DAY, 12), False, True), id="quiet"
        ),
        pytest.param(
            "tue,thu",
            DAY - 2 * ONE_DAY,
            DAY,
            at(DAY, 9),
            (DAY, at(DAY + 2 * ONE_DAY, 12), False, False),
            id="between-quiet-days-none-was-missed",
        ),
        pytest.param(
            "tue",
            DAY - 3 * ONE_DAY,
            DAY,
            at(DAY, 9),
            (DAY, at(DAY + ONE_DAY, 12), True, False),
            id="one-was-missed-before-a-quiet-day",
        ),
        pytest.param(
            "", None, None, at(DAY, 9), (DAY - ONE_DAY, at(DAY, 12), False, False), id="a-new-store"
        ),
    ],
)
def test_an_occasion_of_each_edition(
    quiet: str,
    planned_through: date | None,
    newest_final: date | None,
    now: datetime,
    expected: tuple[date, datetime, bool, bool],
) -> None:
    found = occasion_of_edition(quiet, at(DAY, 8), planned_through, newest_final, now, RULES)

    assert (found.local_date, found.following, found.missed, found.quiet) == expected
    assert found.wanted == found.late_before == found.local_date


def test_a_schedule_is_a_weekly_one_s_too() -> None:
    weekly = make_subscription(cadence=Cadence.WEEKLY, weekdays="mon", zone="UTC", local_time=time(9))
    found = occasion_at(weekly, at(MONDAY, 9), at(MONDAY, 9), RULES)

    assert found.following == at(MONDAY + 7 * ONE_DAY, 9)
    assert found.late_before == MONDAY - 6 * ONE_DAY
    assert found.due_at.tzinfo is UTC
