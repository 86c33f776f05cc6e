"""One time at which a subscription is due, and what follows from it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.digest import edition_for
from bot.schedule import (
    Scheduled,
    date_of,
    first_not_quiet,
    latest_due,
    next_date,
    occurrence,
    previous_date,
    quiet_days,
    schedule_of,
)
from bot.settling import SettleRules, deadline_of


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a digest is due, and which editions belong to it.

    Args:
        local_date: the date that it is the digest of.
        due_at: UTC.
        following: when the next one is due (UTC).
        wanted: the edition that it looks for.
        late_before: papers of earlier editions should have come before.
        missed: so should digests: the bot was down.
        quiet: its owner wants none on that day.
    """

    local_date: date
    due_at: datetime
    following: datetime
    wanted: date
    late_before: date
    missed: bool
    quiet: bool = False


def occasion_at(
    subscription: Scheduled, next_due_at: datetime, now: datetime, rules: SettleRules
) -> Occasion:
    """The one occasion that stands for all that are due at `now` (UTC), at a time of day.

    Args:
        next_due_at: when the subscription was first due (UTC).

    Raises ScheduleError.
    """
    schedule = schedule_of(subscription)
    due_at = max(next_due_at, latest_due(schedule, now))
    local_date = date_of(schedule, due_at)
    before = occurrence(schedule, previous_date(schedule, local_date))
    return Occasion(
        local_date=local_date,
        due_at=due_at,
        following=occurrence(schedule, next_date(schedule, local_date)),
        wanted=edition_for(due_at, rules),
        late_before=edition_for(before, rules) + timedelta(days=1),
        missed=next_due_at < due_at,
    )


def list_day(day: date) -> date:
    """The last day on which a list was to be expected: none comes on a weekend."""
    return day - timedelta(days=max(day.weekday() - 4, 0))


def first_edition(subscription: Scheduled, next_due_at: datetime, since: date, rules: SettleRules) -> date:
    """Where a subscription of a time of day begins, or goes on: behind the edition that a digest at its time
    before the next one would have held, but with none listed before `since` unless the next digest looks for
    that.

    At noon of a Friday in Tokyo that is Friday's edition, whose digest comes on Monday.

    Raises ScheduleError.
    """
    schedule = schedule_of(subscription)
    before = occurrence(schedule, previous_date(schedule, date_of(schedule, next_due_at)))
    return max(edition_for(before, rules) + timedelta(days=1), min(since, edition_for(next_due_at, rules)))


def edition_through(subscription: Scheduled, planned_through: date, rules: SettleRules) -> date:
    """The edition through which a subscription of a time of day was decided.

    Args:
        planned_through: the local date through which it was.

    Raises ScheduleError.
    """
    return edition_for(occurrence(schedule_of(subscription), planned_through), rules)


def date_through(subscription: Scheduled, planned_through: date, rules: SettleRules) -> date:
    """The local date through which a subscription of a time of day was decided while it wanted each edition:
    in Tokyo the morning after an edition looks for nothing else.

    Args:
        planned_through: the edition through which it was.

    Raises ScheduleError.
    """
    after = planned_through + timedelta(days=1)
    covered = edition_through(subscription, after, rules) <= planned_through
    return after if covered else planned_through


def occasion_of_edition(
    quiet: str,
    next_due_at: datetime,
    planned_through: date | None,
    newest_final: date | None,
    now: datetime,
    rules: SettleRules,
) -> Occasion:
    """The occasion of a subscription that wants each edition as soon as it is final.

    Args:
        quiet: weekdays on which its owner wants none.
        planned_through: the last edition that was decided.
        newest_final: the newest edition that digests may hold.

    Raises ScheduleError where every day is quiet.
    """
    today = now.date()
    day = today if now >= deadline_of(today, rules) else newest_final or today - timedelta(days=1)
    return Occasion(
        local_date=day,
        due_at=min(next_due_at, now),
        following=deadline_of(first_not_quiet(day + timedelta(days=1), quiet), rules),
        wanted=day,
        late_before=day,
        missed=planned_through is not None
        and first_not_quiet(planned_through + timedelta(days=1), quiet) < day,
        quiet=day.weekday() in quiet_days(quiet),
    )
