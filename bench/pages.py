"""The pages over HTTP, against a handler that answers the same bytes at once."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import aiohttp
from aiohttp import web

from adapters.web.site import WebSite
from bench.library import CORPUS, documents
from bench.rows import Row
from bench.searching import percentiles
from bench.stock import Store, day_of, fill, opened
from bot.entrance import Entrance
from bot.feeds import Feeds
from bot.pages import Pages
from bot.settings import read_settings
from bot.site import Services

_PAPERS = 12_000
_WARMING = 10
_ROUNDS = 150
_AT_MOST = 20.0
"""Milliseconds, of a day's page."""
_HEAVIEST = 60.0
"""Kilobytes, of a day's page before pictures."""


def rows() -> Iterator[Row | str]:
    """The median, and the time that one of a hundred exceeds, of a list drawn before and of one drawn anew;
    of a search and a feed the median; and how heavy a page is."""
    if not CORPUS.is_file():
        yield "pages: skipped, ../shared/data/search is not here"
        return
    with tempfile.TemporaryDirectory() as folder:
        yield from asyncio.run(_measured(Path(folder) / "pages.db"))


async def _measured(file: Path) -> list[Row]:
    await fill(file, islice(documents(_PAPERS), _PAPERS))
    now = datetime.combine(day_of(_PAPERS - 1), datetime.min.time(), UTC) + timedelta(hours=20)
    async with opened(f"sqlite:///{file}") as store:
        return await _compared(store, now)


async def _compared(store: Store, now: datetime) -> list[Row]:
    services = Services(
        Pages(store.database, store.search, lambda: now, None),
        Feeds(store.database, store.search, lambda: now),
        lambda: now,
        None,  # type: ignore[arg-type]  # nobody opens a link
        None,  # type: ignore[arg-type]
    )
    settings = read_settings(DAILY_PAPERS_THUMBNAILS=False)
    days = [now.date() - timedelta(days=back) for back in range(_PAPERS // 200)]
    bodies: dict[str, bytes] = {}

    async def bare(request: web.Request) -> web.Response:
        return web.Response(body=bodies[request.match_info["kind"]], content_type="text/html")

    site = WebSite(settings, services)
    entrance = Entrance("127.0.0.1:0", [web.get("/bare/{kind}", bare), *site.routes])
    await entrance.open()
    found = []
    try:
        async with aiohttp.ClientSession(f"http://{entrance.address}") as http:
            for kind, paths in {
                "a day's page, drawn before": ["/"],
                "a day's page, drawn anew": [
                    f"/papers/date/{day}?page={page}" for page in (1, 2, 3, 4) for day in days
                ],
                "a search's page": ["/search?q=diffusion+models", "/search?q=agents+-survey"],
                "a feed": ["/feed.atom?q=diffusion"],
            }.items():
                async with http.get(paths[0]) as response:
                    bodies[kind] = await response.read()
                found += await _pair(http, kind, paths, day="day" in kind)
        weight = len(bodies["a day's page, drawn before"]) / 1000
        found.append(
            Row("weight of a day's page", "the goal", weight, _HEAVIEST, weight / _HEAVIEST, 1.0, "kB")
        )
    finally:
        await entrance.close()
        await site.close()
    return found


async def _pair(http: aiohttp.ClientSession, kind: str, paths: Sequence[str], day: bool) -> list[Row]:
    """Both in turn, so that what else the machine does falls on both."""
    ours, bare = [], []
    for number in range(_ROUNDS + _WARMING):
        ours.append(await _timed(http, paths[number % len(paths)]))
        bare.append(await _timed(http, f"/bare/{kind}"))
    middle, slow = percentiles(ours[_WARMING:])
    base, _ = percentiles(bare[_WARMING:])
    found = [Row(f"{kind}, median", "a bare aiohttp handler", middle, base, middle / base, None, "ms")]
    if day:
        found.append(Row(f"{kind}, p99", "the goal", slow, _AT_MOST, slow / _AT_MOST, 1.0, "ms"))
    return found


async def _timed(http: aiohttp.ClientSession, path: str) -> float:
    began = time.perf_counter()
    async with http.get(path) as response:
        await response.read()
        assert response.status == 200, path
    return (time.perf_counter() - began) * 1e3
