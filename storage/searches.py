"""The filters that buttons name: kept while they are used, forgotten after three months."""

from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from sqlalchemy import and_, delete, or_
from sqlalchemy.dialects.sqlite import Insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.mailboxes import OPT_IN_KEPT
from storage.models import SavedSearch
from storage.papers import insert_into

KEPT = timedelta(days=90)
"""How long a filter is kept after an answer last carried its token."""
NAMES_A_MAILBOX = "/papers % by email %"
"""What buttons name that has an address in it: a command (see `bot.kept_filters`) which a zone or a yes is
still wanted for. Nobody has confirmed that address, so it is kept no longer than one that was asked."""
MOST_FORGOTTEN = 100
"""Filters that are forgotten in passing, so that nobody waits for a large cleaning."""
_TOKEN = 16
_FRESH = timedelta(days=1)


def token_of(filter_text: str) -> str:
    """What buttons call a filter: 16 hexadecimal digits, the same in every process.

    Args:
        filter_text: canonical text.
    """
    return sha256(filter_text.encode()).hexdigest()[:_TOKEN]


async def saved_filter(session: AsyncSession, token: str) -> str | None:
    """The canonical text behind a token; None where it was never given out, or has been forgotten."""
    found = await session.get(SavedSearch, token)
    return found.filter if found else None


async def is_fresh(session: AsyncSession, filter_text: str, now: datetime) -> bool:
    """Whether the filter was kept within a day: it need not be written again."""
    found = await session.exec(
        select(SavedSearch.used_at).where(
            col(SavedSearch.token) == token_of(filter_text), col(SavedSearch.used_at) > now - _FRESH
        )
    )
    return found.first() is not None


async def keep_search(session: AsyncSession, filter_text: str, now: datetime) -> None:
    """Keep a filter, or note that it is used again; forgets some that have not been for long."""
    connection = await session.connection()
    row = {"token": token_of(filter_text), "filter": filter_text, "used_at": now}
    await connection.execute(_upsert(connection.dialect.name), row)
    old = select(SavedSearch.token).where(col(SavedSearch.used_at) < now - KEPT)
    oldest = old.order_by(col(SavedSearch.used_at)).limit(MOST_FORGOTTEN)
    await connection.execute(delete(SavedSearch).where(col(SavedSearch.token).in_(oldest)))


async def forget_searches(session: AsyncSession, now: datetime, most: int) -> int:
    """Delete what has not been used for long; how many rows that were."""
    named = and_(col(SavedSearch.used_at) < now - OPT_IN_KEPT, col(SavedSearch.filter).like(NAMES_A_MAILBOX))
    old = select(SavedSearch.token).where(or_(col(SavedSearch.used_at) < now - KEPT, named))
    found = list(await session.exec(old.order_by(col(SavedSearch.used_at)).limit(most)))
    await session.exec(delete(SavedSearch).where(col(SavedSearch.token).in_(found)))
    return len(found)


@cache
def _upsert(dialect: str) -> Insert:
    statement = insert_into(dialect, SavedSearch)
    return statement.on_conflict_do_update(
        index_elements=["token"], set_={"used_at": statement.excluded.used_at}
    )
