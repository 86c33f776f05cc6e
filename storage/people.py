"""What is kept of people beside their subscriptions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, delete, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.locks import lock
from storage.models import (
    Change,
    Delivery,
    Mailbox,
    OptIn,
    Person,
    PrivateFeed,
    Subscription,
    SubscriptionState,
)

MOST_NOTICES = 10
"""Sentences that wait to be said to one person; older ones go."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted of somebody.

    Args:
        subscriptions: of their own, without those that had ended.
        channels: posts of channels that stay without their name.
    """

    subscriptions: int
    deliveries: int
    channels: int


async def person(session: AsyncSession, who: str) -> Person | None:
    """What is kept of somebody."""
    return await session.get(Person, who)


async def reader(session: AsyncSession, owner: str | None, place: str) -> Person | None:
    """Who reads what is sent to direct messages: whose subscription it is, else whom messages there reach."""
    if owner is not None:
        return await session.get(Person, owner)
    return (await session.exec(select(Person).where(col(Person.place) == place))).first()


async def known_person(session: AsyncSession, who: str, place: str | None, now: datetime) -> Person:
    """What is kept of somebody, from now on if nothing was. Their changes are made one after the other.

    Args:
        place: where direct messages go, if the bot can send them.
    """
    await lock(session, [f"person {who}"])
    found = await session.get(Person, who)
    if found is None:
        found = Person(who=who, created_at=now)
        session.add(found)
    if place is not None:
        found.place = place
    return found


async def notify(session: AsyncSession, somebody: Person, sentence: str) -> None:
    """Keep a sentence that is said with the next answer."""
    waiting = [notice for notice in somebody.notices if notice != sentence]
    somebody.notices = [*waiting, sentence][-MOST_NOTICES:]


async def notices(session: AsyncSession, who: str) -> list[str]:
    """What is to be said to somebody."""
    found = await session.get(Person, who)
    return found.notices if found else []


async def take_notices(session: AsyncSession, who: str) -> list[str]:
    """What is to be said to somebody; it is not said again."""
    found = await session.get(Person, who)
    if found is None:
        return []
    notices, found.notices = found.notices, []
    return notices


async def forget(session: AsyncSession, who: str, places: Collection[str]) -> Forgotten:
    """Delete all that is kept of somebody. What they set up for a channel stays, without their name.

    Args:
        places: where only they read, as far as that is known from elsewhere: their direct messages.
    """
    own = await _read_by(session, who, places)
    numbers = [one.id for one in own]
    theirs = {*places, *(one.place for one in own)}
    deliveries = await session.exec(
        delete(Delivery).where(
            or_(col(Delivery.subscription_id).in_(numbers), col(Delivery.place).in_(theirs))
        )
    )
    await session.exec(
        delete(Change).where(or_(col(Change.subscription_id).in_(numbers), col(Change.place).in_(theirs)))
    )
    await session.exec(delete(Subscription).where(col(Subscription.id).in_(numbers)))
    await _unname(session, who)
    channels = await session.exec(select(Subscription).where(col(Subscription.owner) == who))
    stay = [channel for channel in channels if channel.state is not SubscriptionState.ENDED]
    nameless = update(Subscription).where(col(Subscription.owner) == who)
    await session.exec(nameless.values(owner=None, created_by="somebody"))
    for table in (Mailbox, OptIn):
        await session.exec(delete(table).where(col(table.place).in_(theirs)))
    await session.exec(delete(PrivateFeed).where(col(PrivateFeed.who) == who))
    await session.exec(delete(Person).where(col(Person.who) == who))
    standing = sum(one.state is not SubscriptionState.ENDED for one in own)
    return Forgotten(standing, deliveries.rowcount, len(stay))


async def _read_by(session: AsyncSession, who: str, places: Collection[str]) -> list[Subscription]:
    """The subscriptions that somebody alone reads, those that have ended as well."""
    rows = select(Subscription).where(
        or_(
            col(Subscription.place).in_(places) & col(Subscription.owner).is_(None),
            (col(Subscription.owner) == who)
            & or_(col(Subscription.place).contains("@"), col(Subscription.place).endswith(":")),
        )
    )
    return list(await session.exec(rows))


async def _unname(session: AsyncSession, who: str) -> None:
    """Take somebody out of those who may change posts of channels, and out of what is kept to undo that."""
    named = select(Subscription).where(
        cast(col(Subscription.managers), String).contains(who, autoescape=True)
    )
    for subscription in await session.exec(named):
        subscription.managers = _without(subscription.managers, who)
    before = select(Change).where(cast(col(Change.before), String).contains(who, autoescape=True))
    for change in await session.exec(before):
        if "managers" in change.before:
            change.before = change.before | {"managers": _without(change.before["managers"], who)}
    await session.exec(update(Change).where(col(Change.who) == who).values(who=None))


def _without(managers: Sequence[str], who: str) -> list[str]:
    return [manager for manager in managers if manager != who]
