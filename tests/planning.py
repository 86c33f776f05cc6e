"""Plans what is due at a moment, and tells what came of it: the steps of stories about the rules."""

from datetime import date, datetime, timedelta

from bot.adapter import Limits
from bot.authors import Author
from bot.filters.parser import parse
from bot.planning import Planner
from bot.subscribing import Subscribing
from bot.wishes import wish_in
from storage.database import Database
from storage.models import Delivery, DeliveryState, Style, Subscription
from tests.factories import PLACE, RULES, at
from tests.stored import list_papers, planned

ONE = timedelta(days=1)
ADA = Author("slack:T1:U1", "Ada")


async def plan(database: Database, moment: datetime) -> list[Delivery]:
    """Plan what is due; the deliveries with something to say that this brings."""
    before = len(await planned(database))
    await Planner(database, lambda place: Limits(20, 5), RULES, lambda: moment).plan_due(moment)
    return [row for row in (await planned(database))[before:] if row.state is not DeliveryState.SKIPPED]


async def noon(database: Database, day: date) -> list[str]:
    """What is planned at noon of a day."""
    return [paper for row in await plan(database, at(day, 12)) for paper in row.papers]


async def empty_days(database: Database, first: date, last: date) -> None:
    """Days that were read, and had no papers."""
    while first <= last:
        await list_papers(database, day=first)
        first += ONE


async def create(database: Database, text: str, now: datetime, filter_text: str = "") -> Subscription:
    """Subscribe as a person does."""
    async with database.write() as session:
        new, _ = await Subscribing(RULES).create(
            session, PLACE, parse(filter_text), wish_in(text), ADA, "UTC", Style.THREAD, now
        )
    return new
