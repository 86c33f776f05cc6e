"""Planning as a loop: each subscription is loaded, its filter tested on each paper, its delivery written."""

import time
from collections.abc import Sequence

from sqlmodel import col, select

from bench.crowd import NOW, TODAY
from bot.digest import arrange
from bot.filters.match import Matcher
from bot.filters.parser import parse
from bot.schedule import next_due, schedule_of
from storage import releases
from storage.database import Database, open_database
from storage.models import Delivery, DeliveryState, Paper, Subscription


class Loop:
    """Plans for the papers of today, which it has analysed beforehand.

    Args:
        database: its papers have been released.
    """

    def __init__(self, database: Database, papers: Sequence[Paper]) -> None:
        self._database = database
        self._papers = [(paper, Matcher([paper], TODAY)) for paper in papers]

    async def plan(self, number: int) -> None:
        """Plan for one subscription, in a transaction of its own."""
        async with self._database.write() as session:
            subscription = await session.get_one(Subscription, number)
            wanted = parse(subscription.filter)
            matching = [paper for paper, matcher in self._papers if matcher.matches(wanted)]
            papers = [paper.id for paper in arrange(matching, order=wanted.order, today=TODAY).papers]
            session.add(_delivery(subscription, papers))
            subscription.next_due_at = next_due(schedule_of(subscription), NOW)
            subscription.planned_through, subscription.seen = TODAY, 2


async def seconds_for_one(url: str, numbers: Sequence[int]) -> float:
    """How long the loop takes for one subscription."""
    database = await open_database(url)
    loop = await _opened(database)
    began = time.perf_counter()
    for number in numbers:
        await loop.plan(number)
    taken = time.perf_counter() - began
    await database.close()
    return taken / len(numbers)


async def _opened(database: Database) -> Loop:
    async with database.write() as session:
        await releases.release(session, [TODAY], NOW)
    async with database.read() as session:
        rows = select(Paper).where(col(Paper.listed_on) == TODAY)
        return Loop(database, list(await session.exec(rows)))


def _delivery(subscription: Subscription, papers: list[str]) -> Delivery:
    return Delivery(
        subscription_id=subscription.id,
        place=subscription.place,
        local_date=TODAY,
        style=subscription.style,
        papers=papers,
        state=DeliveryState.PENDING if papers else DeliveryState.SKIPPED,
        reason=None if papers else "nothing matched",
        due_at=subscription.next_due_at,
        created_at=NOW,
        finished_at=None if papers else NOW,
    )


async def papers_sent(url: str, numbers: Sequence[int]) -> dict[int | None, set[str]]:
    """What the subscriptions get today, whichever way it was planned; one that gets nothing is there too."""
    database = await open_database(url)
    rows = select(Delivery).where(
        col(Delivery.subscription_id).in_(numbers), col(Delivery.local_date) == TODAY
    )
    async with database.read() as session:
        found = {row.subscription_id: {*row.papers, *row.rest} for row in await session.exec(rows)}
    await database.close()
    return found
