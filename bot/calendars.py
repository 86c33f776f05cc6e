"""When a subscription is due next, and where it begins: when it is made, changed, resumed, or its reader goes
away."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.authors import away_until, local_date
from bot.digest import edition_for
from bot.occasion import date_through, edition_through, first_edition, list_day
from bot.permissions import is_personal
from bot.places import parse_place
from bot.schedule import (
    after_change,
    date_of,
    first_not_quiet,
    latest_due,
    next_date,
    occurrence,
    schedule_of,
)
from bot.settling import SettleRules, deadline_of
from storage import people, releases
from storage.models import Cadence, Person, Subscription


async def reader(session: AsyncSession, subscription: Subscription) -> Person | None:
    """Whose vacation counts: a channel's post goes on while who changes it is away."""
    if not is_personal(parse_place(subscription.place)):
        return None
    return await people.reader(session, subscription.owner, subscription.place)


class Calendar:
    """Sets what follows from the schedules of subscriptions. Each method works on a row of the caller's
    transaction, and raises ScheduleError where it would never be due.

    Args:
        rules: when an edition is final.
    """

    def __init__(self, rules: SettleRules) -> None:
        self._rules = rules

    def set_columns(self, subscription: Subscription, values: Mapping[str, Any]) -> None:
        """Set columns. What was decided stays so, be it by editions from now on in place of local dates, or
        the other way round. Another filter that is asked again begins anew with `first_day`: what matches
        because the filter is another one has not risen. Raises ScheduleError."""
        if values.get("rechecks") and values.get("filter", subscription.filter) != subscription.filter:
            subscription.seen = 0
        if subscription.seen == 0 and "first_day" in values:
            values = {**values, "first_day": max(values["first_day"], subscription.first_day)}
        through, was_each = subscription.planned_through, subscription.cadence is Cadence.EACH
        is_each = values.get("cadence", subscription.cadence) is Cadence.EACH
        if through and is_each and not was_each:
            subscription.planned_through = edition_through(subscription, through, self._rules)
        for name, value in values.items():
            setattr(subscription, name, value)
        if through and was_each and not is_each:
            subscription.planned_through = date_through(subscription, through, self._rules)

    async def begin(self, session: AsyncSession, new: Subscription, now: datetime) -> None:
        """Where a new subscription begins: with what its first digest looks for; a weekly one, and one that
        wants each edition, with the one that has not settled yet."""
        if new.cadence is Cadence.EACH:
            new.planned_through = await releases.newest_final_day(session)
        self.reschedule(new, None, now)
        if new.cadence is Cadence.WEEKLY:
            new.first_day = edition_for(now, self._rules)
        elif new.cadence is Cadence.EACH:
            new.first_day = max(now.date(), (new.planned_through or date.min) + timedelta(days=1))
        else:
            new.first_day = first_edition(new, new.next_due_at, list_day(now.date()), self._rules)
        self.put_off(new, await reader(session, new), now)

    async def go_on(self, session: AsyncSession, subscription: Subscription, now: datetime) -> None:
        """Let no paper of the time in between come, and no digest whose time is past."""
        through = subscription.planned_through or date.min
        if subscription.cadence is Cadence.EACH:
            final = await releases.newest_final_day(session)
            subscription.planned_through = max(through, final or date.min)
            self.reschedule(subscription, None, now)
            first = max(subscription.planned_through + timedelta(days=1), now.date())
        else:
            schedule = schedule_of(subscription)
            subscription.planned_through = max(through, date_of(schedule, latest_due(schedule, now)))
            self.reschedule(subscription, None, now)
            first = first_edition(subscription, subscription.next_due_at, now.date(), self._rules)
        subscription.first_day = max(subscription.first_day, first)
        subscription.away_since = None
        self.put_off(subscription, await reader(session, subscription), now)

    def put_off(self, subscription: Subscription, person: Person | None, now: datetime) -> None:
        """Let it wait for the end of its reader's vacation, and then sum that up."""
        if away_until(person, now, subscription.zone):
            subscription.away_since = subscription.away_since or local_date(subscription.zone, now)
            self.reschedule(subscription, person, now)

    def reschedule(self, subscription: Subscription, person: Person | None, now: datetime) -> None:
        """Set when it is next due, which a vacation puts off. Raises ScheduleError."""
        subscription.wait_until = None
        until = away_until(person, now, subscription.zone)
        if subscription.cadence is Cadence.EACH:
            day = max((subscription.planned_through or date.min) + timedelta(days=1), now.date())
            day = first_not_quiet(max(day, until) if until else day, subscription.quiet)
            subscription.next_due_at = deadline_of(day, self._rules)
            return
        schedule = schedule_of(subscription)
        day = after_change(schedule, subscription.planned_through, now)
        if subscription.planned_through is None and occurrence(schedule, day) <= now:
            day = next_date(schedule, day)
        if until:
            day = max(day, next_date(schedule, until - timedelta(days=1)))
        subscription.next_due_at = occurrence(schedule, day)
        if subscription.planned_through is None:
            subscription.planned_through = day - timedelta(days=1)
