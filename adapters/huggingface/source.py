"""The live source: asks /api/daily_papers, page by page, and asks again where that may help; and searches."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import aiohttp
from yarl import URL

from adapters.huggingface.answers import (
    BAD_ADDRESS,
    ENDLESS,
    MOST_ATTEMPTS,
    TOO_LARGE,
    TOO_LATE,
    UNREACHABLE,
    Failure,
    pause_after,
    read_answer,
    sent_on,
)
from adapters.huggingface.records import parse_found, parse_listing
from bot.clock import Clock, utc_now
from bot.logs import log
from bot.source import LONGEST_QUERY, Listing, PaperFacts, SourceError

PAGE_SIZE = 100
"""The most that the API gives at once."""
MOST_ITEMS = 1_000
"""Of one page that are looked at, should a server not keep to its limit."""
MOST_PAGES = 20
"""Ends a server that never does; the longest day so far had some 60 papers."""
MOST_BYTES = 20_000_000
"""Of one answer; a full page has 0.4 million."""
MOST_FOUND_BYTES = 2_000_000
"""Of what a search found, while a person waits."""

_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
_MOST_REDIRECTS = 3
_CHUNK = 65_536
_HEADERS = {"User-Agent": "daily-papers-bot", "Accept": "application/json"}


class HuggingFace:
    """Reads editions over HTTP with one client, opened on first use. A `bot.source.Source`, and `Searchable`.

    Args:
        base_url: where `/api/daily_papers` is, without it.
        attempts: how often one page is asked for at the most.
        sleep: waits that many seconds between two attempts.
        jitter: a random share, 0 to 1.
        clock: the moment, in UTC.
    """

    name = "huggingface"

    def __init__(
        self,
        base_url: str,
        attempts: int = MOST_ATTEMPTS,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Clock = utc_now,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._attempts = attempts
        self._sleep = sleep
        self._jitter = jitter
        self._clock = clock
        self._client: aiohttp.ClientSession | None = None

    async def fetch(self, day: date) -> Listing:
        """The papers listed on `day`, over all pages. Raises SourceError."""
        papers: dict[str, PaperFacts] = {}
        skipped = 0
        for page in range(MOST_PAGES):
            items = await self._ask(day, page)
            listing = parse_listing(items[:MOST_ITEMS], day)
            new = {paper["id"]: paper for paper in listing.papers if paper["id"] not in papers}
            papers |= new
            # A server that ignores `p` sends the first page again: what it skipped is counted already.
            skipped += listing.skipped if new or page == 0 else 0
            if len(items) < PAGE_SIZE or not new:
                break
        else:
            log.warning("listing_cut", day=str(day), pages=MOST_PAGES, papers=len(papers))
        return Listing(list(papers.values()), skipped)

    async def newest(self) -> Listing:
        """The newest edition that is not empty. Raises SourceError."""
        latest = parse_listing((await self._ask(None, 0))[:MOST_ITEMS], None)
        # A record may name any day; one in the future must not hide the list of today.
        tomorrow = self._clock().date() + timedelta(days=1)
        days = [paper["listed_on"] for paper in latest.papers if paper["listed_on"] <= tomorrow]
        if not days:
            return Listing([], latest.skipped)
        newest = max(days)
        # The first page may end inside that day, and it may hold its papers in between those of others.
        whole = await self.fetch(newest)
        papers = [paper for paper in whole.papers or latest.papers if paper["listed_on"] == newest]
        return Listing(papers, whole.skipped)

    async def search(self, query: str, limit: int) -> list[PaperFacts]:
        """What /api/papers/search finds, as `bot.source.Searchable` says. Raises SourceError."""
        words = {"q": query[:LONGEST_QUERY], "limit": str(limit)}
        answer = await self._request("/api/papers/search", words, None, MOST_FOUND_BYTES)
        if isinstance(answer, Failure):
            raise SourceError(answer.sentence(self._host()))
        return await asyncio.to_thread(parse_found, answer[:limit])

    async def close(self) -> None:
        """Close the client; asking again opens a new one."""
        client, self._client = self._client, None
        if client:
            await client.close()

    async def _ask(self, day: date | None, page: int) -> list[Any]:
        """One page, decoded. Raises SourceError after the last attempt that may help."""
        query = {"limit": str(PAGE_SIZE), "p": str(page)} | ({"date": day.isoformat()} if day else {})
        attempt = 1
        while isinstance(answer := await self._request("/api/daily_papers", query, day, MOST_BYTES), Failure):
            pause = pause_after(answer, attempt, self._attempts)
            if pause is None:
                raise SourceError(answer.sentence(self._host()))
            seconds = pause.least + pause.spread * self._jitter()
            log.info("source_asked_again", problem=answer.what, attempt=attempt, seconds=round(seconds, 1))
            await self._sleep(seconds)
            attempt += 1
        return answer

    async def _request(
        self, path: str, query: dict[str, str], day: date | None, most: int
    ) -> list[Any] | Failure:
        """One request, and what became of it."""
        try:
            return await self._follow(URL(f"{self._base_url}{path}").with_query(query), day, most)
        except TimeoutError:
            return TOO_LATE
        except (aiohttp.InvalidURL, ValueError):
            return BAD_ADDRESS
        except (aiohttp.ClientError, OSError):
            return UNREACHABLE

    async def _follow(self, url: URL, day: date | None, most: int) -> list[Any] | Failure:
        """Ask `url`, and go where it sends us as long as that is the same host, never from https to http."""
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._opened().get(url, allow_redirects=False) as response:
                if response.status not in (301, 302, 303, 307, 308):
                    body = await _bounded_body(response, most)
                    if body is None:
                        return TOO_LARGE
                    return read_answer(response.status, response.headers, body, day, datetime.now(UTC))
                target = _target(url, response.headers.get("Location", ""))
            if target.host != url.host or (url.scheme, target.scheme) == ("https", "http"):
                return sent_on(target.host)
            url = target
        return ENDLESS

    def _opened(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=_TIMEOUT, headers=_HEADERS)
        return self._client

    def _host(self) -> str:
        """The host as a person knows it: without scheme, path or password."""
        try:
            url = URL(self._base_url)
        except ValueError:
            return "The source"
        port = f":{url.explicit_port}" if url.explicit_port else ""
        return f"{url.host or 'The source'}{port}"


def _target(url: URL, location: str) -> URL:
    """Where a redirect points; an address without a host if it cannot be read."""
    try:
        return url.join(URL(location))
    except ValueError:
        return URL()


async def _bounded_body(response: aiohttp.ClientResponse, most: int) -> bytes | None:
    """The body, or None if it is longer than `most` bytes."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
