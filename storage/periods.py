"""The papers of a day, a week or a month, for a page of them. To be asked by `Database.ask`, or by
`run_sync` within a session of `Database.read`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func
from sqlalchemy import select as sql_select
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session, col, select

from storage.models import Edition, Paper, VoteSnapshot


class Listed(NamedTuple):
    """What the papers of a period are ordered by."""

    id: str
    listed_on: date
    upvotes: int
    first_seen_at: datetime


class Standing(NamedTuple):
    """How the lists of a period stand. What differs there may differ on a page of them, and nothing else.

    Args:
        papers: those that were not withdrawn.
        polled_at: when the source was last asked for one of its days; None where it never was.
        unsettled: how many of its days may still grow.
        newest: the last of its days with papers; None where it has none.
        before, after: the nearest days with papers outside of it.
    """

    papers: int
    upvotes: int
    comments: int
    stars: int
    polled_at: datetime | None
    unsettled: int
    newest: date | None
    before: date | None
    after: date | None


def standing(session: Session, first: date, last: date) -> Standing:
    """How the lists from `first` to `last` stand; cheap."""
    stays = col(Paper.withdrawn_at).is_(None)
    sums: tuple[Any, ...] = (
        func.count(),
        *(
            func.coalesce(func.sum(column), 0)
            for column in (col(Paper.upvotes), col(Paper.comments), col(Paper.code_stars))
        ),
    )
    papers = sql_select(*sums).where(col(Paper.listed_on).between(first, last), stays)
    open_days = func.sum(case((col(Edition.settled_at).is_(None), 1), else_=0))
    filled = case((col(Edition.papers) > 0, col(Edition.day)))
    editions = select(func.max(col(Edition.polled_at)), func.coalesce(open_days, 0), func.max(filled))
    of_days = editions.where(col(Edition.day).between(first, last))
    count, *numbers = session.connection().execute(papers).one()
    polled_at, unsettled, newest = session.exec(of_days).one()
    upvotes, comments, stars = map(int, numbers)
    beside = days_beside(session, first, last)
    return Standing(count, upvotes, comments, stars, polled_at, int(unsettled), newest, *beside)


def listed(session: Session, first: date, last: date) -> list[Listed]:
    """The papers listed from `first` to `last` that were not withdrawn; no order is promised."""
    columns: tuple[Any, ...] = (Paper.id, Paper.listed_on, Paper.upvotes, Paper.first_seen_at)
    rows = sql_select(*columns).where(
        col(Paper.listed_on).between(first, last), col(Paper.withdrawn_at).is_(None)
    )
    return [Listed(*row) for row in session.connection().execute(rows)]


def in_sequence(session: Session, ids: Sequence[str]) -> list[Paper]:
    """These papers in the order of `ids`; those that are not known are left out."""
    found = {paper.id: paper for paper in session.exec(select(Paper).where(col(Paper.id).in_(ids)))}
    return [found[one] for one in ids if one in found]


def votes(session: Session, paper_id: str) -> list[VoteSnapshot]:
    """A paper's numbers over time, oldest first."""
    rows = select(VoteSnapshot).where(col(VoteSnapshot.paper_id) == paper_id)
    return list(session.exec(rows.order_by(col(VoteSnapshot.taken_at))))


def newest_day(session: AnySession) -> date | None:
    """The day of the newest edition with papers."""
    return days_beside(session, date.max, date.max)[0]


def days_beside(session: AnySession, first: date, last: date) -> tuple[date | None, date | None]:
    """The nearest days with papers before `first` and after `last`."""
    filled, day = col(Edition.papers) > 0, col(Edition.day)
    before = select(func.max(day)).where(filled, day < first)
    after = select(func.min(day)).where(filled, day > last)
    return session.scalar(before), session.scalar(after)
