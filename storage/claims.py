"""Who sends what now: deliveries are claimed for a time, marked while their parts go out, and handed back.

A claim has an owner and an end. Whatever is written under it is written only while the claim stands, so
that who lost it, because it slept too long or was taken for dead, can change nothing any more.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    text,
    update,
)
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.bulk import among_given
from storage.models import Delivery, DeliveryState, Part
from storage.places import installation_of
from storage.rows import DeliveryRow, PartRow
from storage.unreadable import deliveries_by_number, leave

# In the words of two indexes: with a parameter in place of a word SQLite does not see that these hold all.
_PENDING = text("delivery.state = 'pending'")
_OTHER_OPEN = text("other.state IN ('pending', 'sending')")
_OTHER_SENT_NOW = text("other.state = 'sending'")


FAR = timedelta(hours=2)
"""Nothing is put off for so long (`bot.delivery.retry.LONGEST_WAIT`): a clock was ahead, and has been put
back."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """A process that wants to send.

    Args:
        name: unique among all processes, living and dead.
        now: the real time (UTC), whatever moment of the schedule is being run.
        lease: how long a claim lasts unless it is renewed.
        is_gone: whether the process of that name is certainly dead.
    """

    name: str
    now: datetime
    lease: timedelta
    is_gone: Callable[[str], bool]


@dataclass(slots=True)
class Mark:
    """What is to be written of a claimed delivery.

    Args:
        part: the message whose state has changed, if any.
        until: renews the claim; None ends it, with the delivery as it stands now.
        encloses: what becomes of the delivery becomes of those that travel in it.
    """

    delivery: DeliveryRow
    part: PartRow | None = None
    until: datetime | None = None
    encloses: bool = False


def claim(
    session: Session,
    claimant: Claimant,
    most: int = 1,
    room: Callable[[str], int] | None = None,
    full: Collection[str] = (),
    only: int | None = None,
) -> list[DeliveryRow]:
    """Take the next deliveries that may be sent now: channels first, then the oldest.

    A place gets its deliveries one after the other, so only its oldest open one can be taken.

    Args:
        room: how many more of one installation are wanted at the most; None for as many as there are.
        full: installations of which none is wanted.
        only: take this delivery or none, be it planned for later.
    """
    _take_back(session, claimant)
    chosen: list[int] = []
    left: dict[str, int] = {}
    closed = set(full)
    while len(chosen) < most:
        looked_at = most - len(chosen)  # no more, because what is looked at is locked
        found = _ready(session, claimant.now, chosen, closed, looked_at, only)
        for number, place in found:
            installation = installation_of(place)
            free = left.setdefault(installation, room(installation) if room else most)
            if free > 0:
                left[installation] = free - 1
                chosen.append(number)
            else:
                closed.add(installation)
        if len(found) < looked_at:
            break
    return _taken(session, claimant, chosen) if chosen else []


def _taken(session: Session, claimant: Claimant, numbers: list[int]) -> list[DeliveryRow]:
    """Take these deliveries, in their order; what cannot be read stays for who can."""
    owner = f"{claimant.name}:{secrets.token_hex(4)}"
    values = {"numbers": numbers, "by": owner, "until": claimant.now + claimant.lease}
    session.connection().execute(_TAKE, values)
    taken, unreadable = deliveries_by_number(session, numbers)
    if unreadable:
        leave(session, unreadable, claimant.now)
    return [taken[number] for number in numbers if number in taken]


def still_held(session: Session, deliveries: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    """Those whose claims stand, as they do from now until the transaction ends."""
    values = {
        "numbers": [delivery.id for delivery in deliveries],
        "owners": {delivery.owner or "" for delivery in deliveries},
    }
    held = {(row.id, row.owner) for row in session.connection().execute(_STANDING, values)}
    return [delivery for delivery in deliveries if (delivery.id, delivery.owner) in held]


def _take_back(session: Session, claimant: Claimant) -> None:
    """Let go of what nobody living holds any more."""
    connection = session.connection()
    owners = connection.execute(_OWNERS, {"now": claimant.now}).scalars()
    dead = [owner for owner in owners if owner and claimant.is_gone(owner.rpartition(":")[0])]
    connection.execute(_TAKE_BACK, {"now": claimant.now, "dead": dead})


def _ready(
    session: Session,
    now: datetime,
    taken: Collection[int],
    closed: Collection[str],
    most: int,
    only: int | None,
) -> list[tuple[int, str]]:
    """The numbers and places of the next deliveries that nobody holds, locked: another process that claims
    now looks behind them."""
    connection = session.connection()
    rows = _ready_rows(connection.dialect.name == "sqlite", bool(taken), bool(closed), only is not None)
    values = {"now": now, "far": now + FAR, "most": most, "taken": taken, "closed": closed, "only": only}
    found = connection.execute(rows, values)
    return [(row.id, row.place) for row in found]


@cache
def _ready_rows(sqlite: bool, some_taken: bool, some_closed: bool, only_one: bool) -> Select[Any]:
    """The statement of `_ready`; to make it takes longer than to carry it out.

    Args:
        some_taken, some_closed, only_one: which of its arguments say something.
    """
    other = aliased(Delivery, name="other")
    first = or_(col(other.id) < col(Delivery.id), _OTHER_SENT_NOW)
    ahead = exists().where(col(other.place) == col(Delivery.place), _OTHER_OPEN, first)
    rows: Select[Any] = sql_select(Delivery.id, Delivery.place).where(_PENDING, ~ahead)  # type: ignore[call-overload]
    if only_one:
        rows = rows.where(col(Delivery.id) == bindparam("only"))
    else:
        waits_until = col(Delivery.not_before)
        over = or_(waits_until <= bindparam("now"), waits_until > bindparam("far"))
        rows = rows.where(or_(waits_until.is_(None), over))
    if some_taken:
        rows = rows.where(~among_given(Delivery.id, "taken"))
    if some_closed:
        rows = rows.where(~among_given(_installation(sqlite), "closed"))
    rows = rows.order_by(col(Delivery.direct), col(Delivery.id)).limit(bindparam("most", type_=Integer()))
    return rows.with_for_update(skip_locked=True, of=Delivery)


def _installation(sqlite: bool) -> ColumnElement[str]:
    """`installation_of` the place, in the database."""
    place = col(Delivery.place)
    named: ColumnElement[str]
    own: ColumnElement[str]
    if sqlite:
        named = func.substr(place, 1, func.instr(place, "/") - 1)
        own = func.substr(place, 1, func.instr(place, ":"))
    else:
        named, own = func.split_part(place, "/", 1), func.split_part(place, ":", 1) + ":"
    return case((place.contains("/"), named), else_=own)


async def hurry(session: AsyncSession) -> None:
    """Let what waits for its next attempt be tried at once."""
    waiting = update(Delivery).where(_PENDING, col(Delivery.not_before).is_not(None))
    await session.exec(waiting.values(not_before=None))


def keep_marks(session: Session, marks: Sequence[Mark]) -> list[bool]:
    """Write many marks at once; which of them were under a claim that stands. No delivery is in two."""
    held = _renew(session, marks)
    standing = [mark for mark in marks if (mark.delivery.id, mark.delivery.owner) in held]
    connection = session.connection()
    if parts := [mark.part for mark in standing if mark.part is not None]:
        connection.execute(_PART, [_values(part, _PART_COLUMNS) for part in parts])
    if ended := [mark for mark in standing if mark.until is None]:
        connection.execute(_DELIVERY, [_values(mark.delivery, _DELIVERY_COLUMNS) for mark in ended])
    for mark in ended:
        if mark.encloses and mark.delivery.finished_at is not None:
            finish_enclosed(session, mark.delivery)
    return [(mark.delivery.id, mark.delivery.owner) in held for mark in marks]


def _renew(session: Session, marks: Sequence[Mark]) -> set[tuple[int, str]]:
    """The number and the owner of each claim that stands; it stands until the transaction ends."""
    values = {
        "numbers": [mark.delivery.id for mark in marks],
        "owners": {mark.delivery.owner or "" for mark in marks},
        "until": max((mark.until for mark in marks if mark.until is not None), default=None),
    }
    return {(row.id, row.owner) for row in session.connection().execute(_RENEW, values)}


def finish_enclosed(session: Session, envelope: DeliveryRow) -> None:
    """What becomes of an envelope becomes of all that it holds."""
    held = update(Delivery).where(
        col(Delivery.envelope) == envelope.token, col(Delivery.state) == DeliveryState.ENCLOSED
    )
    session.connection().execute(
        held.values(state=envelope.state, reason=envelope.reason, finished_at=envelope.finished_at)
    )


_OWNER_UNTIL: Any = col(Delivery.owner_until)
# Made once: to make a statement takes longer than to carry it out.
_HELD = text("delivery.state = 'sending'")
_TAKE = (
    update(Delivery)
    .where(among_given(Delivery.id, "numbers"))
    .values(state=DeliveryState.SENDING, owner=bindparam("by"), owner_until=bindparam("until"))
)
_CLAIMED = (among_given(Delivery.id, "numbers"), among_given(Delivery.owner, "owners"))
_STANDING: Select[Any] = (
    sql_select(Delivery.id, Delivery.owner).where(*_CLAIMED).order_by(col(Delivery.id)).with_for_update()  # type: ignore[call-overload]
)
"""Locked one after the other in one order, so that no two who lock some wait for each other."""
_OWNERS = (
    sql_select(col(Delivery.owner)).where(_HELD, col(Delivery.owner_until) > bindparam("now")).distinct()
)
_NOBODYS = (
    sql_select(Delivery.id)  # type: ignore[call-overload]
    .where(
        _HELD,
        or_(
            col(Delivery.owner_until).is_(None),
            col(Delivery.owner_until) <= bindparam("now"),
            among_given(Delivery.owner, "dead"),
        ),
    )
    .with_for_update(skip_locked=True)  # somebody is at it
)
_TAKE_BACK = (
    update(Delivery)
    .where(col(Delivery.id).in_(_NOBODYS))
    .values(state=DeliveryState.PENDING, owner=None, owner_until=None)
)
_RENEW = (
    update(Delivery)
    .where(col(Delivery.id).in_(_STANDING.with_only_columns(col(Delivery.id))))
    .values(owner_until=func.coalesce(bindparam("until", type_=_OWNER_UNTIL.type), col(Delivery.owner_until)))
    .returning(col(Delivery.id), col(Delivery.owner))
)
_PART_COLUMNS = ("state", "ref", "tried_at", "sent_at")
_DELIVERY_COLUMNS = ("state", "reason", "not_before", "attempts", "failing_since", "finished_at")
_PART = (
    update(Part)
    .where(col(Part.delivery_id) == bindparam("of_delivery"), col(Part.position) == bindparam("at_position"))
    .values({name: bindparam(name) for name in _PART_COLUMNS})
)
_DELIVERY = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("of_delivery"))
    .values({name: bindparam(name) for name in _DELIVERY_COLUMNS} | {"owner": None, "owner_until": None})
)


def _values(row: DeliveryRow | PartRow, names: Iterable[str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    if isinstance(row, PartRow):
        return values | {"of_delivery": row.delivery_id, "at_position": row.position}
    return values | {"of_delivery": row.id}
