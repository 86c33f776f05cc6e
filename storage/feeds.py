"""The private feeds of people, and when the papers of a feed came."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.locks import lock
from storage.models import Edition, PrivateFeed


async def keep_feed(session: AsyncSession, feed: PrivateFeed, renew: bool) -> PrivateFeed:
    """The feed that somebody has from now on: the one they had, unless it is to be another.

    Args:
        feed: for whoever had none, or `renew`.
    """
    await lock(session, [f"person {feed.who}"])
    found = await session.get(PrivateFeed, feed.who)
    if found is not None and not renew:
        return found
    return await session.merge(feed)


async def owner_of(session: AsyncSession, lookup: str) -> str | None:
    """Who has the feed whose secret has this hash."""
    found = await session.exec(select(PrivateFeed.who).where(PrivateFeed.lookup == lookup))
    return found.one_or_none()


async def releases(session: AsyncSession, days: Collection[date]) -> dict[date, datetime]:
    """When the editions of these days were released; those that were not are missing."""
    rows = select(Edition).where(col(Edition.day).in_(days))
    return {one.day: one.released_at for one in await session.exec(rows) if one.released_at is not None}


async def last_change(session: AsyncSession) -> datetime | None:
    """A moment since which no feed has changed: the source was last read, or an edition was released then."""
    polled, released = func.max(col(Edition.polled_at)), func.max(col(Edition.released_at))
    moments = (await session.exec(select(polled, released))).one()
    return max((moment for moment in moments if moment is not None), default=None)
