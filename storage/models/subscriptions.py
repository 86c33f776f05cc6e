"""Subscriptions, the people they belong to, and what was changed of them."""

from datetime import date, datetime
from datetime import time as time_of_day
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, false, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, additive, stored


class SubscriptionState(StrEnum):
    """`ended`: its owner deleted it and may still take that back; it is forgotten after a month."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Cadence(StrEnum):
    """`daily`: at a time on some weekdays. `weekly`: on one. `each`: as soon as an edition has settled."""

    DAILY = "daily"
    WEEKLY = "weekly"
    EACH = "each"


class Style(StrEnum):
    """`thread`: a head and one reply a paper. `compact`: the head alone, with one line a paper."""

    THREAD = "thread"
    COMPACT = "compact"


class Subscription(SQLModel, table=True):
    """A place, a filter, a schedule, a style.

    Args:
        owner: who it belongs to, as `bot.request.Request.who`; for a channel, who set it up. None where it
            was made on the command line.
        filter: canonical text of the filter; empty matches every paper.
        local_time: the wall-clock time in `zone`, an IANA name, at which it is due.
        weekdays: three-letter names in the order of the week, joined by commas.
        quiet: weekdays on which its owner wants no digest, written alike.
        max_papers: most papers that get a reply of their own; None for all.
        least_papers: fewer papers wait for the next digest; None for no such bound.
        explain: a digest without papers says so in one line.
        append_late: papers that come late are added to the thread of their day.
        rechecks: its filter compares numbers that change, so that a paper may match later.
        managers: who may change it beside those whom the platform lets, as `owner`.
        reason: why it is paused, in words for a person.
        first_day: the earliest edition that it may hold; older ones are never posted.
        seen: the last `Paper.release` that it was asked about; 0 before its first digest, and before the
            first of another filter on numbers.
        planned_through: the last local date whose digest was decided; None before the first.
        next_due_at: when the next digest is due; still set while paused.
        wait_until: until then nobody need look again: its edition is still growing.
        away_since: the first day of a vacation that the next digest sums up.
        created_by: who set it up, in words for a person.
    """

    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(index=True)
    owner: str | None = Field(default=None, index=True)
    filter: str = ""
    cadence: Cadence = Field(
        default=Cadence.DAILY, sa_type=stored(Cadence), sa_column_kwargs=additive("daily")
    )
    local_time: time_of_day
    zone: str
    weekdays: str
    quiet: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    style: Style = Field(default=Style.THREAD, sa_type=stored(Style))
    max_papers: int | None = None
    least_papers: int | None = None
    explain: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    append_late: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    rechecks: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    managers: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs=additive("[]"))
    state: SubscriptionState = Field(default=SubscriptionState.ACTIVE, sa_type=stored(SubscriptionState))
    reason: str | None = None
    first_day: date
    seen: int = Field(default=0, sa_column_kwargs=additive("0"))
    planned_through: date | None = None
    next_due_at: datetime
    wait_until: datetime | None = None
    away_since: date | None = None
    created_at: datetime
    created_by: str
    ended_at: datetime | None = None

    __table_args__ = (Index("ix_subscription_due", "state", "next_due_at"), NEVER_REUSED)


class Person(SQLModel, table=True):
    """What is kept of somebody beside their subscriptions.

    Args:
        who: as `bot.request.Request.who`.
        place: where direct messages go, if the bot can send them.
        zone: an IANA name; None to ask the platform.
        local_time: when their digests come unless they say otherwise.
        quiet: weekdays without digests, three-letter names joined by commas.
        vacation_until: the first day on which digests come again.
        notices: sentences to be said with the next answer.
    """

    who: str = Field(primary_key=True)
    place: str | None = None
    zone: str | None = None
    local_time: time_of_day | None = None
    quiet: str = ""
    vacation_until: date | None = None
    notices: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime


class Change(SQLModel, table=True):
    """One change of a subscription: a line of the audit list, and what it takes to undo it.

    Args:
        token: what the Undo button calls it; random.
        who: as `bot.request.Request.who`; None for the command line.
        what: what was changed, in words for a person.
        before: the columns that were changed as they were; empty where the subscription was new.
    """

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    subscription_id: int = Field(index=True)
    place: str = Field(index=True)
    who: str | None = Field(default=None, index=True)
    at: datetime
    what: str
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    undone: bool = False

    __table_args__ = (NEVER_REUSED,)
