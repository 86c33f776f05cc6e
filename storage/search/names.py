"""Names that a filter may be completed with: authors and organisations that exist."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, not_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.papers import insert_into
from storage.search.documents import NameField, SearchName
from storage.search.rooms import by_code_points

Name = tuple[NameField, str]
"""Where a name stands, and the name folded."""

_LAST = "\U0010ffff"


async def count_names(
    connection: AsyncConnection, changes: Mapping[Name, int], written: Mapping[Name, str]
) -> None:
    """Add to the numbers of papers of names; a name that no paper has any more goes.

    Args:
        changes: how many papers have got or lost a name.
        written: each of the names as a person writes it.
    """
    rows = [
        {"field": field.value, "folded": folded, "written": written[field, folded], "papers": change}
        for (field, folded), change in changes.items()
        if change
    ]
    if not rows:
        return
    statement = insert_into(connection.dialect.name, SearchName)
    new = statement.excluded
    counted = statement.on_conflict_do_update(
        index_elements=["field", "folded"],
        set_={
            "papers": col(SearchName.papers) + new.papers,
            "written": new.written,
        },
    )
    await connection.execute(counted, sorted(rows, key=lambda row: (row["field"], row["folded"])))
    if any(change < 0 for change in changes.values()):
        await connection.execute(delete(SearchName).where(col(SearchName.papers) <= 0))


async def names_like(session: AsyncSession, field: NameField, typed: str, limit: int) -> list[str]:
    """Names as people write them that begin with `typed`, and then those of which a later word does; within
    each, those of most papers first.

    Args:
        typed: folded as names are; empty for all names.
    """
    connection = await session.connection()
    folded = by_code_points(connection.dialect.name, col(SearchName.folded))
    begins = and_(folded >= typed, folded < typed + _LAST)
    found = await _most_first(session, field, begins, folded, limit)
    if len(found) == limit or not typed:
        return found
    within = folded.contains(f" {typed}", autoescape=True) & not_(begins)
    return found + await _most_first(session, field, within, folded, limit - len(found))


async def _most_first(
    session: AsyncSession, field: NameField, where: ColumnElement[bool], folded: Any, limit: int
) -> list[str]:
    names = select(SearchName.written).where(SearchName.field == field.value, where)
    return list(await session.exec(names.order_by(col(SearchName.papers).desc(), folded).limit(limit)))
