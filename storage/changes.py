"""The audit list: who changed which subscription when, and how it was before."""

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Change


async def add_change(session: AsyncSession, change: Change) -> None:
    """Keep a change."""
    session.add(change)
    await session.flush()


async def change_by_token(session: AsyncSession, token: str) -> Change | None:
    return (await session.exec(select(Change).where(col(Change.token) == token))).first()


async def newest_change(session: AsyncSession, subscription_id: int) -> int:
    """The number of a subscription's latest change that stands; 0 where there is none."""
    rows = select(func.max(col(Change.id))).where(
        col(Change.subscription_id) == subscription_id, col(Change.undone).is_(False)
    )
    return (await session.exec(rows)).one() or 0


async def changes_at(session: AsyncSession, place: str, most: int) -> list[Change]:
    """The latest changes of a place's subscriptions, newest first."""
    rows = select(Change).where(col(Change.place) == place).order_by(col(Change.id).desc()).limit(most)
    return list(await session.exec(rows))
