"""Rows with sensible values: `make_paper(upvotes=3)` says only what a test is about.

Everything is the same on every run. Things that differ by nature are told apart by a number:
`make_paper(2)` is `2607.00002`.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar, cast

from sqlmodel import SQLModel

from bot.settling import SettleRules
from storage.models import Delivery, Edition, Paper, PaperFacts, PartKind, Subscription
from storage.rows import PartRow

_Row = TypeVar("_Row", bound=SQLModel)

DAY = date(2026, 7, 29)
"""A Wednesday, the day of all that names no other."""
NOON = datetime(2026, 7, 29, 12, tzinfo=UTC)
PLACE = "slack:C0123"
RULES = SettleRules(earliest=time(7), quiet=timedelta(hours=1), deadline=time(12))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def paper_id(number: int) -> str:
    """The identifier of the paper with that number."""
    return f"2607.{number:05}"


def make_facts(number: int = 1, **changes: Any) -> PaperFacts:
    """What a source says of a paper that has everything.

    Args:
        changes: by the names of `PaperFacts`.
    """
    facts = {
        "id": paper_id(number),
        "listed_on": DAY,
        "published_on": DAY - timedelta(days=2),
        "title": f"Paper {number}",
        "abstract": f"We show that {number} is enough.",
        "authors": ["Ada Lovelace", "Alan Turing"],
        "upvotes": 10,
        "comments": 2,
        "submitter": "ada",
        "submitter_name": "Ada Lovelace",
        "summary": f"Shows that {number} is enough.",
        "keywords": ["numbers"],
        "code_url": "https://github.com/example/numbers",
        "code_stars": 5,
        "project_url": "https://example.org/numbers",
        "organization": "example",
        "organization_name": "Example Institute",
        "media_urls": ["https://example.org/numbers.png"],
        "thumbnail_url": "https://example.org/thumbnail.png",
        "withdrawn_at": None,
    }
    assert not changes.keys() - facts.keys(), changes
    return cast("PaperFacts", {**facts, **changes})


def make_paper(number: int = 1, **changes: Any) -> Paper:
    """A stored paper; `changes` go by the columns of `Paper`."""
    return _row(Paper, {**make_facts(number), "first_seen_at": NOON}, changes)


def make_edition(day: date = DAY, **changes: Any) -> Edition:
    """The edition of a day that settled at noon with one paper; `changes` go by the columns of `Edition`."""
    noon = at(day, 12)
    columns = {"day": day, "papers": 1, "changed_at": noon, "polled_at": noon, "settled_at": noon}
    return _row(Edition, columns, changes)


def make_subscription(**changes: Any) -> Subscription:
    """A thread for one channel, every day at 12:00 UTC, first due at `NOON`; without a number, which the
    store gives."""
    columns = {
        "place": PLACE,
        "local_time": time(12),
        "zone": "UTC",
        "weekdays": "mon,tue,wed,thu,fri,sat,sun",
        "first_day": DAY,
        "next_due_at": NOON,
        "created_at": NOON - timedelta(hours=3),
        "created_by": "ada",
    }
    return _row(Subscription, columns, changes)


def make_delivery(*papers: int, **changes: Any) -> Delivery:
    """A pending delivery of these papers to one channel, for no subscription; without a number."""
    columns = {
        "place": PLACE,
        "local_date": DAY,
        "papers": [paper_id(number) for number in papers],
        "created_at": NOON,
    }
    return _row(Delivery, columns, changes)


def make_parts(*papers: int) -> list[PartRow]:
    """The parts of a thread of these papers: a head, and a card each."""
    head = PartRow(0, 0, PartKind.HEAD)
    cards = [
        PartRow(0, position, PartKind.CARD, [paper_id(number)]) for position, number in enumerate(papers, 1)
    ]
    return [head, *cards]


def _row(table: type[_Row], columns: dict[str, Any], changes: dict[str, Any]) -> _Row:
    unknown = changes.keys() - table.model_fields.keys()
    assert not unknown, f"{table.__name__} has no {', '.join(sorted(unknown))}"
    return table(**{**columns, **changes})
