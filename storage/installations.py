"""The workspaces of others: kept, removed, and what that does to all that goes there."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.locks import lock
from storage.models import Delivery, DeliveryState, Installation, Subscription, SubscriptionState


async def installation(session: AsyncSession, platform: str, name: str) -> Installation | None:
    """The bot in one workspace, removed or not; None where it never was."""
    return await session.get(Installation, (platform, name))


async def installations(session: AsyncSession, platform: str) -> list[Installation]:
    """Every workspace of a platform, those that were removed as well, in the order of their names."""
    rows = select(Installation).where(col(Installation.platform) == platform)
    return list(await session.exec(rows.order_by(col(Installation.name))))


async def hold_installation(session: AsyncSession, platform: str, name: str) -> Installation | None:
    """The same as `installation`, held until the transaction ends: it is changed by one after the other."""
    await lock(session, [f"installation {platform}:{name}"])
    return await session.get(Installation, (platform, name), populate_existing=True)


async def keep_installation(session: AsyncSession, new: Installation) -> None:
    """Keep a workspace, or what is known of it anew."""
    await session.merge(new)


async def pause_installation(session: AsyncSession, platform: str, name: str, reason: str) -> int:
    """Pause every active subscription of a workspace; how many."""
    active = (
        _belongs(Subscription.place, platform, name),
        col(Subscription.state) == SubscriptionState.ACTIVE,
    )
    paused = update(Subscription).where(*active)
    done = await session.exec(paused.values(state=SubscriptionState.PAUSED, reason=reason))
    return done.rowcount


async def resume_installation(session: AsyncSession, platform: str, name: str, reason: str) -> int:
    """Take up again what was paused for that reason and no other; how many."""
    paused = (
        _belongs(Subscription.place, platform, name),
        col(Subscription.state) == SubscriptionState.PAUSED,
        col(Subscription.reason) == reason,
    )
    resumed = update(Subscription).where(*paused)
    done = await session.exec(resumed.values(state=SubscriptionState.ACTIVE, reason=None))
    return done.rowcount


async def cancel_installation(
    session: AsyncSession, platform: str, name: str, reason: str, now: datetime
) -> None:
    """Give up what is planned for a workspace and that nobody is sending."""
    rows = update(Delivery).where(
        _belongs(Delivery.place, platform, name),
        col(Delivery.state).in_((DeliveryState.PENDING, DeliveryState.ENCLOSED)),
    )
    await session.exec(rows.values(state=DeliveryState.FAILED, reason=reason, finished_at=now))


async def subscribed(session: AsyncSession, platform: str) -> dict[str, int]:
    """How many subscriptions each workspace has that have not ended, by its name."""
    place = col(Subscription.place)
    rows = (
        select(place)
        .where(place.startswith(f"{platform}:", autoescape=True), place.contains("/"))
        .where(col(Subscription.state) != SubscriptionState.ENDED)
    )
    found: dict[str, int] = {}
    for one in await session.exec(rows):
        name = one.partition("/")[0].removeprefix(f"{platform}:")
        found[name] = found.get(name, 0) + 1
    return found


def _belongs(place: str, platform: str, name: str) -> ColumnElement[bool]:
    """Whether a place lies in a workspace."""
    return col(place).startswith(f"{platform}:{name}/", autoescape=True)
