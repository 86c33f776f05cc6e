"""Searches of the page wait for each other, so that strangers who search do not hold up the chats."""

import asyncio
from datetime import date

import pytest

from adapters.web.desk import SEARCHES
from bot.filters.syntax import Filter
from bot.indexing import Index
from bot.ranking.ranking import Ranking
from bot.search import PAGE, Found, Search
from storage.database import Database
from tests.fakes.clock import Clock
from tests.site import read_sample, site_over
from tests.web import fetch


@pytest.mark.parametrize("path", ["/search", "/search/results", "/feed.atom", "/feed.json"])
async def test_a_crowd_is_answered_a_few_at_a_time(path: str, database: Database) -> None:
    under_way, most = 0, 0

    class Watched(Search):
        """Counts how many searches are under way."""

        async def find(self, wanted: Filter, today: date, limit: int = PAGE, first: int = 0) -> Found:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            found = await super().find(wanted, today, limit, first)
            under_way -= 1
            return found

    await read_sample(database)
    search = Watched(database, Index(database), Ranking(database, Clock()))
    async with site_over(database, search) as root:
        pages = await asyncio.gather(*(fetch(f"{root}{path}?q=agents") for _ in range(12)))
    assert [page.status for page in pages] == [200] * 12
    assert most == SEARCHES
