"""The nouns: papers, editions, subscriptions, deliveries, parts. One SQLModel class each.

All times are UTC. A `date` that belongs to an edition is the UTC day of the list.
"""

import secrets
from datetime import date, datetime
from datetime import time as time_of_day
from enum import StrEnum
from typing import Any, TypedDict, TypeVar

from sqlalchemy import JSON, Enum, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite would give the number of a deleted row to the next one: a button or a note would name another's.
_NEVER_REUSED = {"sqlite_autoincrement": True}

_E = TypeVar("_E", bound=StrEnum)


def _stored(kind: type[_E]) -> Any:
    """A text column that holds the member's value; SQLAlchemy alone would store its name."""
    return Enum(
        kind, native_enum=False, length=16, values_callable=lambda members: [m.value for m in members]
    )


class PaperFacts(TypedDict):
    """What a source says of one paper: the columns of `Paper` that come from outside.

    A plain dict, because an instance of a table costs 0.4 ms to make and an archive holds thousands.
    All texts are clean (see `bot.cleaning`), all addresses http or https.
    """

    id: str
    listed_on: date
    published_on: date | None
    title: str
    abstract: str
    authors: list[str]
    upvotes: int
    comments: int
    submitter: str | None
    submitter_name: str | None
    summary: str | None
    keywords: list[str]
    code_url: str | None
    code_stars: int | None
    project_url: str | None
    organization: str | None
    organization_name: str | None
    media_urls: list[str]
    thumbnail_url: str | None
    withdrawn_at: datetime | None


class Paper(SQLModel, table=True):
    """One paper by its arXiv identifier, with what is known of it now.

    `listed_on` is the day of the daily list, `published_on` arXiv's date. `submitter` and `organization`
    are account names, `..._name` what people read. `summary` is one line made by a machine.
    """

    id: str = Field(primary_key=True)
    listed_on: date = Field(foreign_key="edition.day", index=True)
    published_on: date | None = None
    title: str
    abstract: str = ""
    authors: list[str] = Field(default_factory=list, sa_type=JSON)
    upvotes: int = 0
    comments: int = 0
    submitter: str | None = None
    submitter_name: str | None = None
    summary: str | None = None
    keywords: list[str] = Field(default_factory=list, sa_type=JSON)
    code_url: str | None = None
    code_stars: int | None = None
    project_url: str | None = None
    organization: str | None = None
    organization_name: str | None = None
    media_urls: list[str] = Field(default_factory=list, sa_type=JSON)
    thumbnail_url: str | None = None
    withdrawn_at: datetime | None = None
    first_seen_at: datetime

    @property
    def url(self) -> str:
        """The paper's page."""
        return f"https://huggingface.co/papers/{self.id}"


class Edition(SQLModel, table=True):
    """The list of one day. It grows until it has settled; a day without papers is an edition too.

    Args:
        changed_at: when a poll last found a paper that was not there before, or first looked.
        polled_at: when the source was last asked for this day.
        settled_at: when the list counted as final; None while it may still grow.
    """

    day: date = Field(primary_key=True)
    papers: int = 0
    changed_at: datetime
    polled_at: datetime
    settled_at: datetime | None = None


class VoteSnapshot(SQLModel, table=True):
    """What a paper's numbers were at one moment; a row for each change that a poll saw."""

    __tablename__ = "vote_snapshot"

    paper_id: str = Field(foreign_key="paper.id", primary_key=True)
    taken_at: datetime = Field(primary_key=True)
    upvotes: int
    comments: int
    code_stars: int | None = None


class SubscriptionState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


class Style(StrEnum):
    """`thread`: a head and one reply a paper. `compact`: the head alone, with one line a paper."""

    THREAD = "thread"
    COMPACT = "compact"


