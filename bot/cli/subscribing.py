"""`subscribe`, `subscriptions`, `pause`, `resume`, `unsubscribe`, `why`: as in a chat, for any place."""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.app import App
from bot.authors import Author
from bot.cli.shell import Failed, answer, note
from bot.explaining import Explaining
from bot.filters.question import read_subscription
from bot.markup import Message, plain
from bot.messages import why as messages
from bot.messages.asked import filter_name
from bot.messages.receipts import tried
from bot.messages.subscriptions import options, when_next
from bot.messages.words import schedule_phrase
from bot.places import PlaceError, parse_place
from bot.receipts import DAYS, Receipts
from bot.schedule import parse_time, parse_weekdays, parse_zone
from bot.subscribing import Subscribing
from bot.text import counted
from bot.wishes import Wish
from storage import subscriptions
from storage.models import Cadence, Style, Subscription, SubscriptionState


@dataclass(frozen=True, slots=True)
class Typed:
    """A subscription as it was typed."""

    place: str
    filter: str
    cadence: str
    at: str | None
    zone: str
    days: str | None
    style: str
    most: int | None
    least: int | None
    explain: bool
    append_late: bool
    sure: bool


async def subscribe(app: App, typed: Typed, now: datetime | None) -> int:
    """Keep a new subscription and say when it is first due.

    Raises PlaceError, FilterError, ScheduleError; Failed where the filter lets nothing through.
    """
    place = app.connections.place(typed.place)
    if place.is_mailbox and typed.append_late:
        raise Failed(
            "nothing can be added to a mail; leave out --append-late, what is late comes with the next"
        )
    wanted = read_subscription(typed.filter)
    wish = Wish(
        cadence=Cadence(typed.cadence),
        local_time=parse_time(typed.at) if typed.at is not None else None,
        weekdays=parse_weekdays(typed.days) if typed.days else None,
        zone=parse_zone(typed.zone).key,
        most=typed.most,
        least=typed.least,
        explain=typed.explain,
        late=typed.append_late,
    )
    trial = await Receipts(app.database, app.search).compared(wanted, (), now or app.clock())
    if trial.matches_nothing and not typed.sure:
        raise Failed(
            f"this matches none of the {counted(trial.sample.listed, 'paper')} of the last {DAYS} days, so "
            "that nothing is saved; with --sure it is"
        )
    async with app.database.write() as session:
        others = await subscriptions.at_place(session, str(place))
        new, change = await _subscribing(app).create(
            session, str(place), wanted, wish, Author(), "UTC", Style(typed.style), now or app.clock()
        )
    if change is None:
        answer(f"Subscription {new.id} is there already: {describe(new)}.")
        return 0
    answer(f"Subscription {new.id}: {describe(new)}.\nUndo: daily-papers unsubscribe {new.id}")
    note(plain(Message(lines=tried(trial, new))))
    if others:
        which = ", ".join(str(other.id) for other in others)
        note(f"Other subscriptions there: {which}. What is due at one hour arrives as one message.")
    if problem := app.connections.missing(place.platform):
        note(f"Before the first digest: {problem}.")
    return 0


def describe(subscription: Subscription) -> str:
    """`every paper to slack:C0123, Mon–Fri at 09:00 Europe/Paris; next: Wed 29 Jul 2026, 09:00 …`."""
    more = options(subscription)
    said = [f"{filter_name(subscription.filter)} to {subscription.place}, {schedule_phrase(subscription)}"]
    coming = when_next(subscription)
    return "; ".join(
        [*said, *([more[:1].lower() + more[1:]] if more else []), coming[:1].lower() + coming[1:]]
    )


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
    _note_missing(app, {parse_place(subscription.place).platform for subscription in found})
    return 0


def _note_missing(app: App, platforms: Iterable[str]) -> None:
    """Say which of these platforms cannot be sent to."""
    for name in sorted(platforms):
        try:
            problem = app.connections.missing(name)
        except PlaceError as unknown:
            problem = str(unknown)
        if problem:
            note(f"{problem}; until then nothing is sent there.")


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
        "cadence": subscription.cadence.value,
        "owner": subscription.owner,
    }


async def unsubscribe(app: App, number: int) -> int:
    """End a subscription. Raises Failed where there is none of that number."""
    found = await _changed(
        app, number, lambda session, one: _subscribing(app).end(session, one, Author(), app.clock())
    )
    answer(f"Subscription {number} has ended; {found.place} gets no more digests of it.")
    return 0


async def pause(app: App, number: int) -> int:
    """Send nothing of a subscription until it is resumed. Raises Failed."""
    found = await _changed(
        app, number, lambda session, one: _subscribing(app).pause(session, one, Author(), app.clock())
    )
    answer(f"Subscription {number}: {describe(found)}")
    return 0


async def resume(app: App, number: int, now: datetime | None) -> int:
    """Make a paused subscription active again, from its next time on. Raises Failed, ScheduleError."""
    found = await _changed(
        app, number, lambda session, one: _subscribing(app).resume(session, one, Author(), now or app.clock())
    )
    answer(f"Subscription {number}: {describe(found)}")
    return 0


async def why(app: App, place_text: str, now: datetime | None) -> int:
    """Say what came to a place, what did not, and why. Raises PlaceError."""
    place = app.connections.place(place_text)
    async with app.database.read() as session:
        found = await subscriptions.at_place(session, str(place))
    if not found:
        answer(f"{place} has no subscription; `daily-papers subscribe {place}` makes one.")
        return 0
    explained = await Explaining(app.database, app.settings.settle_rules).of(found, now or app.clock())
    answer(plain(messages.why(explained)))
    _note_missing(app, [place.platform])
    return 0


async def _changed(
    app: App, number: int, change: Callable[[AsyncSession, Subscription], Awaitable[object]]
) -> Subscription:
    async with app.database.write() as session:
        found = await subscriptions.subscription_by_id(session, number)
        if found is None or found.state is SubscriptionState.ENDED:
            raise Failed(f"there is no subscription {number}; `daily-papers subscriptions` lists them")
        await change(session, found)
    return found


def _subscribing(app: App) -> Subscribing:
    return Subscribing(app.settings.settle_rules)
