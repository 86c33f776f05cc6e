"""Subscriptions as a file: what `/papers export` writes and `/papers import` reads. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.filters.errors import FilterError
from bot.filters.question import read_subscription
from bot.filters.syntax import Filter
from bot.messages.forms import when
from bot.request import LONGEST_FILE
from bot.schedule import parse_weekdays, short_weekdays
from bot.subscribing import MOST
from bot.wishes import Wish, WishError, wish_of
from storage.models import Cadence, Subscription, SubscriptionState

VERSION = 1
_NAMES = frozenset(("filter", "when", "days", "zone", "style", "most", "least", "explain", "late", "state"))
_STATES = (SubscriptionState.ACTIVE, SubscriptionState.PAUSED)


class NotPortableError(ValueError):
    """A file that cannot be taken. The text says why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One subscription of a file.

    Args:
        paused: nothing is to come of it.
    """

    filter: Filter
    wish: Wish
    paused: bool = False


def written(own: Sequence[Subscription]) -> str:
    """A file of subscriptions, without where they go: whoever takes it back gets them."""
    rows = [_row(subscription) for subscription in own]
    return json.dumps({"version": VERSION, "subscriptions": rows}, ensure_ascii=False, indent=2)


def _row(subscription: Subscription) -> dict[str, str]:
    row = {
        "filter": subscription.filter,
        "when": when(subscription),
        "zone": subscription.zone,
        "style": subscription.style.value,
        "explain": "on" if subscription.explain else "off",
        "late": "append" if subscription.append_late else "next",
        "state": subscription.state.value,
    }
    if subscription.cadence is not Cadence.EACH:
        row["days"] = short_weekdays(parse_weekdays(subscription.weekdays))
    bounds = {"most": subscription.max_papers, "least": subscription.least_papers}
    return row | {name: str(bound) for name, bound in bounds.items() if bound}


def read(text: str, place: str) -> list[Taken]:
    """The subscriptions of a file. Raises NotPortableError.

    Args:
        place: of whoever takes it, the only one that it may name.
    """
    if len(text) > LONGEST_FILE:
        raise NotPortableError("it is too long")
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as problem:
        raise NotPortableError("it is no JSON") from problem
    if not isinstance(found, dict) or not isinstance(rows := found.get("subscriptions"), list):
        raise NotPortableError("it holds no subscriptions")
    if found.get("version") != VERSION:
        raise NotPortableError(f"it is not of version {VERSION}, which is the one that I know")
    if len(rows) > MOST:
        raise NotPortableError(f"it holds more than {MOST} subscriptions")
    return [_taken(number, row, place) for number, row in enumerate(rows, 1)]


def _taken(number: int, row: Any, place: str) -> Taken:
    if not isinstance(row, dict) or not all(map(_is_text, (*row.keys(), *row.values()))):
        raise NotPortableError(f"subscription {number} is not made of names and texts")
    if row.get("place", place) != place or "owner" in row:
        raise NotPortableError(
            f"subscription {number} names somebody else's place, and it can be for you alone"
        )
    if strange := sorted(row.keys() - _NAMES - {"place"}):
        raise NotPortableError(f'subscription {number} has "{strange[0][:40]}", which I do not know')
    if (state := row.get("state", SubscriptionState.ACTIVE)) not in _STATES:
        raise NotPortableError(f"subscription {number} is neither active nor paused")
    try:
        said = {name: row[name] for name in row if name in _NAMES}
        if said.get("when") == Cadence.EACH:
            said.pop("days", None)  # files from before have the weekdays of a subscription that needs none
        wish = wish_of(said)
        return Taken(read_subscription(row.get("filter", "")), wish, state == SubscriptionState.PAUSED)
    except (WishError, FilterError) as problem:
        raise NotPortableError(f"subscription {number}: {problem}") from problem


def _is_text(value: Any) -> bool:
    """JSON can hold halves of characters, which no text has."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)
