"""Make, change and end subscriptions; keep what each change takes back."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.authors import Author, away_until, local_date
from bot.columns import draft, likeness, read, written
from bot.digest import edition_for
from bot.filters.syntax import Filter
from bot.mailing import new_generation
from bot.messages import reasons
from bot.occasion import first_edition
from bot.permissions import is_personal
from bot.places import parse_place
from bot.schedule import (
    ScheduleError,
    after_change,
    date_of,
    latest_due,
    next_date,
    occurrence,
    schedule_of,
)
from bot.settling import SettleRules, deadline_of
from bot.wishes import Wish
from storage import cancelling, changes, people, releases, subscriptions
from storage.mailboxes import keep_mailbox
from storage.models import Cadence, Change, Person, Style, Subscription, SubscriptionState
from storage.places import is_mailbox

MOST = 50
"""Subscriptions of one person."""
UNDO = timedelta(days=7)
"""How long a change can be taken back."""
_SCHEDULE = frozenset(("cadence", "local_time", "zone", "weekdays", "quiet"))


class TooManyError(Exception):
    """Somebody has as many subscriptions as one person may have."""


class NotUndoneError(Exception):
    """A change cannot be taken back. The text says why."""


async def _reader(session: AsyncSession, subscription: Subscription) -> Person | None:
    """Whose vacation counts: a channel's post goes on while who changes it is away."""
    if not is_personal(parse_place(subscription.place)):
        return None
    return await people.reader(session, subscription.owner, subscription.place)


