"""Why something came, or did not: the latest deliveries of subscriptions, and what they wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.digest import edition_for, standing
from bot.filters.closest import Closest, closest
from bot.filters.errors import FilterError
from bot.filters.parser import parse
from bot.settling import SettleRules
from storage import deliveries, papers
from storage.database import Database
from storage.models import Delivery, DeliveryState, Subscription, SubscriptionState

MOST = 10
"""Deliveries that are explained at once."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What has come of some subscriptions.

    Args:
        latest: their deliveries, newest first; those that were not to be, with the reason.
        waiting: numbers of those that are due and wait for their edition to settle.
        closest: what nearly matched, by subscription, where the latest digest had no paper.
    """

    subscriptions: tuple[Subscription, ...]
    latest: tuple[Delivery, ...]
    waiting: frozenset[int]
    closest: dict[int, Closest]


class Explaining:
    """Looks up what has come.

    Args:
        rules: when an edition is final.
    """

    def __init__(self, database: Database, rules: SettleRules) -> None:
        self._database = database
        self._rules = rules

    async def of(self, found: Sequence[Subscription], now: datetime) -> Explained:
        """What has come of these subscriptions until `now` (UTC)."""
        numbers = [one.id or 0 for one in found]
        async with self._database.read() as session:
            latest = await deliveries.latest_of(session, numbers, MOST)
        nearly = {}
        for one in found:
            newest = next((delivery for delivery in latest if delivery.subscription_id == one.id), None)
            if newest and _was_empty(newest) and (near := await self._closest(one, newest)):
                nearly[one.id or 0] = near
        waiting = {one.id or 0 for one in found if one.state is SubscriptionState.ACTIVE and _waits(one, now)}
        return Explained(tuple(found), tuple(latest), frozenset(waiting), nearly)

    async def _closest(self, subscription: Subscription, empty: Delivery) -> Closest | None:
        """The paper that came closest on a day that had none."""
        day = edition_for(empty.due_at, self._rules) if empty.due_at else empty.local_date
        async with self._database.read() as session:
            listed = standing(await papers.papers_listed(session, day, day))
        try:
            return closest(parse(subscription.filter), listed, day)
        except FilterError:
            return None


def _was_empty(delivery: Delivery) -> bool:
    """Whether there was no paper, be that said or not."""
    return delivery.state is DeliveryState.SKIPPED or delivery.notice is not None


def _waits(subscription: Subscription, now: datetime) -> bool:
    return subscription.next_due_at <= now and (subscription.wait_until or now) > now
