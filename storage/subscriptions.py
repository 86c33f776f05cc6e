"""Who wants what, and who is due."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Cadence, Subscription, SubscriptionState


async def add_subscription(session: AsyncSession, subscription: Subscription) -> int:
    """Keep a new subscription and return its number."""
    session.add(subscription)
    await session.flush()
    assert subscription.id is not None  # the flush has set it
    return subscription.id


async def all_subscriptions(session: AsyncSession) -> list[Subscription]:
    """Every subscription that has not ended, oldest first."""
    rows = select(Subscription).where(col(Subscription.state) != SubscriptionState.ENDED)
    return list(await session.exec(rows.order_by(col(Subscription.id))))


async def subscription_by_id(session: AsyncSession, number: int) -> Subscription | None:
    return await session.get(Subscription, number)


async def held(session: AsyncSession, number: int) -> Subscription | None:
    """A subscription, held until the transaction ends so that no other changes it."""
    return await session.get(Subscription, number, with_for_update=True, populate_existing=True)


async def to_be_changed(session: AsyncSession, number: int) -> Subscription | None:
    """The same, unless it has ended."""
    found = await held(session, number)
    return None if found is None or found.state is SubscriptionState.ENDED else found


async def owned_by(session: AsyncSession, who: str) -> list[Subscription]:
    """The subscriptions of somebody that have not ended, oldest first; those that channels have through
    them as well."""
    rows = select(Subscription).where(
        col(Subscription.owner) == who, col(Subscription.state) != SubscriptionState.ENDED
    )
    return list(await session.exec(rows.order_by(col(Subscription.id))))


async def at_place(session: AsyncSession, place: str) -> list[Subscription]:
    """The subscriptions of a place that have not ended, oldest first."""
    rows = select(Subscription).where(
        col(Subscription.place) == place, col(Subscription.state) != SubscriptionState.ENDED
    )
    return list(await session.exec(rows.order_by(col(Subscription.id))))


async def in_channels(session: AsyncSession, installation: str) -> list[Subscription]:
    """The active subscriptions of an installation's channels, oldest first; at most `MOST_CHANNELS`.

    Args:
        installation: as `storage.places.installation_of` names it.
    """
    place = col(Subscription.place)
    here = (
        (place.startswith(installation, autoescape=True), ~place.contains("/"))
        if installation.endswith(":")
        else (place.startswith(f"{installation}/", autoescape=True),)
    )
    rows = select(Subscription).where(
        *here, ~place.contains("@"), col(Subscription.state) == SubscriptionState.ACTIVE
    )
    return list(await session.exec(rows.order_by(col(Subscription.id)).limit(MOST_CHANNELS)))


MOST_CHANNELS = 500
"""Channels that are looked through for one answer."""


async def planned_beyond(session: AsyncSession, moment: datetime) -> list[Subscription]:
    """Subscriptions of a time of day whose next digest is due later than `moment`, unless for a vacation."""
    rows = select(Subscription).where(
        col(Subscription.next_due_at) > moment,
        col(Subscription.cadence) != Cadence.EACH,
        col(Subscription.away_since).is_(None),
    )
    return list(await session.exec(rows))


async def appending(session: AsyncSession) -> list[Subscription]:
    """Active subscriptions that add late papers to the thread of their day, but for those of somebody on
    vacation; held as by `held`."""
    rows = select(Subscription).where(
        col(Subscription.append_late).is_(True),
        col(Subscription.state) == SubscriptionState.ACTIVE,
        col(Subscription.away_since).is_(None),
    )
    return list(await session.exec(rows.order_by(col(Subscription.id)).with_for_update()))


async def hold_place(session: AsyncSession, place: str) -> None:
    """Hold the subscriptions of a place until the transaction ends, so that nobody plans for them: what it
    gets is known then."""
    rows = select(col(Subscription.id)).where(col(Subscription.place) == place)
    await session.exec(rows.order_by(col(Subscription.id)).with_for_update())


async def pause_place(session: AsyncSession, place: str, reason: str) -> list[Subscription]:
    """Pause every active subscription of a place that has closed its door, and give them."""
    active = select(Subscription).where(
        col(Subscription.place) == place, col(Subscription.state) == SubscriptionState.ACTIVE
    )
    paused = list(await session.exec(active.order_by(col(Subscription.id))))
    for subscription in paused:
        subscription.state, subscription.reason = SubscriptionState.PAUSED, reason
    return paused
