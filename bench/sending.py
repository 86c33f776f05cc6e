"""A thousand parts through an adapter, against a bare aiohttp loop that posts the same bodies.

The platform's stand-in is a process of its own with its limits off. What the adapter sends is recorded
once by a relay in between; the baseline posts those very requests.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import aiohttp
from aiohttp import web

from bench.rows import Row, compare
from bot.adapter import platforms
from bot.markup import Message
from bot.messages import thread
from bot.places import Place
from bot.settings import Settings, read_settings
from storage.models import Paper
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.shared import SHARED

PARTS = 1000
_PLACES = {"slack": Place("slack", "C0PAPERS"), "discord": FakeDiscord.place}
_SUMMARY = "A method is described that does what was hoped for, at a cost that was not. " * 3


@dataclass(frozen=True, slots=True)
class _Posted:
    """One request as the adapter made it; `path` begins behind the platform's base address."""

    path: str
    headers: dict[str, str]
    body: bytes


def rows() -> Iterator[Row]:
    """Both platforms, one part after the other and ten at a time."""
    for platform in ("slack", "discord"):
        posted = asyncio.run(_record(platform))
        for at_once in (1, 10):
            yield compare(
                f"{platform}: {PARTS:,} parts, {at_once} at a time",
                lambda platform=platform, at_once=at_once: _adapter(platform, at_once),  # type: ignore[misc]
                "aiohttp posting the same bodies",
                lambda platform=platform, at_once=at_once, posted=posted: _bare(platform, at_once, posted),  # type: ignore[misc]
                goal=1.3,
                rounds=5,
            )


def _messages() -> list[Message]:
    """Cards as a thread has them."""
    return [
        Message(
            cards=(
                thread.card(
                    Paper(
                        id=f"2607.{number:05}",
                        listed_on=date(2026, 7, 29),
                        title=f"A New Role for Relevance: Guiding Corpus Interaction in Agents {number}",
                        summary=_SUMMARY,
                        authors=["Ada Lovelace", "Alan Turing", "Emmy Noether", "Kurt Gödel", "Grace Hopper"],
                        upvotes=number,
                        comments=2,
                        code_url="https://github.com/example/code",
                        code_stars=33,
                        thumbnail_url=f"https://thumbnails.example/2607.{number:05}.png",
                        first_seen_at=datetime(2026, 7, 29, tzinfo=UTC),
                    )
                ),
            )
        )
        for number in range(PARTS)
    ]


@contextmanager
def _platform(name: str) -> Iterator[str]:
    """The address of a fresh stand-in."""
    command = [sys.executable, "-m", f"tests.fakes.{name}", "--port", "0", "--no-limits"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rstrip("/")
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _settings(name: str, url: str) -> Settings:
    token = FakeSlack().token if name == "slack" else FakeDiscord.token
    return read_settings(**{f"{name.upper()}_BOT_TOKEN": token, f"{name.upper()}_API_URL": url})


def _adapter(name: str, at_once: int) -> float:
    """Seconds for all parts through the adapter, rendering included."""
    with _platform(name) as url:
        return asyncio.run(_send(name, url, at_once))


async def _send(name: str, url: str, at_once: int) -> float:
    adapter = platforms()[name].create(_settings(name, url), SHARED)
    await adapter.start(None)
    place, messages = _PLACES[name], _messages()
    await adapter.send(place, messages[0], "first")

    async def one(number: int) -> None:
        await adapter.send(place, messages[number], f"part.{number}")

    taken = await _timed(one, at_once)
    await adapter.stop()
    return taken


async def _timed(one: Callable[[int], Awaitable[None]], at_once: int) -> float:
    numbers = iter(range(PARTS))

    async def work() -> None:
        for number in numbers:
            await one(number)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    return time.perf_counter() - began


def _bare(name: str, at_once: int, posted: list[_Posted]) -> float:
    """Seconds for the same requests without any of our code."""
    with _platform(name) as url:
        return asyncio.run(_post(url, at_once, posted))


async def _post(url: str, at_once: int, posted: list[_Posted]) -> float:
    async with aiohttp.ClientSession() as session:

        async def one(number: int) -> None:
            request = posted[number]
            async with session.post(url + request.path, data=request.body, headers=request.headers) as answer:
                answer.raise_for_status()
                await answer.json()

        return await _timed(one, at_once)


async def _record(name: str) -> list[_Posted]:
    """What the adapter posts for the parts, taken down by a relay before the stand-in."""
    posted: list[_Posted] = []
    with _platform(name) as url:
        async with aiohttp.ClientSession() as session:

            async def relay(request: web.Request) -> web.Response:
                body = await request.read()
                headers = {key: value for key, value in request.headers.items() if key in _KEPT}
                if request.method == "POST":
                    posted.append(_Posted(request.path_qs, headers, body))
                async with session.request(
                    request.method, url + request.path_qs, data=body, headers=headers
                ) as answer:
                    kind = {"Content-Type": answer.headers["Content-Type"]}
                    return web.Response(status=answer.status, body=await answer.read(), headers=kind)

            server = web.AppRunner(web.Application(), access_log=None)
            server.app.router.add_route("*", "/{path:.*}", relay)
            await server.setup()
            await web.TCPSite(server, "127.0.0.1", 0).start()
            await _send(name, "http://{}:{}".format(*server.addresses[0][:2]), 1)
            await server.cleanup()
    return posted[-PARTS:]


_KEPT = {"Authorization", "Content-Type", "User-Agent"}
