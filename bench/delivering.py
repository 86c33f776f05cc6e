"""Ten thousand direct messages from the store to a platform, against a bare loop with the same requests: with
one token, with one for each of five hundred workspaces, at Discord's rate, and by two processes."""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import aiohttp

from bench.copies import POSTGRES_URL, PostgresCopies
from bench.post_office import Office, fill, install, office, send
from bench.rows import Row, compare
from bot.delivery.turns import AT_ONCE
from tests.fakes.slack_neighbour import Neighbour

MESSAGES = 10_000
AT_THE_LIMIT = 600
"""Places at Discord's rate: to look at a channel, or to open one, and to post in it are two requests."""
BESIDE = 4_000
"""Messages that two processes share."""
ALLOWED = 50
"""Discord's requests a second."""
OPENED = 50
"""Direct messages that the stand-in lets a bot open within five seconds; Discord tells no such number."""
WORKSPACES = 500
"""Slack's, with a token each and so many people that it is `MESSAGES` in all."""
_NO_LIMIT = {"DISCORD_REQUESTS_PER_SECOND": "0"}


def rows() -> Iterator[Row | str]:
    """With the limits off, with them on, and two processes beside each other."""
    yield _many("discord")
    yield _workspaces()
    yield _at_the_limit("channels", 2 * AT_THE_LIMIT / ALLOWED, f"{ALLOWED} a second")
    opening = (AT_THE_LIMIT - OPENED) / OPENED * 5  # the first 50 may all come at once
    yield _at_the_limit("people", opening, f"{OPENED} opened in 5 s")
    yield from _two_processes()


def _workspaces() -> Row:
    recorded: list[dict[str, Any]] = []
    people = MESSAGES // WORKSPACES

    def ours() -> float:
        with tempfile.TemporaryDirectory() as folder, office("slack") as stand_in:
            places = stand_in.tell("crowd", people=people, workspaces=WORKSPACES)
            url = f"sqlite:///{folder}/papers.db"
            asyncio.run(install(url, places))
            taken = _deliver(stand_in, url, places)
            recorded[:] = stand_in.seen()["posted"]
        return taken

    def bare() -> float:
        with office("slack") as stand_in:
            stand_in.tell("crowd", people=people, workspaces=WORKSPACES)
            return asyncio.run(_post_in_workspaces(stand_in, recorded))

    what = f"slack: {MESSAGES:,} direct messages in {WORKSPACES} workspaces, a token each"
    return compare(what, ours, f"aiohttp, {AT_ONCE} at a time, the same requests", bare, goal=2.0, rounds=3)


def _many(name: str) -> Row:
    recorded: list[dict[str, object]] = []

    def ours() -> float:
        with tempfile.TemporaryDirectory() as folder, office(name) as stand_in:
            places = stand_in.tell("crowd", people=MESSAGES)
            taken = _deliver(stand_in, f"sqlite:///{folder}/papers.db", places)
            recorded[:] = stand_in.seen()["posted"]
        return taken

    def bare() -> float:
        with office(name) as stand_in:
            stand_in.tell("crowd", people=MESSAGES)
            return asyncio.run(_post(stand_in, recorded))

    what = f"{name}: {MESSAGES:,} direct messages, SQLite and rendering included"
    return compare(what, ours, f"aiohttp, {AT_ONCE} at a time, the same requests", bare, goal=2.0, rounds=3)


def _deliver(stand_in: Office, url: str, places: list[str]) -> float:
    """Seconds from the first claim until all is sent and written down."""
    asyncio.run(fill(url, places))
    (sent,) = send([_environment(stand_in, url) | _NO_LIMIT])
    assert sent.deliveries == len(places) == len(stand_in.seen()["posted"])
    return sent.seconds


def _environment(stand_in: Office, url: str) -> dict[str, str]:
    return {**os.environ, **stand_in.environment, "DAILY_PAPERS_DATABASE_URL": url}


async def _post(stand_in: Office, recorded: list[dict[str, object]]) -> float:
    """Seconds for the same requests without any of our code."""
    left = iter(recorded)
    headers = {"Authorization": f"Bot {stand_in.environment['DISCORD_BOT_TOKEN']}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def call(path: str, body: object) -> dict[str, str]:
            async with session.post(stand_in.url.rstrip("/") + path, json=body) as answer:
                answer.raise_for_status()
                found: dict[str, str] = json.loads(await answer.read())
                return found

        async def work() -> None:
            for posted in left:
                person = str(posted["place"]).removeprefix("@")
                channel = await call("/users/@me/channels", {"recipient_id": person})
                await call(f"/channels/{channel['id']}/messages", posted["body"])

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return time.perf_counter() - began


async def _post_in_workspaces(stand_in: Office, recorded: list[dict[str, Any]]) -> float:
    """The same for Slack."""
    left = iter(recorded)
    async with aiohttp.ClientSession() as session:

        async def call(method: str, team: str, **body: object) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {Neighbour.token_of(team)}"}
            async with session.post(stand_in.url + method, headers=headers, **body) as answer:  # type: ignore[arg-type]
                found: dict[str, Any] = json.loads(await answer.read())
                assert found["ok"], found
                return found

        async def work() -> None:
            for posted in left:
                team, _, person = str(posted["place"]).partition("/@")
                opened = await call("conversations.open", team, data={"users": person})
                body = posted["body"] | {"channel": opened["channel"]["id"]}
                await call("chat.postMessage", team, json=body)

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return time.perf_counter() - began


def _at_the_limit(crowd: str, allowed: float, of_what: str) -> Row:
    """How much slower than the rate allowed; the stand-in keeps it, and counts what it refuses.

    Args:
        crowd: who is written to, `people` or `channels`; each takes two requests.
        allowed: seconds in which the stand-in takes them all.
    """
    with tempfile.TemporaryDirectory() as folder, office("discord", limits=True) as stand_in:
        url = f"sqlite:///{folder}/papers.db"
        asyncio.run(fill(url, stand_in.tell("crowd", **{crowd: AT_THE_LIMIT})))
        (sent,) = send([_environment(stand_in, url)])
        refused = stand_in.seen()["limited"]
    name = f"discord, {AT_THE_LIMIT:,} {crowd}: {2 * AT_THE_LIMIT:,} requests, {refused} refused (429)"
    return Row(name, of_what, sent.seconds, allowed, sent.seconds / allowed, 1 / 0.95)


def _two_processes() -> Iterator[Row | str]:
    with PostgresCopies() as copies:
        if problem := copies.problem():
            yield f"two processes: skipped, {POSTGRES_URL} does not answer ({problem})"
            return
        one, two = (_beside(copies, processes) for processes in (1, 2))
    name = f"two processes on PostgreSQL, {BESIDE:,} messages, answers take 50 ms"
    yield Row(name, "one process", two, one, two / one, 1 / 1.7)


def _beside(copies: PostgresCopies, processes: int) -> float:
    """Seconds until so many processes have sent all, each message once."""
    url = copies.empty()
    with office("discord") as stand_in:
        asyncio.run(fill(url, stand_in.tell("crowd", people=BESIDE)))
        stand_in.tell("weather", faults=[], share=0, seed=0, delay=0.05)
        sent = send([_environment(stand_in, url) | _NO_LIMIT] * processes)
        assert len(stand_in.seen()["posted"]) == BESIDE
    return max(one.ended for one in sent) - min(one.began for one in sent)
