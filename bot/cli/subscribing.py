"""`subscribe`, `subscriptions`, `unsubscribe`, `resume`."""

import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import digest
from bot.app import App
from bot.cli.shell import Failed, answer, note
from bot.messages import reasons
from bot.messages.words import moment_name, weekdays_name
from bot.schedule import (
    Schedule,
    next_due,
    parse_time,
    parse_weekdays,
    parse_zone,
    schedule_of,
    stored_weekdays,
)
from storage import deliveries, subscriptions
from storage.models import Style, Subscription, SubscriptionState


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription as it was typed."""

    place: str
    filter: str
    at: str
    zone: str
    days: str
    style: str
    most: int | None


async def subscribe(app: App, wish: Wish, now: datetime | None) -> int:
    """Keep a new subscription and say when it is first due. Raises PlaceError, ScheduleError, Failed."""
    place = app.connections.place(wish.place)
    if wish.filter.strip():
        raise Failed("filters are not there yet; leave the filter out to get every paper")
    schedule = Schedule(parse_time(wish.at), parse_zone(wish.zone), parse_weekdays(wish.days))
    now = now or app.clock()
    due = next_due(schedule, now)
    subscription = Subscription(
        place=str(place),
        local_time=schedule.local_time,
        zone=schedule.zone.key,
        weekdays=stored_weekdays(schedule.weekdays),
        style=Style(wish.style),
        max_papers=wish.most,
        first_day=digest.edition_for(due, app.settings.settle_rules),
        next_due_at=due,
        created_at=app.clock(),
        created_by="the command line",
    )
    async with app.database.write() as session:
        others = [row for row in await subscriptions.all_subscriptions(session) if row.place == str(place)]
        number = await subscriptions.add_subscription(session, subscription)
    answer(f"Subscription {number}: {describe(subscription)}.\nUndo: daily-papers unsubscribe {number}")
    for other in others:
        note(f"{place} has subscription {other.id} too; a paper comes there once, with whichever is first.")
    if problem := app.connections.missing(place.platform):
        note(f"Before the first digest: {problem}.")
    return 0


def describe(subscription: Subscription) -> str:
    """`every paper to slack:C0123, Mon–Fri at 09:00 Europe/Paris; next on Wed 29 Jul 2026, 09:00 …`."""
    days = weekdays_name(parse_weekdays(subscription.weekdays))
    best = f", {subscription.max_papers} papers at the most" if subscription.max_papers else ""
    zone = ZoneInfo(subscription.zone)
    what = (
        f"every paper to {subscription.place} as a {_STYLES[subscription.style]}{best}, "
        f"{days} at {subscription.local_time:%H:%M} {subscription.zone}"
    )
    if subscription.state is SubscriptionState.PAUSED:
        return f"{what}; paused: {subscription.reason or 'by hand'}"
    return f"{what}; next on {moment_name(subscription.next_due_at, zone)}"


_STYLES = {Style.THREAD: "thread", Style.COMPACT: "compact list"}


async def show(app: App, as_json: bool) -> int:
    """List the subscriptions."""
    async with app.database.read() as session:
        found = await subscriptions.all_subscriptions(session)
    if as_json:
        answer(json.dumps([_as_json(subscription) for subscription in found], ensure_ascii=False, indent=2))
    elif not found:
        answer("No subscriptions yet; `daily-papers subscribe PLACE` makes one.")
    else:
        for subscription in found:
            answer(f"{subscription.id}: {describe(subscription)}")
    return 0


def _as_json(subscription: Subscription) -> dict[str, object]:
    active = subscription.state is SubscriptionState.ACTIVE
    due = subscription.next_due_at.astimezone(ZoneInfo(subscription.zone))
    return {
        "id": subscription.id,
        "place": subscription.place,
        "filter": subscription.filter,
        "state": subscription.state.value,
        "next": due.isoformat() if active else None,
        "style": subscription.style.value,
        "reason": subscription.reason,
    }


async def unsubscribe(app: App, number: int) -> int:
    """End a subscription. Raises Failed where there is none of that number."""
    async with app.database.write() as session:
        subscription = await subscriptions.subscription_by_id(session, number)
        if subscription is None:
            raise Failed(_unknown(number))
        await deliveries.cancel_open(session, number, reasons.ENDED, app.clock())
        await subscriptions.remove_subscription(session, subscription)
    answer(f"Subscription {number} has ended; {subscription.place} gets no more digests of it.")
    return 0


async def resume(app: App, number: int, now: datetime | None) -> int:
    """Make a paused subscription active again, from its next time on. Raises Failed."""
    now = now or app.clock()
    async with app.database.write() as session:
        subscription = await subscriptions.subscription_by_id(session, number)
        if subscription is None:
            raise Failed(_unknown(number))
        if subscription.state is SubscriptionState.PAUSED:
            subscription.state, subscription.reason = SubscriptionState.ACTIVE, None
            subscription.next_due_at = next_due(schedule_of(subscription), now)
            subscription.first_day = max(
                subscription.first_day,
                digest.edition_for(subscription.next_due_at, app.settings.settle_rules),
            )
    answer(f"Subscription {number}: {describe(subscription)}")
    return 0


def _unknown(number: int) -> str:
    return f"there is no subscription {number}; `daily-papers subscriptions` lists them"
