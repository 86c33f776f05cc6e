"""What a look from outside wants to know of the store: what is open, and how fresh the papers are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.deliveries import OPEN
from storage.models import Delivery, DeliveryState, Edition

UNFINISHED = (*OPEN, DeliveryState.ENCLOSED)
"""The states that a delivery leaves again."""
OTHER = "other"
"""What stands for the platform of a place whose platform is not installed any more."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The deliveries of one platform in one state.

    Args:
        number: how many there are.
        ready: how many of them may be sent now: pending, and not put off to a later moment.
        oldest: when the one that has been open longest was due, or was planned where it has no time of its
            own (UTC); None for those that travel in another.
    """

    platform: str
    state: DeliveryState
    number: int
    ready: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The store at one moment.

    Args:
        backlog: what is not finished; combinations without a delivery are missing.
        newest: the newest edition with papers.
        read_at: when the source last answered, whichever process asked (UTC).
    """

    backlog: tuple[Backlog, ...]
    newest: date | None
    read_at: datetime | None


async def overview(session: AsyncSession, platforms: Collection[str], now: datetime) -> Overview:
    """Look at what is open and at the editions; what is finished is not touched, however much there is.

    Args:
        platforms: the names of those that are installed.
    """
    connection = await session.connection()
    rows = await connection.execute(open_deliveries(platforms, now))
    filled = case((col(Edition.papers) > 0, col(Edition.day)))
    editions = await connection.execute(sql_select(func.max(filled), func.max(col(Edition.polled_at))))
    newest, read_at = editions.one()
    return Overview(tuple(Backlog(*row) for row in rows), newest, read_at)


def open_deliveries(platforms: Collection[str], now: datetime) -> Select[*tuple[Any, ...]]:
    """The rows of `Backlog`; answered through the index that begins with the state."""
    state = col(Delivery.state)
    platform = _platform(platforms)
    put_off = and_(col(Delivery.not_before).is_not(None), col(Delivery.not_before) > now)
    ready = case((or_(state != DeliveryState.PENDING, put_off), 0), else_=1)
    due = func.coalesce(col(Delivery.due_at), col(Delivery.created_at))
    oldest = func.min(case((state.in_(OPEN), due)))
    columns = (platform, state, func.count(), func.sum(ready), oldest)
    return sql_select(*columns).where(state.in_(UNFINISHED)).group_by(platform, state)


def _platform(platforms: Collection[str]) -> ColumnElement[str]:
    """The platform of a place, which stands before its first colon."""
    place = col(Delivery.place)
    known = [(place.startswith(f"{name}:", autoescape=True), name) for name in sorted(platforms)]
    return case(*known, else_=OTHER).label("platform")
