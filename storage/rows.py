"""Deliveries and their parts while they are sent: plain rows of the tables.

The mapper's instances take ten times as long to make, to read and to change, and a sender does little else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped
from sqlmodel import SQLModel, col

from storage.models import Delivery, DeliveryState, Part, PartKind, PartState, Style


@dataclass(slots=True)
class DeliveryRow:
    """What sending needs of a `storage.models.Delivery`, under the same names."""

    id: int
    token: str
    subscription_id: int | None
    place: str
    style: Style
    papers: list[str]
    rest: list[str]
    rising: list[str]
    late_before: date | None
    away: bool
    due_at: datetime | None
    thread_of: int | None
    notice: str | None
    state: DeliveryState
    reason: str | None
    not_before: datetime | None
    attempts: int
    failing_since: datetime | None
    owner: str | None
    owner_until: datetime | None
    finished_at: datetime | None


@dataclass(slots=True)
class PartRow:
    """A `storage.models.Part`."""

    delivery_id: int
    position: int
    kind: PartKind
    papers: list[str] = field(default_factory=list)
    state: PartState = PartState.PENDING
    ref: str | None = None
    tried_at: datetime | None = None
    sent_at: datetime | None = None


AnyDelivery = Delivery | DeliveryRow


def names_of(row: type[DeliveryRow | PartRow]) -> Sequence[str]:
    """The columns of a row, in the order of its arguments."""
    return [one.name for one in fields(row)]


def _columns_of(table: type[SQLModel], row: type[DeliveryRow | PartRow]) -> list[Mapped[Any]]:
    """The same in a statement: what a database finds by them makes the row."""
    return [col(getattr(table, name)) for name in names_of(row)]


DELIVERY = _columns_of(Delivery, DeliveryRow)
PART = _columns_of(Part, PartRow)
