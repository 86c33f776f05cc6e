"""What a subscription would have sent, and what of it comes by others too: found out before it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.filters.errors import FilterError
from bot.filters.parser import parse
from bot.filters.syntax import Filter
from bot.permissions import is_personal
from bot.places import parse_place
from bot.request import Request
from bot.search import Sample, Search
from storage import papers, subscriptions
from storage.database import Database
from storage.models import Subscription, SubscriptionState
from storage.places import installation_of

DAYS = 30
"""Days that a new subscription is tried on."""
_MOST_OVERLAPS = 20
"""Subscriptions that a new one is compared with."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another subscription that the same person reads.

    Args:
        shared: papers that both would have sent.
    """

    subscription: Subscription
    shared: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A filter tried on the last days.

    Args:
        editions: how many had papers.
        overlaps: those that share papers, most first.
    """

    sample: Sample
    editions: int
    overlaps: tuple[Overlap, ...] = ()

    @property
    def matches_everything(self) -> bool:
        return 0 < self.sample.listed == self.sample.matched

    @property
    def matches_nothing(self) -> bool:
        return self.sample.matched == 0 < self.sample.listed


class Receipts:
    """Tries filters."""

    def __init__(self, database: Database, search: Search) -> None:
        self._database = database
        self._search = search

    async def trial(self, request: Request, wanted: Filter, but: int | None = None) -> Trial:
        """What a filter would have sent.

        Args:
            request: whose subscriptions and channels it is compared with.
            but: the subscription that it is the filter of.
        """
        others = [other for other in await self._read_too(request) if other.id != but]
        return await self.compared(wanted, others, request.now)

    async def compared(self, wanted: Filter, subscriptions: Sequence[Subscription], now: datetime) -> Trial:
        """What a filter would have sent, and which of these would have sent the same."""
        today = now.date()
        since = today - timedelta(days=DAYS)
        others = [(other, _filter(other)) for other in subscriptions]
        known = [(other, found) for other, found in others if found is not None][:_MOST_OVERLAPS]
        async with self._database.read() as session:
            editions = await papers.editions(session, since, today)
        sample = await self._search.sample(wanted, [found for _, found in known], since, today)
        overlaps = [Overlap(other, shared) for (other, _), shared in zip(known, sample.shared, strict=True)]
        overlaps.sort(key=lambda overlap: -overlap.shared)
        return Trial(
            sample,
            sum(edition.papers > 0 for edition in editions.values()),
            tuple(overlap for overlap in overlaps if overlap.shared),
        )

    async def _read_too(self, request: Request) -> Sequence[Subscription]:
        """What else the person reads: their own subscriptions, and those of channels that they share with
        the bot."""
        async with self._database.read() as session:
            own = await subscriptions.owned_by(session, request.who)
            channels = await subscriptions.in_channels(session, installation_of(str(request.place)))
        own = [
            one
            for one in own
            if one.state is SubscriptionState.ACTIVE and is_personal(parse_place(one.place))
        ]
        addresses = {parse_place(channel.place).local for channel in channels} - {""}
        seen = await request.asker.sees(addresses) if addresses else set()
        return [*own, *(channel for channel in channels if parse_place(channel.place).local in seen)]


def _filter(subscription: Subscription) -> Filter | None:
    try:
        return parse(subscription.filter)
    except FilterError:
        return None
