"""Deliveries and the messages that they are made of."""

import secrets
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, false, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, additive, stored
from storage.models.subscriptions import Style


class DeliveryState(StrEnum):
    """`enclosed`: it travels inside another delivery of its place; see `Delivery.envelope`."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    ENCLOSED = "enclosed"


def _token() -> str:
    return secrets.token_hex(8)


def _index_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows of which `where` is true; a query uses it that says so in the same words."""
    rows = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=rows, postgresql_where=rows)


class Delivery(SQLModel, table=True):
    """One digest on its way to one place, frozen when it was planned.

    Args:
        token: random; part keys begin with it, so that they are new in a new database too.
        subscription_id: None for an edition that a person posted by hand, for an envelope, for a notice, and
            when the subscription has been forgotten.
        direct: whether one person's direct messages are its place: channels are served before them.
        by_hand: a person asked for it, or it adds to an earlier one: not the one digest of its local date.
        local_date: the date at the subscription's zone, or the day of the edition posted by hand.
        papers: identifiers in the order of posting, each shown on its own.
        rest: identifiers beyond the subscription's most papers; the head says how many there are.
        rising: those of `papers` that match only now, because their numbers have grown.
        late_before: papers of earlier editions are late; None for those before the newest one. Where it has
            no papers, the edition that was looked for.
        away: it sums up a vacation.
        due_at: when it was due, for one of a schedule.
        envelope: the token of the delivery that holds this one and others of the same place. That one has no
            subscription and no papers of its own: its parts show the papers of all that it holds.
        thread_of: the delivery to whose thread the papers are added.
        notice: one sentence to be said instead of papers.
        reason: why it was skipped or failed, in words for a person.
        not_before: when the next attempt may be made; None for at once.
        attempts: failures since the last part that was sent; `failing_since` is when they began.
        owner: the process that sends it now; `owner_until` ends its claim.
    """

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(default_factory=_token, unique=True)
    subscription_id: int | None = Field(default=None, foreign_key="subscription.id", ondelete="SET NULL")
    place: str = Field(index=True)
    direct: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    by_hand: bool = False
    local_date: date
    style: Style = Field(default=Style.THREAD, sa_type=stored(Style))
    papers: list[str] = Field(default_factory=list, sa_type=JSON)
    rest: list[str] = Field(default_factory=list, sa_type=JSON)
    rising: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs=additive("[]"))
    late_before: date | None = None
    away: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    due_at: datetime | None = None
    envelope: str | None = Field(default=None, index=True)
    thread_of: int | None = None
    notice: str | None = None
    state: DeliveryState = Field(default=DeliveryState.PENDING, sa_type=stored(DeliveryState))
    reason: str | None = None
    not_before: datetime | None = None
    attempts: int = 0
    failing_since: datetime | None = None
    owner: str | None = None
    owner_until: datetime | None = None
    created_at: datetime
    finished_at: datetime | None = None

    __table_args__ = (
        _index_where(
            "uq_delivery_scheduled", "subscription_id", "local_date", where="NOT by_hand", unique=True
        ),
        Index("ix_delivery_subscription", "subscription_id", "id"),
        Index("ix_delivery_open", "state", "not_before"),
        _index_where("ix_delivery_turn", "direct", "id", where="state = 'pending'"),
        _index_where("ix_delivery_lane", "place", "id", where="state IN ('pending', 'sending')"),
        NEVER_REUSED,
    )


class PartKind(StrEnum):
    """`head`: what opens the digest. `more`: the lines that did not fit the head. `card`: one paper."""

    HEAD = "head"
    MORE = "more"
    CARD = "card"


class PartState(StrEnum):
    """`refused`: the platform called this message malformed; the parts behind it are sent all the same.

    `doubtful`: it may have been posted, and the platform gives no way to find out; it is not sent again.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"


class Part(SQLModel, table=True):
    """One message of a delivery.

    Args:
        position: 0 is the head; parts are sent in this order.
        papers: identifiers that this message shows: one for a card, its lines' for a compact head.
        ref: what the adapter gave when it was sent.
        tried_at: when it was first about to be sent.
    """

    delivery_id: int = Field(foreign_key="delivery.id", primary_key=True, ondelete="CASCADE")
    position: int = Field(primary_key=True)
    kind: PartKind = Field(sa_type=stored(PartKind))
    papers: list[str] = Field(default_factory=list, sa_type=JSON)
    state: PartState = Field(default=PartState.PENDING, sa_type=stored(PartState))
    ref: str | None = None
    tried_at: datetime | None = None
    sent_at: datetime | None = None
