"""Which papers digests may hold: a paper gets a release when its edition is final, and keeps it.

Releases are numbered in the order in which they were committed, so that "what came since" is a comparison
of numbers: no two clocks are compared, and no paper falls between two digests.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from storage.locks import lock
from storage.models import Cadence, Edition, Paper, Subscription, SubscriptionState
from storage.papers import INGEST_LOCK


@dataclass(frozen=True, slots=True)
class Released:
    """What a release brought.

    Args:
        number: the newest release there is; 0 where there is none.
        days: editions whose papers were released for the first time.
        late: editions that were released before and have got papers since.
    """

    number: int
    days: tuple[date, ...] = ()
    late: tuple[date, ...] = ()


async def newest_release(session: AsyncSession) -> int:
    """The number of the newest release; 0 where there is none."""
    return (await session.exec(select(func.max(col(Paper.release))))).one() or 0


async def newest_final_day(session: AsyncSession) -> date | None:
    """The newest edition that was released; None where there is none."""
    rows = select(func.max(col(Edition.day))).where(col(Edition.released_at).is_not(None))
    return (await session.exec(rows)).one()


async def unreleased(session: AsyncSession) -> list[Edition]:
    """The editions whose papers no digest may hold yet."""
    return list(await session.exec(select(Edition).where(col(Edition.released_at).is_(None))))


async def has_late_papers(session: AsyncSession) -> bool:
    """Whether an edition has got papers since it was released."""
    return (await session.exec(_late().limit(1))).first() is not None


async def release(session: AsyncSession, days: Collection[date], now: datetime) -> Released:
    """Release the papers of these editions, and those that came late to released ones.

    Held against whoever writes papers: what is committed later has a later number.
    """
    await lock(session, INGEST_LOCK)
    late = tuple(sorted(await session.exec(_late().distinct())))
    fresh = update(Edition).where(col(Edition.day).in_(days), col(Edition.released_at).is_(None))
    await session.exec(fresh.values(released_at=now))
    number = await newest_release(session)
    released = select(col(Edition.day)).where(col(Edition.released_at).is_not(None))
    papers = update(Paper).where(col(Paper.release).is_(None), col(Paper.listed_on).in_(released))
    changed = await session.exec(papers.values(release=number + 1))
    return Released(number + bool(changed.rowcount), tuple(sorted(days)), late)


async def wake(session: AsyncSession, now: datetime) -> None:
    """An edition is final: let those look again who wait for one, and those who want each at once."""
    waiting = col(Subscription.wait_until).is_not(None)
    each = and_(
        col(Subscription.cadence) == Cadence.EACH,
        col(Subscription.state) == SubscriptionState.ACTIVE,
        col(Subscription.next_due_at) > now,
        col(Subscription.away_since).is_(None),
    )
    # Taken by number, as everywhere: two that take the same rows in two orders would wait for each other.
    rows = select(col(Subscription.id)).where(or_(waiting, each)).order_by(col(Subscription.id))
    await session.exec(select(func.count()).select_from(rows.with_for_update().subquery()))
    await session.exec(update(Subscription).where(waiting).values(wait_until=None))
    await session.exec(update(Subscription).where(each).values(next_due_at=now))


def _late() -> SelectOfScalar[date]:
    unseen = select(col(Paper.listed_on)).join(Edition, col(Edition.day) == col(Paper.listed_on))
    return unseen.where(col(Paper.release).is_(None), col(Edition.released_at).is_not(None))
