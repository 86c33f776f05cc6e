"""Keep what a source answered; read editions and papers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, Update, bindparam, case, cast, func, update
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.locks import lock
from storage.models import Edition, Paper, PaperFacts, VoteSnapshot

_FIXED = {"id", "listed_on", "first_seen_at"}
"""Columns of a paper that its first reading decides: it stays in the edition where it was seen first."""
_CURRENT = {"upvotes", "comments", "withdrawn_at"}
"""Columns that follow the source whatever it says; of the others, what was known outlives an empty answer."""
INGEST_LOCK = ("ingest",)
"""Two transactions that add the same paper would both count it as new, so one writes at a time."""


class _Numbers(NamedTuple):
    upvotes: int
    comments: int
    code_stars: int | None


async def keep_papers(session: AsyncSession, papers: Sequence[PaperFacts], now: datetime) -> dict[date, int]:
    """Add new papers, update known ones, and note changed numbers as snapshots; removes nothing.

    Args:
        papers: each identifier once.

    Returns how many of them are new, by the day they are listed on.
    """
    if not papers:
        return {}
    await lock(session, INGEST_LOCK)
    await _add_editions(session, {facts["listed_on"] for facts in papers}, now)
    known = await _known_numbers(session, [facts["id"] for facts in papers])
    await _execute_many(session, _upsert_papers, [{**facts, "first_seen_at": now} for facts in papers])
    await _execute_many(session, _insert_snapshots, _changed_numbers(papers, known, now))
    return await _count_new(session, papers, known, now)


async def record_polls(session: AsyncSession, days: Collection[date], now: datetime) -> list[Edition]:
    """Note that the source was asked for these days, and return their editions in the order of the days."""
    await lock(session, INGEST_LOCK)
    await _add_editions(session, days, now)
    found = await session.exec(select(Edition).where(col(Edition.day).in_(days)).order_by(col(Edition.day)))
    polled = list(found)
    for edition in polled:
        edition.polled_at = now
    return polled


async def papers_listed(session: AsyncSession, first: date, last: date) -> list[Paper]:
    """The papers of the editions from `first` to `last`, both included; no order is promised."""
    found = await session.exec(select(Paper).where(col(Paper.listed_on).between(first, last)))
    return list(found)


async def papers_by_id(session: AsyncSession, ids: Collection[str]) -> dict[str, Paper]:
    """Those of the papers that are known, by identifier."""
    found = await session.exec(select(Paper).where(col(Paper.id).in_(ids)))
    return {paper.id: paper for paper in found}


async def editions(session: AsyncSession, first: date, last: date) -> dict[date, Edition]:
    """The editions from `first` to `last`, both included, by day; days never asked for are missing."""
    found = await session.exec(select(Edition).where(col(Edition.day).between(first, last)))
    return {edition.day: edition for edition in found}


async def _add_editions(session: AsyncSession, days: Collection[date], now: datetime) -> None:
    rows = [{"day": day, "papers": 0, "changed_at": now, "polled_at": now} for day in sorted(days)]
    await _execute_many(session, _insert_editions, rows)


async def _known_numbers(session: AsyncSession, ids: Sequence[str]) -> dict[str, _Numbers]:
    columns = select(col(Paper.id), col(Paper.upvotes), col(Paper.comments), col(Paper.code_stars))
    rows = await session.exec(columns.where(col(Paper.id).in_(ids)))
    return {row[0]: _Numbers(*row[1:]) for row in rows}


def _changed_numbers(
    papers: Sequence[PaperFacts], known: Mapping[str, _Numbers], now: datetime
) -> list[dict[str, Any]]:
    """A snapshot for each paper that is new or whose numbers are not what they were."""
    changed = []
    for facts in papers:
        before = known.get(facts["id"])
        stars = facts["code_stars"]
        if stars is None and before is not None:
            stars = before.code_stars
        numbers = _Numbers(facts["upvotes"], facts["comments"], stars)
        if numbers != before:
            changed.append({"paper_id": facts["id"], "taken_at": now, **numbers._asdict()})
    return changed


async def _count_new(
    session: AsyncSession, papers: Sequence[PaperFacts], known: Collection[str], now: datetime
) -> dict[date, int]:
    new: dict[date, int] = {}
    for facts in papers:
        if facts["id"] not in known:
            new[facts["listed_on"]] = new.get(facts["listed_on"], 0) + 1
    counts = [{"counted_day": day, "counted": count, "counted_at": now} for day, count in new.items()]
    await _execute_many(session, _add_to_counts, counts)
    return new


async def _execute_many(session: AsyncSession, statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection = await session.connection()
        await connection.execute(statement(connection.dialect.name), rows)


def insert_into(dialect: str, table: type[SQLModel]) -> Insert:
    """INSERT … ON CONFLICT, which has the same form in both dialects, but no common class."""
    if dialect == "sqlite":
        return insert(table)
    from sqlalchemy.dialects import postgresql  # a tenth of a second that SQLite's users need not wait

    return postgresql.insert(table)  # type: ignore[return-value]


@cache
def _insert_editions(dialect: str) -> Insert:
    return insert_into(dialect, Edition).on_conflict_do_nothing()


@cache
def _insert_snapshots(dialect: str) -> Insert:
    return insert_into(dialect, VoteSnapshot).on_conflict_do_nothing()


@cache
def _add_to_counts(_dialect: str) -> Update:
    of_day = update(Edition).where(col(Edition.day) == bindparam("counted_day"))
    return of_day.values(
        papers=col(Edition.papers) + bindparam("counted"), changed_at=bindparam("counted_at")
    )


@cache
def _upsert_papers(dialect: str) -> Insert:
    statement = insert_into(dialect, Paper)
    columns = [column.name for column in SQLModel.metadata.tables["paper"].columns]
    return statement.on_conflict_do_update(
        index_elements=["id"],
        set_={name: _merged(name, statement.excluded[name]) for name in columns if name not in _FIXED},
    )


def _merged(name: str, new: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a column of a known paper becomes: the new value, or the old one where the new one is empty."""
    old = SQLModel.metadata.tables["paper"].columns[name]
    if name in _CURRENT:
        return new
    if name in {"authors", "keywords", "media_urls"}:
        return case((cast(new, String) == "[]", old), else_=new)
    if name in {"title", "abstract"}:
        return func.coalesce(func.nullif(new, ""), old)
    return func.coalesce(new, old)
