"""Deliveries that this version cannot read: a newer one wrote them, or a hand that meddled.

They stop nothing else, and wait for who can read them as long as an upgrade may take.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, update
from sqlalchemy import select as sql_select
from sqlalchemy.orm import Session
from sqlmodel import col

from storage.bulk import among, among_given
from storage.models import Delivery, DeliveryState
from storage.rows import DELIVERY, DeliveryRow

KEPT_FOR = timedelta(hours=1)
"""How long such a delivery waits until it has failed; its place gets nothing else meanwhile."""
AGAIN_IN = timedelta(minutes=1)
REASON = "This version of the bot cannot read what is to be sent."
_READ = sql_select(*DELIVERY).where(among_given(Delivery.id, "numbers"))
_LISTS = ("papers", "rest", "rising")


def deliveries_by_number(
    session: Session, numbers: Sequence[int]
) -> tuple[dict[int, DeliveryRow], Sequence[int]]:
    """Deliveries by their numbers, and the numbers of those that cannot be read."""
    try:
        found = _read(session, numbers)
    except (LookupError, TypeError, ValueError):  # one of them; the rest is read alone
        found = [row for number in numbers for row in _read_one(session, number)]
    taken = {row.id: row for row in found if _is_sound(row)}
    return taken, [number for number in numbers if number not in taken]


def _read(session: Session, numbers: Sequence[int]) -> list[DeliveryRow]:
    return [DeliveryRow(*row) for row in session.connection().execute(_READ, {"numbers": numbers}).all()]


def _read_one(session: Session, number: int) -> list[DeliveryRow]:
    try:
        return _read(session, [number])
    except (LookupError, TypeError, ValueError):
        return []


def _is_sound(row: DeliveryRow) -> bool:
    return all(
        isinstance(listed := getattr(row, name), list) and all(isinstance(one, str) for one in listed)
        for name in _LISTS
    )


def leave(session: Session, numbers: Collection[int], now: datetime) -> None:
    """Give these back for later; give those up, with all that they hold, that have waited for too long."""
    before = col(Delivery.failing_since).is_not(None) & (col(Delivery.reason) == REASON)
    since = case((before, col(Delivery.failing_since)), else_=now)
    rows = update(Delivery).where(among(Delivery.id, numbers))
    back = {"owner": None, "owner_until": None, "reason": REASON, "failing_since": since}
    connection = session.connection()
    connection.execute(rows.values(**back, state=DeliveryState.PENDING, not_before=now + AGAIN_IN))
    ended = {"state": DeliveryState.FAILED, "reason": REASON, "not_before": None, "finished_at": now}
    over = rows.where(col(Delivery.failing_since) <= now - KEPT_FOR)
    given_up = connection.execute(over.values(ended).returning(col(Delivery.token))).scalars().all()
    if given_up:
        enclosed = col(Delivery.state) == DeliveryState.ENCLOSED
        held = update(Delivery).where(among(Delivery.envelope, given_up), enclosed)
        connection.execute(held.values(ended))
