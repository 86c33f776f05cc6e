"""What planning reads and writes, for many subscriptions at once: rows, not instances, because an instance of
a table costs 0.4 ms and a plan may hold a million."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, true, update
from sqlalchemy import select as sql_select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.bulk import among, insert_rows
from storage.ledgers import failed_since
from storage.models import (
    Cadence,
    Delivery,
    Paper,
    Style,
    Subscription,
    SubscriptionState,
)


class _Unindexed(UnaryExpression[Any]):
    """A column by whose index SQLite does not look: a plus stands before it. PostgreSQL, which counts what is
    in its tables, decides for itself."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column, operator=custom_op("+"), type_=column.type)


@compiles(_Unindexed, "postgresql")
def _plain(element: _Unindexed, compiler: Any, **options: Any) -> str:
    plain: str = compiler.process(element.element, **options)
    return plain


class DueSubscription(NamedTuple):
    """The columns of `Subscription` that planning needs."""

    id: int
    place: str
    filter: str
    cadence: Cadence
    local_time: time_of_day
    zone: str
    weekdays: str
    quiet: str
    style: Style
    max_papers: int | None
    least_papers: int | None
    explain: bool
    append_late: bool
    rechecks: bool
    first_day: date
    seen: int
    planned_through: date | None
    next_due_at: datetime
    away_since: date | None


_DUE = tuple(getattr(Subscription, name) for name in DueSubscription._fields)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back the papers of some subscriptions go.

    Args:
        seen: the lowest release that one of them has seen.
        first_day: the earliest edition that one of them may hold whatever it has seen; None for none.
        away_since: the earliest beginning of a vacation among them.
        failed: a digest of one of them failed since.
    """

    due: int
    seen: int
    first_day: date | None
    away_since: date | None
    failed: bool = False

    def covers(self, one: DueSubscription) -> bool:
        """Whether the papers that go back so far are all that a subscription needs. One that has become due
        since this was read may need more: it is left to the next plan, or it would lose them.
        """
        again = one.rechecks or one.append_late or one.seen == 0
        if again and (self.first_day is None or one.first_day < self.first_day):
            return False
        if one.away_since is not None and (self.away_since is None or one.away_since < self.away_since):
            return False
        return one.seen == 0 or 0 < self.seen <= one.seen


async def reach_of_due(session: AsyncSession, now: datetime, since: date) -> Reach:
    """How far back the papers go that all due subscriptions need together.

    Args:
        since: failures of digests before this local date do not count.
    """
    connection = await session.connection()
    again = or_(col(Subscription.rechecks), col(Subscription.append_late), col(Subscription.seen) == 0)
    seen = func.min(col(Subscription.seen)).filter(col(Subscription.seen) > 0)
    first = func.min(col(Subscription.first_day)).filter(again)
    asked = sql_select(func.count(), seen, first, func.min(col(Subscription.away_since))).where(*_is_due(now))
    row = (await connection.execute(asked)).one()
    failed = (
        sql_select(col(Delivery.id))
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(*failed_since(since), *_is_due(now))
    )
    found = (await connection.execute(failed.limit(1))).first() if row[0] else None
    return Reach(row[0], row[1] or 0, row[2], row[3], found is not None)


async def released_papers(session: AsyncSession, reach: Reach, first: date, newest: int) -> list[Paper]:
    """The standing papers that have come since, or may match again; none of an edition before `first`, and
    none of a release behind `newest`: a plan that does not count it as seen would give it again."""
    wanted: list[ColumnElement[bool]] = [col(Paper.release) > reach.seen] if reach.seen else []
    if reach.failed:
        wanted.append(true())
    elif reach.first_day is not None:
        wanted.append(col(Paper.listed_on) >= reach.first_day)
    if not wanted:
        return []
    rows = select(Paper).where(
        col(Paper.release) <= newest,
        col(Paper.withdrawn_at).is_(None),
        col(Paper.listed_on) >= first,
        or_(*wanted),
    )
    return list(await session.exec(rows))


async def due_subscriptions(
    session: AsyncSession, now: datetime, after: int, limit: int, many: bool = False
) -> list[DueSubscription]:
    """Active subscriptions that are due at `now`, by number, beginning behind `after`; and with each the
    others of its place that are due, so that they can travel together.

    On PostgreSQL the rows are locked until the transaction ends, and rows that another process has
    locked are passed over; on SQLite a writing transaction is alone anyway. A place is taken by its first
    one that is due: else two processes would take its subscriptions apart.

    Args:
        many: more are due than are worth finding by their time, and sorting, for each `limit` of them.
    """
    connection = await session.connection()
    due = sql_select(*_DUE).where(*_is_due(now, by_time=not many))
    first = due.where(col(Subscription.id) > after, ~_has_one_before(now))
    rows = first.order_by(col(Subscription.id)).limit(limit)
    found = list(map(DueSubscription._make, await connection.execute(_locked(rows))))
    if not found:
        return []
    places = {subscription.place for subscription in found}
    due = sql_select(*_DUE).where(*_is_due(now, by_time=False))
    others = due.where(among(col(Subscription.place), places), _has_one_before(now))
    rows = _locked(others.order_by(col(Subscription.id)))
    return found + list(map(DueSubscription._make, await connection.execute(rows)))


async def one_subscription(session: AsyncSession, number: int) -> DueSubscription | None:
    """One subscription as planning sees it, whether it is due or not; locked as the due ones are."""
    rows = sql_select(*_DUE).where(col(Subscription.id) == number)
    row = (await (await session.connection()).execute(rows.with_for_update())).first()
    return DueSubscription(*row) if row else None


def _locked(rows: Any) -> Any:
    return rows.with_for_update(skip_locked=True)


def _is_due(
    now: datetime, table: Any = Subscription, by_time: bool = True
) -> tuple[ColumnElement[bool], ...]:
    """That a subscription is due.

    Args:
        by_time: found by the index of times, which SQLite would always take; else by number or place.
    """
    state = col(table.state)
    return (
        (state if by_time else _Unindexed(state)) == SubscriptionState.ACTIVE,
        col(table.next_due_at) <= now,
        or_(col(table.wait_until).is_(None), col(table.wait_until) <= now),
    )


def _has_one_before(now: datetime) -> ColumnElement[bool]:
    """Whether an older subscription of its place is due too."""
    other = aliased(Subscription)
    older = (col(other.place) == col(Subscription.place), col(other.id) < col(Subscription.id))
    return exists().where(*older, *_is_due(now, other, by_time=False))


async def reserved(
    session: AsyncSession, ids: Collection[int], dates: Collection[date]
) -> set[tuple[int, date]]:
    """Those of the subscriptions and local dates that have their delivery, whatever became of it."""
    rows = select(col(Delivery.subscription_id), col(Delivery.local_date)).where(
        among(col(Delivery.subscription_id), ids),
        col(Delivery.local_date).in_(dates),
        col(Delivery.by_hand).is_(False),
    )
    return {(number, day) for number, day in await session.exec(rows) if number is not None}


async def insert_deliveries(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Keep planned deliveries. Raises sqlalchemy.exc.IntegrityError where a subscription
    has one for that date already.

    Args:
        rows: by the columns of `Delivery`, all with the same ones.
    """
    await insert_rows(session, SQLModel.metadata.tables["delivery"], rows)


async def advance(session: AsyncSession, values: Mapping[str, Any], ids: Collection[int]) -> None:
    """Set columns of many subscriptions to the same values."""
    if ids:
        table = SQLModel.metadata.tables["subscription"]
        changed = update(table).where(among(table.c.id, ids)).values(**values)
        await (await session.connection()).execute(changed)
