"""Puts rows into a database, and reads them back: the steps that stories about planning are told in."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import contents, papers, subscriptions
from storage.database import Database
from storage.models import Delivery, Subscription
from storage.rows import DeliveryRow, PartRow, names_of
from tests.factories import DAY, at, make_delivery, make_facts, make_parts, make_subscription, paper_id

_Table = TypeVar("_Table", bound=SQLModel)


async def list_papers(database: Database, *numbers: int, day: date = DAY, **changes: Any) -> None:
    """Put papers into the edition of a day, which has settled."""
    async with database.write() as session:
        facts = [make_facts(number, **{"listed_on": day, **changes}) for number in numbers]
        await papers.keep_papers(session, facts, at(day, 8))
        (edition,) = await papers.record_polls(session, [day], at(day, 9))
        edition.settled_at = at(day, 9)


async def subscribe(database: Database, **changes: Any) -> int:
    """Keep a subscription; its number."""
    async with database.write() as session:
        return await subscriptions.add_subscription(session, make_subscription(**changes))


async def stored_subscription(database: Database, number: int = 1) -> Subscription:
    """A subscription as it stands now."""
    async with database.read() as session:
        return await session.get_one(Subscription, number)


async def planned(database: Database) -> list[Delivery]:
    """Every delivery, oldest first."""
    async with database.read() as session:
        return list(await session.exec(select(Delivery).order_by("id")))


async def stored_upvotes(database: Database, first: date, last: date) -> dict[str, int]:
    """The upvotes of the papers listed from `first` to `last`, by identifier."""
    async with database.read() as session:
        return {paper.id: paper.upvotes for paper in await papers.papers_listed(session, first, last)}


async def reserve(database: Database, *numbers: int, **changes: Any) -> int:
    """Keep a delivery of these papers; its number."""
    delivery = make_delivery(*numbers, **changes)
    async with database.write() as session:
        return await keep(session, delivery, make_parts(*numbers))


async def keep(session: AsyncSession, delivery: Delivery, parts: Sequence[PartRow] = ()) -> int:
    """Keep a planned delivery that is divided into these parts already; its number."""
    session.add(delivery)
    await session.flush()
    for part in parts:
        part.delivery_id = delivery.id or 0
    if parts:
        await session.run_sync(contents.add_parts, parts)
    return delivery.id or 0


async def all_rows(session: AsyncSession, table: type[_Table]) -> list[_Table]:
    """All rows of a table, in the order of their keys: PostgreSQL gives them in any other."""
    return list(await session.exec(select(table).order_by(*inspect(table).primary_key)))


async def row_of(database: Database, number: int) -> DeliveryRow:
    """A delivery as who sends it has it."""
    async with database.read() as session:
        return as_row(await session.get_one(Delivery, number))


def as_row(delivery: Delivery) -> DeliveryRow:
    """The same without the mapper."""
    return DeliveryRow(**{name: getattr(delivery, name) for name in names_of(DeliveryRow)})


def ids(*numbers: int) -> list[str]:
    """Identifiers of papers."""
    return [paper_id(number) for number in numbers]
