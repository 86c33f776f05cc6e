"""What feeds hold: the newest papers of a filter, or of all that somebody has subscribed to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.feed_keys import lookup_of
from bot.filters.canonical import filter_of
from bot.filters.errors import FilterError
from bot.filters.parser import parse
from bot.filters.question import read_question
from bot.filters.syntax import Filter, Or, Order
from bot.permissions import is_personal
from bot.places import parse_place
from bot.search import Search
from storage import feeds, subscriptions
from storage.database import Database
from storage.models import Paper, Subscription, SubscriptionState

MOST = 50
"""Papers in a feed, the newest: two or three days of all, months of what one filter finds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper, and from when on it could be known: its list was final, or it came after that."""

    paper: Paper
    came_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """The newest papers, the latest first.

    Args:
        name: what tells it from other feeds, and holds no secret: the canonical filter, or a private feed's.
        wanted: None for a private one.
        changed_at: a moment since which it has not changed.
    """

    name: str
    wanted: Filter | None
    entries: Sequence[Entry]
    changed_at: datetime | None


class Feeds:
    """Reads one store. Every method raises DatabaseError where the store is out of reach."""

    def __init__(self, database: Database, search: Search, clock: Clock) -> None:
        self._database = database
        self._search = search
        self._clock = clock

    async def of_filter(self, text: str) -> Feed:
        """What a filter finds. Raises FilterError."""
        wanted = read_question(text)
        return await self._feed(str(Filter(wanted.root)), wanted, wanted)

    async def private(self, secret: str) -> Feed | None:
        """What any of somebody's subscriptions finds, paused ones left out; None where no feed has this
        secret."""
        lookup = lookup_of(secret)
        async with self._database.read() as session:
            who = await feeds.owner_of(session, lookup)
            own = await _active(session, who) if who is not None else []
        if who is None:
            return None
        feed = await self._feed(f"private-{lookup[:16]}", None, any_of(one.filter for one in own))
        return replace(feed, changed_at=None)  # it changes with the subscriptions too

    async def _feed(self, name: str, wanted: Filter | None, looked_for: Filter | None) -> Feed:
        async with self._database.read() as session:
            changed_at = await feeds.last_change(session)
        if looked_for is None:
            return Feed(name, wanted, (), changed_at)
        newest = Filter(looked_for.root, Order.NEW)
        found = await self._search.find(newest, self._clock().date(), MOST)
        papers = [hit.paper for hit in found.hits]
        async with self._database.read() as session:
            released = await feeds.releases(session, {paper.listed_on for paper in papers})
        return Feed(name, wanted, entries(papers, released), changed_at)


def entries(papers: Iterable[Paper], released: Mapping[date, datetime]) -> list[Entry]:
    """Papers with their moments, the latest first."""
    dated = [
        Entry(paper, max(paper.first_seen_at, released.get(paper.listed_on, paper.first_seen_at)))
        for paper in papers
    ]
    return sorted(dated, key=lambda one: (one.came_at, one.paper.listed_on, one.paper.id), reverse=True)


def any_of(filters: Iterable[str]) -> Filter | None:
    """What any of these filters asks for; None where there is none that can be read."""
    roots = []
    for text in filters:
        try:
            roots.append(parse(text).root)
        except FilterError:  # kept when the language was another
            continue
    if not roots:
        return None
    some = [root for root in roots if root is not None]
    if len(some) < len(roots):
        return Filter()
    return filter_of(Or(tuple(some)) if len(some) > 1 else some[0])


async def _active(session: AsyncSession, who: str) -> list[Subscription]:
    owned = await subscriptions.owned_by(session, who)
    return [
        one for one in owned if one.state is SubscriptionState.ACTIVE and is_personal(parse_place(one.place))
    ]
