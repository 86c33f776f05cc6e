"""A store full of papers, indexed and learnt from as the app does it."""

import sqlite3
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import insert

from bench.library import Document
from bot.indexing import Index
from bot.ranking.ranking import Ranking
from bot.search import Search
from storage.database import Database, open_database
from storage.models import Edition, Paper

TODAY = date(2026, 7, 29)
_FIRST_DAY = date(2010, 1, 1)
_A_DAY = 200
"""Papers of one edition."""
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Effort:
    """What the index of a store cost.

    Args:
        index_seconds, learn_seconds: how long they took to make.
        text_bytes: of the words that are indexed.
        index_bytes: pages of the tables of the index.
        ranking_bytes: pages of what ranking has learnt.
    """

    index_seconds: float
    learn_seconds: float
    text_bytes: int
    index_bytes: int
    ranking_bytes: int


@dataclass(frozen=True, slots=True)
class Store:
    """An open store and its search, put together as the app does."""

    database: Database
    index: Index
    ranking: Ranking
    search: Search


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """The store at an address of a database."""
    database = await open_database(url)
    index, ranking = Index(database), Ranking(database, lambda: datetime.now(UTC))
    try:
        yield Store(database, index, ranking, Search(database, index, ranking))
    finally:
        await database.close()


async def fill(file: Path, documents: Iterable[Document]) -> Effort:
    """Make a store of the documents, and measure what its index costs."""
    async with opened(f"sqlite:///{file}") as store:
        text_bytes = await put(store.database, documents)
        bare = _bytes_used(file)
        began = time.perf_counter()
        await store.index.rebuild(lambda done, of: None)
        index_seconds = time.perf_counter() - began
        indexed = _bytes_used(file)
        began = time.perf_counter()
        await store.ranking.learn()
        learn_seconds = time.perf_counter() - began
    return Effort(index_seconds, learn_seconds, text_bytes, indexed - bare, _bytes_used(file) - indexed)


async def put(database: Database, documents: Iterable[Document]) -> int:
    """Put papers into a store without their index; returns how many bytes of text they have."""
    size = number = 0
    days: set[date] = set()
    remaining = iter(documents)
    while some := list(islice(remaining, _AT_ONCE)):
        size += sum(document.size for document in some)
        papers = [_paper(document, place) for place, document in enumerate(some, number)]
        new = {day_of(place) for place in range(number, number + len(some))} - days
        number += len(some)
        days |= new
        async with database.write() as session:
            connection = await session.connection()
            if new:
                await connection.execute(insert(Edition), [_edition(day) for day in new])
            await connection.execute(insert(Paper), papers)
    return size


def day_of(number: int) -> date:
    """The day on which a paper is listed, by its place among the documents."""
    return _FIRST_DAY + timedelta(days=number // _A_DAY)


def _edition(day: date) -> dict[str, object]:
    then = datetime.combine(day, datetime.min.time(), UTC)
    return {"day": day, "papers": _A_DAY, "changed_at": then, "polled_at": then}


def _paper(document: Document, number: int) -> dict[str, object]:
    day = day_of(number)
    return {
        "id": document.id,
        "listed_on": day,
        "title": document.title,
        "abstract": document.abstract,
        "authors": list(document.authors),
        "keywords": list(document.keywords),
        "media_urls": [],
        "upvotes": number * 7919 % 97,
        "comments": number % 5,
        "first_seen_at": datetime.combine(day, datetime.min.time(), UTC),
    }


def _bytes_used(file: Path) -> int:
    """Bytes of all pages that hold something."""
    with closing(sqlite3.connect(file)) as connection:
        names = ("page_size", "page_count", "freelist_count")
        size, pages, free = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
    return int(size * (pages - free))
