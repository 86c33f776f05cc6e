"""Who wants what, and who is due."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Subscription, SubscriptionState


async def add_subscription(session: AsyncSession, subscription: Subscription) -> int:
    """Keep a new subscription and return its number."""
    session.add(subscription)
    await session.flush()
    assert subscription.id is not None  # the flush has set it
    return subscription.id


async def all_subscriptions(session: AsyncSession) -> list[Subscription]:
    """Every subscription, oldest first."""
    return list(await session.exec(select(Subscription).order_by(col(Subscription.id))))


async def subscription_by_id(session: AsyncSession, number: int) -> Subscription | None:
    return await session.get(Subscription, number)


async def remove_subscription(session: AsyncSession, subscription: Subscription) -> None:
    """Forget a subscription; its deliveries stay, so that its place gets no paper twice."""
    await session.delete(subscription)


async def due_subscriptions(
    session: AsyncSession, now: datetime, after: int, limit: int
) -> list[Subscription]:
    """Active subscriptions that are due at `now`, by number, beginning behind `after`.

    On PostgreSQL the rows are locked until the transaction ends, and rows that another process has
    locked are passed over; on SQLite a writing transaction is alone anyway.
    """
    due = select(Subscription).where(
        col(Subscription.state) == SubscriptionState.ACTIVE,
        col(Subscription.next_due_at) <= now,
        col(Subscription.id) > after,
    )
    rows = due.order_by(col(Subscription.id)).limit(limit).with_for_update(skip_locked=True)
    return list(await session.exec(rows))


async def pause_place(session: AsyncSession, place: str, reason: str) -> list[int]:
    """Pause every active subscription of a place that has closed its door; gives their numbers."""
    active = select(Subscription).where(
        col(Subscription.place) == place, col(Subscription.state) == SubscriptionState.ACTIVE
    )
    paused = list(await session.exec(active.order_by(col(Subscription.id))))
    for subscription in paused:
        subscription.state, subscription.reason = SubscriptionState.PAUSED, reason
    return [subscription.id or 0 for subscription in paused]
