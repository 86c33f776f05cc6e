"""Which documents a condition selects. Papers that are withdrawn are in no answer.

To be asked by `Database.ask`.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Double, bindparam, case, cast, func, literal
from sqlmodel import Session, col, select

from storage.models import Paper
from storage.search.conditions import Condition
from storage.search.documents import SearchDocument
from storage.search.rooms import Room, by_code_points, room_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Keys = NDArray[np.int64]

_DAYS = 10_000_000
"""More than the ordinal of any day."""


def count_matching(session: Session, where: Condition) -> int:
    """How many documents there are."""
    return session.exec(select(func.count()).select_from(_room(session, where).keys(where).subquery())).one()


def matching_keys(session: Session, where: Condition) -> "Keys":
    """The keys of the documents, ascending. They come as one text: rows would cost a microsecond each."""
    room = _room(session, where)
    return _ascending(session.scalar(_all_listed(room, room.keys(where))))


def fallen_keys(session: Session) -> "Keys":
    """The keys of the documents of papers that are withdrawn, ascending."""
    return _ascending(session.scalar(_fallen(session.get_bind().dialect.name)))


@cache
def _fallen(dialect: str) -> Any:
    fallen: Any = select(col(SearchDocument.key).label("key")).where(col(SearchDocument.standing).is_(False))
    return _all_listed(room_in(dialect), fallen)


def days_behind(session: Session, after: int) -> "tuple[Keys, Keys]":
    """The keys behind `after`, ascending, and the day of each document as its ordinal."""
    import numpy as np

    both = cast(col(SearchDocument.key), BigInteger) * _DAYS + col(SearchDocument.listed_day)
    rows: Any = select(both.label("key")).where(col(SearchDocument.key) > after)
    statement = _all_listed(room_in(session.get_bind().dialect.name), rows)
    keys, days = np.divmod(_ascending(session.scalar(statement)), _DAYS)
    return keys, days


def _all_listed(room: Room, keys: Any) -> Any:
    """A statement for all that the column `key` of another has, as one text."""
    return select(room.listed(keys.subquery().c.key))


def _ascending(listed: str | None) -> "Keys":
    """Numbers with commas between them, in order."""
    import numpy as np  # a tenth of a second that nobody waits for who only sends

    if not listed:
        return np.empty(0, np.int64)
    found: Keys = np.fromstring(listed, np.int64, sep=",")
    return found if bool((found[1:] > found[:-1]).all()) else np.sort(found)


def page_of(
    session: Session, where: Condition, order: str, limit: int, offset: int, today: date
) -> list[int]:
    """The keys of a stretch of the documents in order.

    Args:
        order: "new", "upvotes" or "trending"; ties go by upvotes, then the newest, then the identifier.
        today: what an age is counted to.
    """
    identifier = by_code_points(session.get_bind().dialect.name, col(SearchDocument.paper_id))
    newest, upvotes = col(SearchDocument.listed_day).desc(), col(SearchDocument.upvotes).desc()
    first: dict[str, tuple[ColumnElement[Any], ...]] = {
        "new": (newest, upvotes),
        "upvotes": (upvotes, newest),
        "trending": (_trend(today).desc(), upvotes, newest),
    }
    rows = select(SearchDocument.key).where(_room(session, where).clause(where), col(SearchDocument.standing))
    return list(session.exec(rows.order_by(*first[order], identifier).limit(limit).offset(offset)))


def _trend(today: date) -> ColumnElement[Any]:
    """(upvotes + 1) / (age + 2)², the age in days, at least 0."""
    day = col(SearchDocument.listed_day)
    since = case((day < today.toordinal(), literal(today.toordinal()) - day + 2), else_=2)
    return cast(col(SearchDocument.upvotes) + 1, Double) / cast(since * since, Double)


def papers_by_key(session: Session, keys: Sequence[int]) -> dict[int, Paper]:
    """The papers of these documents by key; those that are gone or withdrawn are left out."""
    return dict(session.exec(_papers_by_key(), params={"keys": keys}).all())


@cache
def _papers_by_key() -> Any:
    named = col(SearchDocument.key).in_(bindparam("keys", expanding=True))
    joined = select(SearchDocument.key, Paper).join(Paper, col(Paper.id) == col(SearchDocument.paper_id))
    return joined.where(named, col(SearchDocument.standing))


def key_of(session: Session, paper_id: str) -> int | None:
    """The key of a paper's document, withdrawn or not; None where there is none."""
    found = session.exec(select(SearchDocument.key).where(SearchDocument.paper_id == paper_id))
    return found.one_or_none()


def _room(session: Session, where: Condition) -> Room:
    """The room of the session's database, which is ready to be asked about `where`."""
    room = room_in(session.get_bind().dialect.name)
    statement = room.preparation(where)
    if statement is not None:
        session.connection().execute(statement)
    return room
