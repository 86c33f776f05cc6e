"""The receipt of a new subscription: its filter tried on the last thirty days, and compared with others."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench.crowd import distinct_filters, recorded_papers
from bench.ingesting import RECORDED
from bench.library import CORPUS, documents
from bench.rows import Row
from bench.searching import percentiles
from bench.stock import Store, day_of, fill, opened
from bot.filters.parser import parse
from bot.places import Place
from bot.receipts import Receipts
from bot.request import Request
from storage.models import Cadence, Style, Subscription

_PAPERS = 12_000
_FILTERS = 500
_OTHERS = 20
"""Subscriptions that the person has already."""
_WARMING = 10
_AT_MOST = 200.0
"""Milliseconds."""


def rows() -> Iterator[Row | str]:
    """The median, and the time that one of a hundred exceeds."""
    if not CORPUS.is_file() or not RECORDED.is_dir():
        yield "receipts: skipped, ../shared/data is not here"
        return
    with tempfile.TemporaryDirectory() as folder:
        middle, slow = asyncio.run(_measured(Path(folder) / "receipts.db"))
    for measure, found, goal in (("median", middle, None), ("p99", slow, 1.0)):
        name = f"receipt with a trial over 30 days, {_PAPERS:,} papers, {measure}"
        yield Row(name, "the goal", found, _AT_MOST, found / _AT_MOST, goal, "ms")


async def _measured(file: Path) -> tuple[float, float]:
    await fill(file, documents(_PAPERS))
    taken = []
    async with opened(f"sqlite:///{file}") as store:
        wanted = distinct_filters(recorded_papers(), _FILTERS + _OTHERS)
        now = datetime.combine(day_of(_PAPERS - 1), datetime.min.time(), UTC) + timedelta(hours=20)
        request = Request("", Place("slack", "C0123"), "T0123:U0123", now)
        await _subscribe(store, request, wanted[-_OTHERS:])
        receipts = Receipts(store.database, store.search)
        for text in wanted[:_FILTERS]:
            began = time.perf_counter()
            await receipts.trial(request, parse(text))
            taken.append((time.perf_counter() - began) * 1e3)
    return percentiles(taken[_WARMING:])


async def _subscribe(store: Store, request: Request, filters: list[str]) -> None:
    common = {
        "place": "slack:@U0123",
        "owner": request.who,
        "cadence": Cadence.DAILY,
        "local_time": request.now.time(),
        "zone": "UTC",
        "weekdays": "mon",
        "style": Style.COMPACT,
        "managers": [],
        "state": "active",
        "first_day": request.now.date(),
        "next_due_at": request.now,
        "created_at": request.now,
        "created_by": "the bench",
    }
    async with store.database.write() as session:
        rows = [common | {"filter": text} for text in filters]
        await (await session.connection()).execute(insert(Subscription), rows)