class Subscribing:
    """The life of subscriptions. Each method works in the caller's transaction.

    Args:
        rules: when an edition is final.
    """

    def __init__(self, rules: SettleRules) -> None:
        self._rules = rules

    async def create(
        self,
        session: AsyncSession,
        place: str,
        wanted: Filter,
        wish: Wish,
        author: Author,
        zone: str,
        style: Style,
        now: datetime,
    ) -> tuple[Subscription, Change | None]:
        """Keep a new subscription; where its place has the same one already, that is returned without a
        change.

        Args:
            wish: the filter of it is not looked at.
            zone: where the wish names none.
            style: likewise.

        Raises ScheduleError where it would never be due, TooManyError.
        """
        new = draft(place, wanted, wish, author, zone, style, now)
        for there in await subscriptions.at_place(session, place):
            if likeness(there) == likeness(new):
                return there, None
        if author.who and len(await subscriptions.owned_by(session, author.who)) >= MOST:
            raise TooManyError
        if is_mailbox(place):
            await keep_mailbox(session, place, new_generation(), now)
        await self._begin(session, new, now)
        await subscriptions.add_subscription(session, new)
        return new, await self._note(session, new, author, "made it", {}, now)

    async def change(
        self,
        session: AsyncSession,
        subscription: Subscription,
        values: Mapping[str, Any],
        author: Author,
        what: str,
        now: datetime,
    ) -> Change | None:
        """Set columns, by their names; None where all of them are so already. Raises ScheduleError.

        Args:
            what: what is changed, in words.
        """
        before = {name: getattr(subscription, name) for name in values}
        if before == dict(values):
            return None
        for name, value in values.items():
            setattr(subscription, name, value)
        if _SCHEDULE & values.keys():
            try:
                self._reschedule(subscription, await _reader(session, subscription), now)
            except ScheduleError:
                for name, value in before.items():
                    setattr(subscription, name, value)
                raise
        return await self._note(session, subscription, author, what, before, now)

    async def pause(
        self, session: AsyncSession, subscription: Subscription, author: Author, now: datetime
    ) -> Change | None:
        """Send nothing until it is resumed; what is planned and has not begun is dropped."""
        if subscription.state is not SubscriptionState.ACTIVE:
            return None
        await cancelling.cancel_open(session, subscription.id or 0, reasons.PAUSED, now)
        values = {"state": SubscriptionState.PAUSED, "reason": None}
        return await self.change(session, subscription, values, author, "paused it", now)

    async def resume(
        self, session: AsyncSession, subscription: Subscription, author: Author, now: datetime
    ) -> Change | None:
        """Go on with the next digest; what came meanwhile is not made up for. Raises ScheduleError."""
        if subscription.state is SubscriptionState.ACTIVE:
            return None
        await self._go_on(session, subscription, now)
        values = {"state": SubscriptionState.ACTIVE, "reason": None, "ended_at": None}
        return await self.change(session, subscription, values, author, "resumed it", now)

    async def end(
        self, session: AsyncSession, subscription: Subscription, author: Author, now: datetime
    ) -> Change:
        """Delete it; its owner can still take that back."""
        await cancelling.cancel_open(session, subscription.id or 0, reasons.ENDED, now)
        values = {"state": SubscriptionState.ENDED, "ended_at": now}
        change = await self.change(session, subscription, values, author, "deleted it", now)
        assert change is not None  # it had not ended before
        return change

    async def go_away(
        self, session: AsyncSession, own: Sequence[Subscription], person: Person, now: datetime
    ) -> None:
        """Put off what is due on a person's vacation, or bring it back; the first digest afterwards sums it
        up.

        Raises ScheduleError.
        """
        for subscription in own:
            today = local_date(subscription.zone, now)
            if away_until(person, now, subscription.zone):
                subscription.away_since = subscription.away_since or today
            elif subscription.away_since and subscription.away_since >= today:
                subscription.away_since = None  # called off before it began
            self._reschedule(subscription, person, now)

    async def undo(
        self, session: AsyncSession, token: str, author: Author, now: datetime
    ) -> tuple[Subscription, Change]:
        """Take a change back. Raises NotUndoneError."""
        change = await changes.change_by_token(session, token)
        if change is None or change.who != author.who:
            raise NotUndoneError("I know of no change of yours that this would undo")
        subscription = await subscriptions.held(session, change.subscription_id)
        if change.undone:
            raise NotUndoneError("that was undone before")
        if subscription is None or now - change.at > UNDO:
            raise NotUndoneError("that was too long ago to be undone")
        if await changes.newest_change(session, subscription.id or 0) != change.id:
            raise NotUndoneError("it has been changed again since, so that I cannot undo this alone")
        change.undone = True
        await self._restore(session, subscription, change, now)
        return subscription, change

    async def _restore(
        self, session: AsyncSession, subscription: Subscription, change: Change, now: datetime
    ) -> None:
        """Set the columns back. One that had stood still and misses nothing goes on with what was planned for
        it; else it goes on as one that is resumed, so that days of papers do not come at once."""
        before = read(change.before) if change.before else {"state": SubscriptionState.ENDED, "ended_at": now}
        was_active = subscription.state is SubscriptionState.ACTIVE
        for name, value in before.items():
            setattr(subscription, name, value)
        number = subscription.id or 0
        if subscription.state is SubscriptionState.ENDED:
            await cancelling.cancel_open(session, number, reasons.ENDED, now)
        elif subscription.state is SubscriptionState.PAUSED:
            await cancelling.cancel_open(session, number, reasons.PAUSED, now)
        elif was_active:
            if _SCHEDULE & before.keys():
                self._reschedule(subscription, await _reader(session, subscription), now)
        elif subscription.next_due_at > now:
            await cancelling.bring_back(session, number, (reasons.PAUSED, reasons.ENDED), change.at)
            self._put_off(subscription, await _reader(session, subscription), now)
        else:
            await self._go_on(session, subscription, now)

    async def _begin(self, session: AsyncSession, new: Subscription, now: datetime) -> None:
        """Where a new subscription begins: with what its first digest looks for; a weekly one, and one that
        wants each edition, with the one that has not settled yet."""
        if new.cadence is Cadence.EACH:
            new.planned_through = await releases.newest_final_day(session)
        self._reschedule(new, None, now)
        if new.cadence is Cadence.WEEKLY:
            new.first_day = edition_for(now, self._rules)
        elif new.cadence is Cadence.EACH:
            new.first_day = max(now.date(), (new.planned_through or date.min) + timedelta(days=1))
        else:
            new.first_day = first_edition(new, new.next_due_at, now, self._rules)
        self._put_off(new, await _reader(session, new), now)

    async def _go_on(self, session: AsyncSession, subscription: Subscription, now: datetime) -> None:
        """Let no paper of the time in between come, and no digest whose time is past."""
        through = subscription.planned_through or date.min
        if subscription.cadence is Cadence.EACH:
            final = await releases.newest_final_day(session)
            subscription.planned_through = max(through, final or date.min)
            self._reschedule(subscription, None, now)
            first = edition_for(subscription.next_due_at, self._rules)
        else:
            schedule = schedule_of(subscription)
            subscription.planned_through = max(through, date_of(schedule, latest_due(schedule, now)))
            self._reschedule(subscription, None, now)
            first = first_edition(subscription, subscription.next_due_at, now, self._rules)
        subscription.first_day = max(subscription.first_day, first)
        subscription.away_since = None
        self._put_off(subscription, await _reader(session, subscription), now)

    def _put_off(self, subscription: Subscription, person: Person | None, now: datetime) -> None:
        """Let it wait for the end of its reader's vacation, and then sum that up."""
        if away_until(person, now, subscription.zone):
            subscription.away_since = subscription.away_since or local_date(subscription.zone, now)
            self._reschedule(subscription, person, now)

    def _reschedule(self, subscription: Subscription, person: Person | None, now: datetime) -> None:
        """Set when it is next due, which a vacation puts off. Raises ScheduleError."""
        subscription.wait_until = None
        until = away_until(person, now, subscription.zone)
        if subscription.cadence is Cadence.EACH:
            day = max((subscription.planned_through or date.min) + timedelta(days=1), now.date())
            day = max(day, until) if until else day
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

    async def _note(
        self,
        session: AsyncSession,
        subscription: Subscription,
        author: Author,
        what: str,
        before: Mapping[str, Any],
        now: datetime,
    ) -> Change:
        change = Change(
            token=secrets.token_hex(8),
            subscription_id=subscription.id or 0,
            place=subscription.place,
            who=author.who,
            at=now,
            what=what,
            before=written(before),
        )
        await changes.add_change(session, change)
        return change
