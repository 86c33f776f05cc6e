"""Thumbnails, which readers get from us: their browsers ask no third party.

A stranger chooses a paper, never an address, and only addresses of `HOSTS` are asked: over HTTPS on its own
port, without following redirects, at most `MOST_BYTES`, and only what begins like a picture is passed on.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

import aiohttp

HOSTS = frozenset({"cdn-thumbnails.huggingface.co"})
MOST_BYTES = 1024 * 1024
_KEPT_BYTES = 32 * 1024 * 1024
_KEPT = 1_000
_SECONDS = 5.0
_AT_ONCE = 4
_PATIENCE = 8.0
"""Seconds for which a reader's browser waits, the time for those before included."""
_MOST_WAITING = 32
"""Pictures that are asked for; with more the reader gets none, and may ask again."""
_RETRY_SECONDS = 300.0
"""How long a picture that could not be had is not asked for again."""

Picture = tuple[bytes, str]
"""Bytes and their type."""


class Thumbnails:
    """Fetches pictures and keeps them in memory, those that were wanted last. One event loop's.

    Args:
        hosts: that may be asked.
        connector: makes the connections; None for the usual ones.
        monotonic: seconds.
    """

    def __init__(
        self,
        hosts: frozenset[str] = HOSTS,
        connector: aiohttp.BaseConnector | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hosts = hosts
        self._connector = connector
        self._monotonic = monotonic
        self._http: aiohttp.ClientSession | None = None
        self._kept: OrderedDict[str, tuple[Picture | None, float]] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[Picture | None]] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def picture(self, url: str) -> Picture | None:
        """The picture at an address, or None where that may not be asked or has none."""
        if not is_allowed(url, self._hosts):
            return None
        if url in self._kept:
            found, until = self._kept[url]
            if found is not None or self._monotonic() < until:
                self._kept.move_to_end(url)
                return found
        if url not in self._fetching:
            if len(self._fetching) >= _MOST_WAITING:
                return None
            task = self._fetching[url] = asyncio.create_task(self._fetch(url))
            task.add_done_callback(lambda _: self._fetching.pop(url, None))
        return await asyncio.shield(self._fetching[url])

    async def close(self) -> None:
        """Give up what is under way. Safe to call twice."""
        for task in list(self._fetching.values()):
            task.cancel()
        await asyncio.gather(*self._fetching.values(), return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def _fetch(self, url: str) -> Picture | None:
        try:
            async with asyncio.timeout(_PATIENCE), self._gate:
                found = await self._ask(url)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            found = None
        self._keep(url, found)
        return found

    async def _ask(self, url: str) -> Picture | None:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=self._connector,
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "image/*"},
                trust_env=False,
            )
        async with self._http.get(url, allow_redirects=False) as response:
            if response.status != 200 or (response.content_length or 0) > MOST_BYTES:
                return None
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > MOST_BYTES:
                    return None
        kind = kind_of(bytes(body[:16]))
        return (bytes(body), kind) if kind else None

    def _keep(self, url: str, found: Picture | None) -> None:
        self._kept[url] = (found, self._monotonic() + _RETRY_SECONDS)
        self._kept.move_to_end(url)
        while len(self._kept) > _KEPT or _weight(self._kept) > _KEPT_BYTES:
            self._kept.popitem(last=False)


def is_allowed(url: str, hosts: frozenset[str] = HOSTS) -> bool:
    """Whether an address may be asked."""
    try:
        parts = urlsplit(url)
        return (
            url.isascii()
            and url.isprintable()
            and " " not in url
            and "\\" not in url
            and parts.scheme == "https"
            and parts.hostname in hosts
            and parts.netloc in hosts
        )
    except ValueError:
        return False


def kind_of(start: bytes) -> str | None:
    """The type of a picture that begins so; None for anything else, SVG among it."""
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if start[4:12] in (b"ftypavif", b"ftypavis") else None


def _weight(kept: OrderedDict[str, tuple[Picture | None, float]]) -> int:
    return sum(len(found[0]) for found, _ in kept.values() if found)
