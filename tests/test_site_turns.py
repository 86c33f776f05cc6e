"""Searches of the page wait for each other, so that strangers who search do not hold up the chats."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from adapters.web import desk
from bot.feed_keys import lookup_of
from bot.indexing import Index
from bot.ranking.ranking import Ranking
from bot.search import Search
from storage import feeds
from storage.database import Database
from storage.models import PrivateFeed
from tests.factories import NOON
from tests.fakes.clock import Clock
from tests.site import read_sample, site_over
from tests.stored import subscribe
from tests.web import Page, fetch

ANA = "slack:T0PAPERS:U0ANA"

SEARCHING = [
    "/search?q=agents",
    "/search/results?q=agents",
    "/subscribe/preview?q=agents",
    "/subscribe?filter=agents",
    "/preview?q=agents",
    "/feed.atom?q=agents",
    "/feed.json?q=agents",
    f"/feed/{'a' * 40}.atom",
    f"/feed/{'a' * 40}.json",
    "/papers/2607.25895",
]


class Watched(Search):
    """Counts how much of it is under way, and lets nothing through before `gate` is open."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, Index(database), Ranking(database, Clock()))
        self.under_way = self.most = 0
        self.gate = asyncio.Event()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return self._counted(found) if name in ("find", "sample", "similar") else found

    def _counted(self, work: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*said: Any) -> Any:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            try:
                await self.gate.wait()
                return await work(*said)
            finally:
                self.under_way -= 1

        return counted


@pytest.mark.parametrize("path", SEARCHING)
async def test_a_crowd_is_answered_a_few_at_a_time(path: str, database: Database) -> None:
    await read_sample(database)
    await subscribe(database, place="slack:@U0ANA", owner=ANA, filter="agents")
    feed = PrivateFeed(who=ANA, salt="", lookup=lookup_of("a" * 40), created_at=NOON)
    async with database.write() as session:
        await feeds.keep_feed(session, feed, renew=False)
    search = Watched(database)
    taken = object()  # a form that is only shown asks nothing of it
    async with asyncio.timeout(60), site_over(database, search, sign_up=taken) as root:  # type: ignore[arg-type]
        crowd = [asyncio.create_task(fetch(f"{root}{path}")) for _ in range(8)]
        while search.under_way < desk.SEARCHES:
            await asyncio.sleep(0)
        for _ in range(8):  # who comes behind the crowd is answered when all of it has come in
            assert (await fetch(f"{root}/robots.txt")).status == 200
        search.gate.set()
        pages = await asyncio.gather(*crowd)
    assert [page.status for page in pages] == [200] * 8
    assert search.most == desk.SEARCHES


async def test_who_waits_in_vain_is_told_and_lists_are_shown_meanwhile(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PATIENCE", 0.0)
    await read_sample(database)
    search = Watched(database)
    async with asyncio.timeout(60), site_over(database, search) as root:
        busy: list[asyncio.Task[Page]] = []
        for number in range(desk.SEARCHES):
            busy.append(asyncio.create_task(fetch(f"{root}/search?q=agents")))
            while search.under_way <= number:
                await asyncio.sleep(0)
        refused = await fetch(f"{root}/search?q=agents")
        listed = await fetch(f"{root}/")
        search.gate.set()
        pages = await asyncio.gather(*busy)
    assert (refused.status, listed.status) == (503, 200)
    assert "Please try again in a minute" in refused.text
    assert [page.status for page in pages] == [200] * desk.SEARCHES
