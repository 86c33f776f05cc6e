"""What a plan decides for one subscription: the row of its delivery, and how it goes on. Pure."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.candidates import Candidates, Fresh
from bot.digest import (
    LOOK_BACK,
    Digest,
    Nothing,
    TooFew,
    arrange,
    by_upvotes,
    most_shown,
)
from bot.messages import reasons
from bot.occasion import Occasion
from bot.places import parse_place
from storage.ledgers import Ledger
from storage.models import Delivery, DeliveryState, Edition, Paper, Style
from storage.plans import DueSubscription

LOOK_BACK_ON_VACATION = timedelta(days=92)
"""How far back the sum of a vacation looks."""
LONGEST_ROLL = timedelta(days=7)
"""Papers that are too few for a digest wait no longer than this."""

Row = dict[str, Any]
"""A delivery by its columns."""

_COLUMNS = {name: None for name in Delivery.model_fields if name not in ("id", "token")} | {
    "by_hand": False,
    "direct": False,
    "style": Style.THREAD,
    "away": False,
    "attempts": 0,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a subscription gets at an occasion.

    Args:
        row: its delivery.
        sees: it has been asked about all releases there are; not so where its papers wait for more.
        missed: it catches up after an outage.
    """

    row: Row
    sees: bool = True
    missed: bool = False


def floor_of(subscription: DueSubscription, today: date) -> date:
    """The earliest edition that a digest may hold today."""
    back = LOOK_BACK_ON_VACATION if subscription.away_since else LOOK_BACK
    return max(subscription.first_day, today - back)


def decide(
    subscription: DueSubscription,
    occasion: Occasion,
    candidates: Candidates,
    edition: Edition | None,
    ledger: Ledger | None,
    today: date,
) -> Decision:
    """What a subscription gets. Raises FilterError where its filter cannot be read.

    Args:
        edition: the one that is looked for; None where it was never read.
        ledger: what it has got; only where `needs_ledger`.
    """
    fresh = candidates.fresh(
        subscription.filter, subscription.seen, floor_of(subscription, today), subscription.rechecks, ledger
    )
    if not fresh.papers:
        return Decision(_without_papers(subscription, occasion, nothing_in(occasion.wanted, edition, fresh)))
    if few := _too_few(subscription, fresh, today):
        return Decision(_skipped(subscription, occasion, reasons.too_few(few)), sees=False)
    return Decision(_planned(subscription, occasion, fresh, today), missed=occasion.missed)


def nothing_in(wanted: date, edition: Edition | None, fresh: Fresh) -> Nothing:
    """Why there is no paper."""
    return Nothing(wanted, edition.papers if edition else 0, edition is not None, fresh.come)


def _too_few(subscription: DueSubscription, fresh: Fresh, today: date) -> TooFew | None:
    least = subscription.least_papers or 0
    if len(fresh.papers) >= least:
        return None
    oldest = min(paper.listed_on for paper in fresh.papers)
    if today - oldest >= LONGEST_ROLL:
        return None
    return TooFew(len(fresh.papers), least)


def _planned(subscription: DueSubscription, occasion: Occasion, fresh: Fresh, today: date) -> Row:
    away = subscription.away_since is not None
    most = most_shown(subscription.max_papers, occasion.missed, away)
    digest = arrange(fresh.papers, most, fresh.order, today)
    return _row(subscription, occasion) | {
        "papers": [paper.id for paper in digest.papers],
        "rest": [paper.id for paper in digest.rest],
        "rising": [paper.id for paper in digest.papers if paper.id in fresh.rising],
        "late_before": occasion.late_before,
        "away": away,
    }


def _without_papers(subscription: DueSubscription, occasion: Occasion, nothing: Nothing) -> Row:
    if subscription.explain:
        return _row(subscription, occasion) | {"notice": reasons.nothing(nothing)}
    return _skipped(subscription, occasion, reasons.nothing(nothing))


def _skipped(subscription: DueSubscription, occasion: Occasion, reason: str) -> Row:
    return _row(subscription, occasion) | {"state": DeliveryState.SKIPPED, "reason": reason}


def _row(subscription: DueSubscription, occasion: Occasion) -> Row:
    return new_row(subscription.place) | {
        "subscription_id": subscription.id,
        "local_date": occasion.local_date,
        "due_at": occasion.due_at,
        "style": subscription.style,
    }


def new_row(place: str) -> Row:
    """A pending delivery without papers; what is stamped, its keeper adds."""
    return {
        **_COLUMNS,
        "token": secrets.token_hex(8),
        "place": place,
        "direct": parse_place(place).direct,
        "state": DeliveryState.PENDING,
        "papers": [],
        "rest": [],
        "rising": [],
    }


def enclosed(decisions: Iterable[Decision], papers: Mapping[str, Paper]) -> list[Row]:
    """The rows that were decided, and an envelope for those of one place: they arrive as one message.

    Args:
        papers: all that the rows name, by identifier.
    """
    rows: list[Row] = []
    by_place: dict[str, list[Decision]] = {}
    for decision in decisions:
        rows.append(decision.row)
        if decision.row["papers"]:
            by_place.setdefault(decision.row["place"], []).append(decision)
    return rows + [_envelope(together, papers) for together in by_place.values() if len(together) > 1]


def _envelope(decisions: list[Decision], papers: Mapping[str, Paper]) -> Row:
    rows = [decision.row for decision in decisions]
    away = all(row["away"] for row in rows)
    envelope = new_row(rows[0]["place"]) | {
        "local_date": max(row["local_date"] for row in rows),
        "due_at": min(row["due_at"] for row in rows),
        "style": rows[0]["style"],
        "late_before": min(row["late_before"] for row in rows),
        "away": away,
    }
    missed = any(decision.missed for decision in decisions)
    shown = _shown(rows, most_shown(None, missed, away), papers)
    for row in rows:
        row["rest"] = [*row["rest"], *(paper for paper in row["papers"] if paper not in shown)]
        row["papers"] = [paper for paper in row["papers"] if paper in shown]
        row |= {"state": DeliveryState.ENCLOSED, "envelope": envelope["token"]}
    return envelope


def _shown(rows: list[Row], most: int | None, papers: Mapping[str, Paper]) -> set[str]:
    """Which papers the whole message shows on their own."""
    every = {paper for row in rows for paper in row["papers"]}
    return {paper.id for paper in by_upvotes(papers[paper] for paper in every)[:most]}


def union(rows: Iterable[Delivery], papers: Mapping[str, Paper]) -> Digest:
    """What an envelope shows: each paper of the deliveries that it holds, once."""
    every = list(rows)
    shown = {paper for row in every for paper in row.papers}
    rest = {paper for row in every for paper in row.rest} - shown
    return Digest(
        arrange(papers[paper] for paper in shown).papers,
        arrange(papers[paper] for paper in rest).papers,
    )


def stamped(rows: Iterable[Row], now: datetime) -> list[Row]:
    """The rows with their times (UTC)."""
    return [
        row | {"created_at": now, "finished_at": now if row["state"] is DeliveryState.SKIPPED else None}
        for row in rows
    ]