class Subscription(SQLModel, table=True):
    """A place, a filter, a schedule, a style.

    Args:
        filter: canonical text of the filter; empty matches every paper.
        local_time: the wall-clock time in `zone`, an IANA name, at which it is due.
        weekdays: three-letter names in the order of the week, joined by commas.
        max_papers: most papers that get a reply of their own; None for all.
        first_day: the earliest edition that it may hold; older ones are never posted.
        next_due_at: when the next digest is due; still set while paused.
        reason: why it is paused, in words for a person.
        created_by: who set it up, in words for a person.
    """

    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(index=True)
    filter: str = ""
    local_time: time_of_day
    zone: str
    weekdays: str
    style: Style = Field(default=Style.THREAD, sa_type=_stored(Style))
    max_papers: int | None = None
    state: SubscriptionState = Field(default=SubscriptionState.ACTIVE, sa_type=_stored(SubscriptionState))
    reason: str | None = None
    first_day: date
    next_due_at: datetime
    created_at: datetime
    created_by: str

    __table_args__ = (Index("ix_subscription_due", "state", "next_due_at"), _NEVER_REUSED)


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


def _token() -> str:
    return secrets.token_hex(8)


class Delivery(SQLModel, table=True):
    """One digest on its way to one place, frozen when it was planned.

    Args:
        token: random; part keys begin with it, so that they are new in a new database too.
        subscription_id: None for a digest that a person posted by hand, and when the subscription has ended.
        by_hand: a person asked for this edition.
        local_date: the date at the subscription's zone, or the day of the edition posted by hand.
        papers: identifiers in the order of posting, each shown on its own.
        rest: identifiers beyond the subscription's most papers; the head says how many there are.
        reason: why it was skipped or failed, in words for a person.
        not_before: when the next attempt may be made; None for at once.
        attempts: failures since the last part that was sent; `failing_since` is when they began.
        owner: the process that sends it now; `owner_until` ends its claim.
    """

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(default_factory=_token, unique=True)
    subscription_id: int | None = Field(default=None, foreign_key="subscription.id", ondelete="SET NULL")
    place: str = Field(index=True)
    by_hand: bool = False
    local_date: date
    style: Style = Field(default=Style.THREAD, sa_type=_stored(Style))
    papers: list[str] = Field(default_factory=list, sa_type=JSON)
    rest: list[str] = Field(default_factory=list, sa_type=JSON)
    state: DeliveryState = Field(default=DeliveryState.PENDING, sa_type=_stored(DeliveryState))
    reason: str | None = None
    not_before: datetime | None = None
    attempts: int = 0
    failing_since: datetime | None = None
    owner: str | None = None
    owner_until: datetime | None = None
    created_at: datetime
    finished_at: datetime | None = None

    __table_args__ = (
        UniqueConstraint("subscription_id", "local_date"),
        Index("ix_delivery_open", "state", "not_before"),
        _NEVER_REUSED,
    )


class PartKind(StrEnum):
    """`head`: what opens the digest. `more`: the lines that did not fit the head. `card`: one paper."""

    HEAD = "head"
    MORE = "more"
    CARD = "card"


class PartState(StrEnum):
    """`refused`: the platform called this message malformed; the parts behind it are sent all the same."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


class Part(SQLModel, table=True):
    """One message of a delivery.

    Args:
        position: 0 is the head; parts are sent in this order.
        papers: identifiers that this message shows: one for a card, its lines' for a compact head.
        ref: what the adapter gave when it was sent.
    """

    delivery_id: int = Field(foreign_key="delivery.id", primary_key=True, ondelete="CASCADE")
    position: int = Field(primary_key=True)
    kind: PartKind = Field(sa_type=_stored(PartKind))
    papers: list[str] = Field(default_factory=list, sa_type=JSON)
    state: PartState = Field(default=PartState.PENDING, sa_type=_stored(PartState))
    ref: str | None = None
    sent_at: datetime | None = None


class SavedSearch(SQLModel, table=True):
    """A filter that the buttons of an answer name by its token, so that they work for months and stay short.

    Args:
        token: made of `filter`, so that one filter is kept once; see `storage.searches.token_of`.
        filter: canonical text.
        used_at: when an answer last carried the token, to the day.
    """

    __tablename__ = "saved_search"

    token: str = Field(primary_key=True)
    filter: str
    used_at: datetime = Field(index=True)
