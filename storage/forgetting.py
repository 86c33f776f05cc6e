"""What is kept no longer: subscriptions that ended, digests that were not to be, mail that was asked for,
searches that nobody used."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.mailboxes import forget_opt_ins
from storage.models import Change, Delivery, DeliveryState, Subscription, SubscriptionState
from storage.searches import forget_searches

ENDED_KEPT = timedelta(days=31)
"""How long a deleted subscription is kept, in case its owner wants it back."""
SKIPPED_KEPT = timedelta(days=92)
"""How long the reason for a silence is kept."""
_AT_ONCE = 1000


async def forget_old(session: AsyncSession, now: datetime) -> int:
    """Delete some of what is too old at `now` (UTC); how many rows that were. 0 says that nothing is left."""
    ended = select(col(Subscription.id)).where(
        col(Subscription.state) == SubscriptionState.ENDED, col(Subscription.ended_at) < now - ENDED_KEPT
    )
    numbers = list(await session.exec(ended.order_by(col(Subscription.id)).limit(_AT_ONCE)))
    for table, column in (
        (Change, col(Change.subscription_id)),
        (Delivery, col(Delivery.subscription_id)),
        (Subscription, col(Subscription.id)),
    ):
        await session.exec(delete(table).where(column.in_(numbers)))
    skipped = select(col(Delivery.id)).where(
        col(Delivery.state) == DeliveryState.SKIPPED, col(Delivery.created_at) < now - SKIPPED_KEPT
    )
    old = list(await session.exec(skipped.order_by(col(Delivery.id)).limit(_AT_ONCE)))
    await session.exec(delete(Delivery).where(col(Delivery.id).in_(old)))
    asked = await forget_opt_ins(session, now, _AT_ONCE)
    return len(numbers) + len(old) + asked + await forget_searches(session, now, _AT_ONCE)
