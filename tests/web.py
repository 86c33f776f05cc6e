"""The process's web server in a test, and a browser for it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

import aiohttp
from aiohttp.web import RouteDef

from bot.entrance import Entrance


class Page(NamedTuple):
    """What was answered."""

    status: int
    kind: str
    text: str


@asynccontextmanager
async def served(routes: Iterable[RouteDef], address: str = "127.0.0.1:0") -> AsyncIterator[str]:
    """Routes behind an entrance, and its root: `http://127.0.0.1:12345`."""
    entrance = Entrance(address, routes)
    await entrance.open()
    try:
        yield f"http://{entrance.address}"
    finally:
        await entrance.close()


async def fetch(url: str, method: str = "GET") -> Page:
    """Ask for a page."""
    async with aiohttp.ClientSession() as http, http.request(method, url) as response:
        return Page(response.status, response.headers.get("Content-Type", ""), await response.text())
