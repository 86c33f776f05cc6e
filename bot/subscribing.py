"""Make, change and end subscriptions; keep what each change takes back."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.authors import Author, away_until, local_date
from bot.calendars import Calendar, reader
from bot.columns import draft, likeness, read, written
from bot.filters.syntax import Filter
from bot.mailing import new_generation
from bot.messages import reasons
from bot.permissions import is_personal
from bot.places import parse_place
from bot.schedule import (
    ScheduleError,
)
from bot.settling import SettleRules
from bot.wishes import Wish
from storage import cancelling, changes, subscriptions
from storage.mailboxes import keep_mailbox
from storage.models import Change, Person, Style, Subscription, SubscriptionState
from storage.places import is_mailbox

MOST = 50
"""Subscriptions that one person reads alone. What they set up for channels does not count: there is one post
a channel, and everybody there reads it."""
UNDO = timedelta(days=7)
"""How long a change can be taken back."""
_SCHEDULE = frozenset(("cadence", "local_time", "zone", "weekdays", "quiet"))


class TooManyError(Exception):
    """Somebody has as many subscriptions as one person may have."""


class NotUndoneError(Exception):
    """A change cannot be taken back. The text says why."""


async def personal_ones(session: AsyncSession, who: str | None) -> int:
    """How many subscriptions somebody has that they read alone; none where nobody in particular asks."""
    owned = await subscriptions.owned_by(session, who) if who else []
    return sum(is_personal(parse_place(one.place)) for one in owned)


class Subscribing:
    """The life of subscriptions. Each method works in the caller's transaction.

    Args:
        rules: when an edition is final.
    """

    def __init__(self, rules: SettleRules) -> None:
        self._calendar = Calendar(rules)

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
        if is_personal(parse_place(place)) and await personal_ones(session, author.who) >= MOST:
            raise TooManyError
        if is_mailbox(place):
            await keep_mailbox(session, place, new_generation(), now)
        await self._calendar.begin(session, new, now)
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
        through = subscription.planned_through
        try:
            self._calendar.set_columns(subscription, values)
            if _SCHEDULE & values.keys():
                self._calendar.reschedule(subscription, await reader(session, subscription), now)
        except ScheduleError:
            for name, value in (before | {"planned_through": through}).items():
                setattr(subscription, name, value)
            raise
        return await self._note(session, subscription, author, what, before, now)

    async def as_one(self, session: AsyncSession, first: Change, then: Change) -> Change:
        """Let two changes that somebody made in one go be taken back in one go."""
        then.before, then.what = {**then.before, **first.before}, f"{first.what}, {then.what}"
        await session.delete(first)
        return then

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
        await self._calendar.go_on(session, subscription, now)
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
            self._calendar.reschedule(subscription, person, now)

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
        self._calendar.set_columns(subscription, before)
        number = subscription.id or 0
        if subscription.state is SubscriptionState.ENDED:
            await cancelling.cancel_open(session, number, reasons.ENDED, now)
        elif subscription.state is SubscriptionState.PAUSED:
            await cancelling.cancel_open(session, number, reasons.PAUSED, now)
        elif was_active:
            if _SCHEDULE & before.keys():
                self._calendar.reschedule(subscription, await reader(session, subscription), now)
        elif subscription.next_due_at > now:
            await cancelling.bring_back(session, number, (reasons.PAUSED, reasons.ENDED), change.at)
            self._calendar.put_off(subscription, await reader(session, subscription), now)
        else:
            await self._calendar.go_on(session, subscription, now)

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
