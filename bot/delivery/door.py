"""Telling people that a place has closed its door: those who can act, once, and never the place itself."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.decisions import new_row, stamped
from bot.messages import reasons
from bot.places import parse_place
from storage import deliveries, people, plans
from storage.models import Subscription


async def tell_owners(
    session: AsyncSession, place: str, paused: Sequence[Subscription], problem: str, now: datetime
) -> None:
    """Tell who set the paused subscriptions up what is to be mended.

    By a direct message; where it is that which is closed, with the next answer to a command.
    """
    numbers: dict[str, list[int]] = {}
    for subscription in paused:
        if subscription.owner:
            numbers.setdefault(subscription.owner, []).append(subscription.id or 0)
    for who, own in numbers.items():
        sentence = reasons.door_closed(place, own, problem, parse_place(place).direct)
        person = await people.person(session, who)
        if person is None:
            continue
        if person.place and person.place != place:
            row = new_row(person.place) | {"by_hand": True, "local_date": now.date(), "notice": sentence}
            await plans.insert_deliveries(session, stamped([row], now))
        else:
            await people.notify(session, person, sentence)


async def keep_unsaid(session: AsyncSession, place: str) -> None:
    """Say what was to be told by direct message, which is closed now, with the next answer to a command."""
    reader = await people.reader(session, None, place)
    for sentence in await deliveries.unsaid(session, place):
        if reader is not None:
            await people.notify(session, reader, sentence)
