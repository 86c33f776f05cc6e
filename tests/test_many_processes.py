"""Several processes with one PostgreSQL: they share the work, and each may be killed or stopped."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import open_app
from bot.settings import read_settings
from storage.database import Database, open_database
from storage.models import DeliveryState
from tests.conftest import PostgresServer
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.processes import running
from tests.stored import list_papers, planned, subscribe

TODAY = datetime.now(UTC).date()


@pytest.fixture
def shared(postgres: PostgresServer) -> str:
    """The address of an empty PostgreSQL database."""
    return postgres.emptied()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = await open_database(url)
    try:
        yield database
    finally:
        await database.close()


async def due(database: Database, *places: object) -> None:
    """An edition of today that has settled, and a subscription for each place that is due since a minute."""
    now = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=1)
    await list_papers(database, 1, 2, day=TODAY)
    for place in places:
        await subscribe(database, place=str(place), local_time=now.time(), next_due_at=now, first_day=TODAY)


def leading_to(slack: FakeSlack, url: str) -> dict[str, str]:
    return {
        "DAILY_PAPERS_DATABASE_URL": url,
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.url,
    }


async def test_one_process_plans_and_another_sends(tmp_path: Path, shared: str) -> None:
    """The one that plans has no token at all; it listens to nothing and runs until it is stopped."""
    async with FakeSlack() as slack, opened(shared) as database:
        await due(database, slack.place, slack.direct)
        planner = running(tmp_path, "--only", "plan", "--only", "ingest", DAILY_PAPERS_DATABASE_URL=shared)
        async with running(tmp_path, "--only", "deliver", **leading_to(slack, shared)) as sender:
            await sender.said("serving")
            async with planner as planning:
                sent = [await sender.said("delivery") for _ in range(2)]
                ended = [await process.stopped(signal.SIGTERM) for process in (planning, sender)]
        rows = await planned(database)

    assert [one["state"] for one in sent] == ["sent", "sent"]
    assert [(code, "Traceback" in err) for code, _, err in ended] == [(0, False), (0, False)]
    assert [row.state for row in rows] == [DeliveryState.SENT] * 2
    assert len(slack.transcript) == 2 * 3
    assert "apps.connections.open" not in slack.calls


async def test_two_processes_for_everything_post_everything_once(tmp_path: Path, shared: str) -> None:
    async with FakeSlack() as slack, opened(shared) as database:
        await due(database, slack.place, slack.direct)
        ways = leading_to(slack, shared)
        async with running(tmp_path, **ways) as first, running(tmp_path, **ways) as second:
            await asyncio.gather(first.said("listening"), second.said("listening"))
            async with asyncio.timeout(60):
                while [row.state for row in await planned(database)] != [DeliveryState.SENT] * 2:
                    await asyncio.sleep(0)
            codes = [(await process.stopped(signal.SIGTERM))[0] for process in (first, second)]

    assert codes == [0, 0]
    assert len(slack.transcript) == 2 * 3
    assert len({post.key for post in slack.transcript}) == 2 * 3


async def test_what_a_killed_process_was_sending_another_sends(tmp_path: Path, shared: str) -> None:
    async with FakeSlack() as slack, opened(shared) as database:
        await due(database, slack.place)
        ways = leading_to(slack, shared)
        async with running(tmp_path, "--only", "plan", "--only", "deliver", **ways) as first:
            await slack.until(lambda: len(slack.transcript) >= 1)
            await first.kill()
        left = len(slack.transcript)
        async with running(tmp_path, "--only", "deliver", **ways) as second:
            delivered = await second.said("delivery")

    assert left < 3
    assert delivered["state"] == "sent"
    assert len(slack.transcript) == 3
    assert len({post.key for post in slack.transcript}) == 3


async def test_a_killed_process_takes_its_shards_up_again(tmp_path: Path, shared: str) -> None:
    async with FakeDiscord() as discord:
        far = store.FakeChannel("4001", 0, "papers", guild=str((1 << 22) + 5))
        discord.channels[far.id] = far
        ways = discord.environment | {"DAILY_PAPERS_DATABASE_URL": shared}
        low, high = ways | {"DISCORD_SHARDS": "0/2"}, ways | {"DISCORD_SHARDS": "1/2"}
        async with running(tmp_path, "--only", "discord", **low) as one:
            await one.said("listening")
            async with running(tmp_path, "--only", "discord", **high) as killed:
                await killed.said("listening")
            async with running(tmp_path, "--only", "discord", **high) as again:
                await again.said("listening")
                for place in (store.place(far), discord.place):
                    [answer] = await discord.command("help", where=place)
                    assert "/papers yesterday" in json.dumps(answer)
                codes = [(await process.stopped(signal.SIGTERM))[0] for process in (one, again)]

    assert codes == [0, 0]
    assert discord.violations == []


# The end


ROLES = [(), ("plan",), ("deliver",), ("ingest",), ("learn",), ("slack",), ("deliver", "ingest", "slack")]


@pytest.mark.parametrize("roles", ROLES, ids=lambda roles: " and ".join(roles) or "everything")
async def test_each_ends_within_ten_seconds_while_nobody_answers_it(
    tmp_path: Path, roles: tuple[str, ...]
) -> None:
    """A part is on its way and Slack is silent; the source is silent too."""
    url = f"sqlite:///{tmp_path / 'papers.db'}"
    async with silence() as (reached, address), FakeSlack() as slack, opened(url) as database:
        slack.stuck.add("chat.postMessage")
        await due(database, slack.place)
        await plan(url, slack)
        words = [word for role in roles for word in ("--only", role)]
        source = {"DAILY_PAPERS_SOURCE": "huggingface", "DAILY_PAPERS_SOURCE_URL": address}
        async with running(tmp_path, *words, **leading_to(slack, url), **source) as bot:
            await bot.said("serving")
            if not roles or "deliver" in roles:
                async with asyncio.timeout(60):
                    while "chat.postMessage" not in slack.calls:
                        await asyncio.sleep(0)
            if not roles or "slack" in roles:
                await bot.said("listening")
            if not roles or "ingest" in roles:
                await reached.wait()
            code, _, err = await bot.stopped(signal.SIGTERM)

    assert code == 0
    assert "Traceback" not in err


@asynccontextmanager
async def silence() -> AsyncIterator[tuple[asyncio.Event, str]]:
    """A server that takes connections and says nothing: whether one has come, and its address."""
    reached = asyncio.Event()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server:
        yield reached, f"http://{host}:{port}"


async def plan(url: str, slack: FakeSlack) -> None:
    """Plan what is due, for a process that only sends."""
    settings = read_settings(DAILY_PAPERS_DATABASE_URL=url, SLACK_BOT_TOKEN=slack.token)
    async with open_app(settings) as app:
        await app.planner.plan_due(app.clock())


# What a process cannot be for


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (
            ("--only", "deliver", "--only", "cook"),
            2,
            "no process is for cook; --only takes plan, deliver, ingest, learn, discord, slack, web",
        ),
        (("--only", "slack"), 1, "slack is not set up: set SLACK_BOT_TOKEN"),
        (("--only", "deliver"), 1, "no platform is set up"),
    ],
)
async def test_what_a_process_cannot_be_for(
    tmp_path: Path, words: tuple[str, ...], code: int, sentence: str
) -> None:
    async with running(tmp_path, *words) as bot:
        ended, _, err = await bot.ended()
    assert ended == code
    assert sentence in err
