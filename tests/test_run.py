"""`daily-papers run` as a process: it reads, posts what is due, answers, and stops when it is told to."""

import asyncio
import json
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from storage import papers, subscriptions
from storage.database import Database, open_database
from storage.models import Delivery, DeliveryState
from tests.factories import make_facts, make_subscription
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack

COMMAND = str(Path(sys.executable).parent / "daily-papers")
TODAY = datetime.now(UTC).date()


@asynccontextmanager
async def running(folder: Path, *words: str, **environment: str) -> AsyncIterator[Process]:
    """The bot in a process of its own, with JSON logs; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        "run",
        *words,
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "DAILY_PAPERS_LOG": "json",
            "DAILY_PAPERS_SOURCE": "sample",
            "DAILY_PAPERS_HTTP": "127.0.0.1:0",
            **environment,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def said(process: Process, event: str) -> dict[str, Any]:
    """The next line of the log that is about `event`."""
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while line := await process.stderr.readline():
            row: dict[str, Any] = json.loads(line)
            if row["event"] == event:
                return row
    raise AssertionError(f"it ended without saying {event}")


async def stopped(process: Process, sign: signal.Signals) -> tuple[int, str, str]:
    process.send_signal(sign)
    async with asyncio.timeout(10):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """What `run` will find in its folder: an edition that has settled, and a subscription that is due."""
    opened = await open_database(f"sqlite:///{tmp_path / 'daily-papers.db'}")
    yesterday = TODAY - timedelta(days=1)
    now = datetime.now(UTC) - timedelta(days=1)
    async with opened.write() as session:
        facts = [make_facts(number, listed_on=day) for number, day in ((1, yesterday), (2, TODAY))]
        await papers.keep_papers(session, facts, now)
        for edition in await papers.record_polls(session, [yesterday, TODAY], now):
            edition.settled_at = now
    yield opened
    await opened.close()


async def subscribe(database: Database, place: str) -> None:
    due = (datetime.now(UTC) - timedelta(minutes=1)).replace(second=0, microsecond=0)
    yesterday = TODAY - timedelta(days=1)
    row = make_subscription(place=place, local_time=due.time(), first_day=yesterday, next_due_at=due)
    async with database.write() as session:
        await subscriptions.add_subscription(session, row)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_slack_from_start_to_stop(tmp_path: Path, database: Database, sign: signal.Signals) -> None:
    async with FakeSlack() as slack:
        await subscribe(database, str(slack.place))
        tokens = {"SLACK_BOT_TOKEN": slack.token, "SLACK_APP_TOKEN": slack.app_token}
        async with running(tmp_path, SLACK_API_URL=slack.url, **tokens) as bot:
            await said(bot, "listening")
            delivered = await said(bot, "delivery")
            [answer] = await slack.command("/papers help")
            code, out, err = await stopped(bot, sign)

    assert (code, out) == (0, "")
    assert delivered["state"] == "sent"
    assert "Paper 2" in slack.transcript[1].text
    assert "/papers yesterday" in json.dumps(answer)
    assert "Traceback" not in err
    assert not any(token in err for token in tokens.values())


async def test_discord_from_start_to_stop(tmp_path: Path, database: Database) -> None:
    async with FakeDiscord() as discord:
        await subscribe(database, str(discord.place))
        addresses = {"DISCORD_API_URL": discord.url, "DISCORD_BOT_TOKEN": discord.token}
        async with running(tmp_path, **addresses) as bot:
            await said(bot, "listening")
            await said(bot, "delivery")
            [answer] = await discord.command("help")
            code, _, err = await stopped(bot, signal.SIGTERM)

    assert code == 0
    assert "Paper 2" in discord.transcript[1].text
    assert "/papers yesterday" in json.dumps(answer)
    assert discord.violations == []
    assert "Traceback" not in err
    assert discord.token not in err


async def test_one_platform_that_refuses_its_token_does_not_stop_the_other(
    tmp_path: Path, database: Database
) -> None:
    async with FakeSlack() as slack, FakeDiscord() as discord:
        await subscribe(database, str(slack.place))
        environment = {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.url,
            "DISCORD_BOT_TOKEN": "wrong",
            "DISCORD_API_URL": discord.url,
        }
        async with running(tmp_path, **environment) as bot:
            ended = await said(bot, "platform_ended")
            delivered = await said(bot, "delivery")
            code, _, _ = await stopped(bot, signal.SIGTERM)

    assert (ended["platform"], delivered["state"], code) == ("discord", "sent", 0)


async def test_what_was_on_its_way_is_handed_back_at_the_stop(tmp_path: Path, database: Database) -> None:
    """Slack asks for a long pause; the bot stops within its time all the same, and the next run goes on."""
    async with FakeSlack() as slack:
        await subscribe(database, str(slack.place))
        slack.fail_next(None, "500", "500", "500")
        environment = {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.url,
        }
        async with running(tmp_path, **environment) as bot:
            while not slack.transcript:
                await asyncio.sleep(0)
            code, _, _ = await stopped(bot, signal.SIGTERM)
        assert code == 0
        async with database.read() as session:
            [open_one] = await session.exec(select(Delivery))
        assert open_one.state is DeliveryState.PENDING
        assert open_one.owner is None

        async with running(tmp_path, **environment) as bot:
            await said(bot, "delivery")
    heads = [post for post in slack.transcript if post.thread is None]
    assert len(heads) == 1
    assert len(slack.transcript) == 2


async def test_the_terminal_needs_no_token(tmp_path: Path) -> None:
    async with running(tmp_path, "--console") as process:
        said_there, problems = await process.communicate(
            b"/papers subscribe each in UTC\n/papers subscriptions\n"
        )
    assert process.returncode == 0, problems
    assert "Subscription 1 is set up" in said_there.decode()
    assert "1 subscription" in said_there.decode()
