"""What a plan decides for one subscription: the row of its delivery, and how it goes on. Pure."""

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

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
from storage.ledgers import Ledger
from storage.models import Delivery, DeliveryState, Edition, Paper
from storage.plans import DueSubscription
from storage.rows import AnyDelivery

LONGEST_ROLL = timedelta(days=7)
"""Papers that are too few for a digest wait no longer than this."""

Row = dict[str, Any]
"""A delivery by its columns."""

_NOTHING: list[str] = []
_BLANK: Row = {
    name: None if field.is_required() else field.get_default()
    for name, field in Delivery.model_fields.items()
    if name not in ("id", "token")
} | {"papers": _NOTHING, "rest": _NOTHING, "rising": _NOTHING}
"""A pending delivery without papers. Lists are shared by what is made of it: nobody changes them."""


class Decision(NamedTuple):
    """What a subscription gets at an occasion.

    Args:
        row: its delivery, not stamped yet.
        sees: it has been asked about all releases there are; not so where its papers wait for more.
        missed: it catches up after an outage.
    """

    row: Row
    sees: bool = True
    missed: bool = False


def earliest(away_since: date | None, today: date) -> date:
    """The earliest edition that is looked for today.

    Args:
        away_since: the first day of a vacation that is summed up: that day's digest would have looked as far
            back from there.
    """
    return min(away_since or today, today) - LOOK_BACK


def floor_of(subscription: DueSubscription, today: date) -> date:
    """The earliest edition that a digest may hold today."""
    return max(subscription.first_day, earliest(subscription.away_since, today))


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
    if not fresh.found:
        return Decision(_without_papers(subscription, occasion, nothing_in(occasion.wanted, edition, fresh)))
    if few := _too_few(subscription, candidates, fresh, today):
        return Decision(_skipped(subscription, occasion, reasons.too_few(few)), sees=False)
    return Decision(_planned(subscription, occasion, candidates, fresh), missed=occasion.missed)


def nothing_in(wanted: date, edition: Edition | None, fresh: Fresh) -> Nothing:
    """Why there is no paper."""
    return Nothing(wanted, edition.papers if edition else 0, edition is not None, fresh.come)


def _too_few(
    subscription: DueSubscription, candidates: Candidates, fresh: Fresh, today: date
) -> TooFew | None:
    count, least = fresh.found.bit_count(), subscription.least_papers or 0
    if count >= least:
        return None
    oldest = min(paper.listed_on for paper in candidates.papers(fresh.found))
    if today - oldest >= LONGEST_ROLL:
        return None
    return TooFew(count, least)


def _planned(subscription: DueSubscription, occasion: Occasion, candidates: Candidates, fresh: Fresh) -> Row:
    away = subscription.away_since is not None
    most = most_shown(subscription.max_papers, occasion.missed, away)
    row = _row(subscription, occasion)
    row["papers"], row["rest"], row["rising"] = candidates.contents(fresh, most)
    row["late_before"], row["away"] = occasion.late_before, away
    return row


def _without_papers(subscription: DueSubscription, occasion: Occasion, nothing: Nothing) -> Row:
    if subscription.explain:
        notice = reasons.nothing(nothing, subscription.filter)
        return _row(subscription, occasion) | {"notice": notice, "late_before": occasion.wanted}
    return _skipped(subscription, occasion, reasons.nothing(nothing))


def _skipped(subscription: DueSubscription, occasion: Occasion, reason: str) -> Row:
    return _row(subscription, occasion) | {"state": DeliveryState.SKIPPED, "reason": reason}


def _row(subscription: DueSubscription, occasion: Occasion) -> Row:
    row = new_row(subscription.place)
    row["subscription_id"], row["style"] = subscription.id, subscription.style
    row["local_date"], row["due_at"] = occasion.local_date, occasion.due_at
    return row


def new_row(place: str) -> Row:
    """A pending delivery without papers; what is stamped, its keeper adds."""
    row = _BLANK.copy()
    row["token"], row["place"] = os.urandom(8).hex(), place
    row["direct"] = "@" in place  # stands in no other address, and a place is not parsed a million times
    return row


def enclosed(decisions: Iterable[Decision], papers: Mapping[str, Paper]) -> list[Row]:
    """The rows that were decided, and an envelope for those of one place: they arrive as one message.

    Args:
        papers: all that the rows name, by identifier.
    """
    rows: list[Row] = []
    first: dict[str, Decision] = {}
    together: dict[str, list[Decision]] = {}
    for decision in decisions:
        rows.append(decision.row)
        if decision.row["papers"]:
            one = first.setdefault(decision.row["place"], decision)
            if one is not decision:
                together.setdefault(decision.row["place"], [one]).append(decision)
    return rows + [_envelope(several, papers) for several in together.values()]


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
    most = most_shown(None, missed, away)
    shown = _shown(rows, most, papers) if most is not None else None
    for row in rows:
        if shown is not None:
            row["rest"] = [*row["rest"], *(paper for paper in row["papers"] if paper not in shown)]
            row["papers"] = [paper for paper in row["papers"] if paper in shown]
        row |= {"state": DeliveryState.ENCLOSED, "envelope": envelope["token"]}
    return envelope


def _shown(rows: list[Row], most: int, papers: Mapping[str, Paper]) -> set[str]:
    """Which papers the whole message shows on their own."""
    every = {paper for row in rows for paper in row["papers"]}
    return {paper.id for paper in by_upvotes(papers[paper] for paper in every)[:most]}


def union(rows: Iterable[AnyDelivery], papers: Mapping[str, Paper]) -> Digest:
    """What an envelope shows: each paper of the deliveries that it holds, once."""
    every = list(rows)
    shown = {paper for row in every for paper in row.papers}
    rest = {paper for row in every for paper in row.rest} - shown
    return Digest(
        arrange(papers[paper] for paper in shown).papers,
        arrange(papers[paper] for paper in rest).papers,
    )


def stamped(rows: Iterable[Row], now: datetime) -> list[Row]:
    """The same rows with their times (UTC)."""
    found = list(rows)
    for row in found:
        row["created_at"] = now
        row["finished_at"] = now if row["state"] is DeliveryState.SKIPPED else None
    return found
