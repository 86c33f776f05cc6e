"""What ranking has learnt, kept in pieces; and the texts to learn from."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, insert, update
from sqlalchemy import select as sql_select
from sqlmodel import Field, LargeBinary, Session, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.locks import lock
from storage.models import Paper
from storage.search.documents import SearchDocument, SearchState
from storage.search.upkeep import hold

PIECE = 1 << 20
"""Bytes in one row."""
_LOCK = ("ranking",)


class RankingFit(SQLModel, table=True):
    """The latest learning; one row, none before the first.

    Args:
        number: of the learning that these are; a process that has loaded another one loads again.
        begun: counts the learnings that began.
        format: of the bytes.
        generation: of the index whose keys they name, see `SearchState`.
        papers: how many were learnt from.
        fitted_at: when it ended.
        begun_at: when one began that has not ended yet, if it ever will.
    """

    __tablename__ = "ranking_fit"

    id: int = Field(default=1, primary_key=True)
    number: int = 0
    begun: int = 0
    format: int = 0
    generation: int = 0
    papers: int = 0
    fitted_at: datetime | None = None
    begun_at: datetime | None = None


class RankingPiece(SQLModel, table=True):
    """A part of the bytes of the latest learning."""

    __tablename__ = "ranking_piece"

    position: int = Field(primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)


class DocumentText(NamedTuple):
    """The texts of one paper, as a person reads them."""

    key: int
    title: str
    abstract: str
    keywords: tuple[str, ...]


class Standing(NamedTuple):
    """How far index and learning are.

    Args:
        version, complete, generation: see `SearchState`.
        number, format, papers, fitted_at, begun_at: see `RankingFit`; zero and None before the
            first learning.
        learnt_generation: the index whose keys the latest learning names.
        is_late: papers came or changed since.
    """

    version: int
    complete: bool
    generation: int
    number: int
    format: int
    learnt_generation: int
    papers: int
    fitted_at: datetime | None
    begun_at: datetime | None
    is_late: bool


def standing(session: Session) -> Standing | None:
    """How far index and learning are; None where there is no index. Cheap: asked before every search."""
    found = session.connection().execute(_standing()).first()
    return Standing._make(found) if found else None


@cache
def _standing() -> Any:
    def or_zero(number: Any) -> Any:
        return func.coalesce(number, 0)

    columns: tuple[Any, ...] = (
        *(SearchState.version, SearchState.complete, SearchState.generation),
        *(or_zero(RankingFit.number), or_zero(RankingFit.format), or_zero(RankingFit.generation)),
        *(or_zero(RankingFit.papers), RankingFit.fitted_at, RankingFit.begun_at),
        exists().where(_is_late()),
    )
    joined = col(RankingFit.id) == col(SearchState.id)
    return sql_select(*columns).select_from(SearchState).outerjoin(RankingFit, joined)


async def begin_fit(session: AsyncSession, now: datetime) -> int:
    """Note that learning begins; its number. What changes from now on, it may have missed."""
    await hold(session)  # whoever writes documents takes this lock first, or two would wait for each other
    await lock(session, _LOCK)
    fit = await session.get(RankingFit, 1) or RankingFit()
    fit.begun, fit.begun_at = fit.begun + 1, now
    session.add(fit)
    await _renumber(session, col(SearchDocument.learnt) <= 0, -fit.begun)
    return fit.begun


async def keep_fit(session: AsyncSession, learnt: RankingFit, data: bytes) -> None:
    """Replace what was learnt before, unless a learning that began later has done so.

    Args:
        learnt: number, format, generation, papers and fitted_at.
    """
    await hold(session)
    await lock(session, _LOCK)
    fit = await session.get_one(RankingFit, 1)
    if fit.number > learnt.number:
        return
    for name in ("number", "format", "generation", "papers", "fitted_at"):
        setattr(fit, name, getattr(learnt, name))
    if fit.begun == fit.number:
        fit.begun_at = None
    await _renumber(session, col(SearchDocument.learnt) == -fit.number, fit.number)
    connection = await session.connection()
    await connection.execute(delete(RankingPiece))
    pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
    rows = [{"position": position, "data": piece} for position, piece in enumerate(pieces)]
    await connection.execute(insert(RankingPiece), rows)


async def _renumber(session: AsyncSession, which: ColumnElement[bool], number: int) -> None:
    connection = await session.connection()
    await connection.execute(update(SearchDocument).where(which).values(learnt=number))


def fit_data(session: Session) -> bytes:
    """The bytes of the latest learning."""
    rows = sql_select(col(RankingPiece.data)).order_by(col(RankingPiece.position))
    return b"".join(session.scalars(rows))


def count_late(session: Session) -> int:
    """How many papers came or changed since the latest learning."""
    return session.exec(select(func.count()).select_from(SearchDocument).where(_is_late())).one()


def late_texts(session: Session, limit: int) -> list[DocumentText]:
    """The texts of those papers, the latest first."""
    rows = _texts().where(_is_late(), col(SearchDocument.standing))
    return _read(session, rows.order_by(col(SearchDocument.key).desc()).limit(limit))


def texts_behind(session: Session, after: int, limit: int) -> list[DocumentText]:
    """The texts of the next papers behind a key, withdrawn or not, in the order of the keys."""
    rows = _texts().where(col(SearchDocument.key) > after)
    ordered = rows.order_by(col(SearchDocument.key)).limit(limit)
    return _read(session, ordered)


def texts_of(session: Session, keys: Sequence[int]) -> dict[int, DocumentText]:
    """The texts of these papers, by key."""
    return {text.key: text for text in _read(session, _texts_by_key(), {"keys": keys})}


@cache
def _texts_by_key() -> Any:
    return _texts().where(col(SearchDocument.key).in_(bindparam("keys", expanding=True)))


def _read(session: Session, texts: Any, values: dict[str, Any] | None = None) -> list[DocumentText]:
    rows = session.connection().execute(texts, values)
    return [DocumentText(key, title, abstract, tuple(keywords)) for key, title, abstract, keywords in rows]


def _texts() -> Any:  # the type of a select has all its columns in it
    columns: tuple[Any, ...] = (SearchDocument.key, Paper.title, Paper.abstract, Paper.keywords)
    return sql_select(*columns).join(Paper, col(Paper.id) == col(SearchDocument.paper_id))


def _is_late() -> ColumnElement[bool]:
    return col(SearchDocument.learnt) <= 0
