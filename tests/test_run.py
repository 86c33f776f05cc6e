"""`daily-papers run` as a process: it reads, posts what is due, answers, and stops when it is told to."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import select

from storage import papers, subscriptions
from storage.database import Database, open_database
from storage.models import Delivery, DeliveryState, Paper
from tests.factories import make_facts, make_subscription
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.processes import COMMAND, running
from tests.web import fetch

TODAY = datetime.now(UTC).date()


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
    due = datetime.now(UTC).replace(second=0, microsecond=0)  # today, in the first minute of a day as well
    row = make_subscription(place=place, local_time=due.time(), first_day=TODAY, next_due_at=due)
    async with database.write() as session:
        await subscriptions.add_subscription(session, row)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_slack_from_start_to_stop(tmp_path: Path, database: Database, sign: signal.Signals) -> None:
    async with FakeSlack() as slack:
        await subscribe(database, str(slack.place))
        tokens = {"SLACK_BOT_TOKEN": slack.token, "SLACK_APP_TOKEN": slack.app_token}
        async with running(tmp_path, SLACK_API_URL=slack.url, **tokens) as bot:
            await bot.said("listening")
            delivered = await bot.said("delivery")
            [answer] = await slack.command("/papers help")
            code, out, err = await bot.stopped(sign)

    assert (code, out) == (0, "")
    assert delivered["state"] == "sent"
    assert "Paper 2" in slack.transcript[1].text
    assert "/papers yesterday" in json.dumps(answer)
    assert "Traceback" not in err
    assert not any(token in err for token in tokens.values())


async def test_it_can_be_watched_from_start_to_stop(tmp_path: Path, database: Database) -> None:
    async with FakeSlack() as slack:
        await subscribe(database, str(slack.place))
        slack.fail_next(None, "500")
        tokens = {"SLACK_BOT_TOKEN": slack.token, "SLACK_SIGNING_SECRET": slack.signing_secret}
        async with running(tmp_path, SLACK_API_URL=slack.url, **tokens) as bot:
            root = f"http://{(await bot.said('serving'))['address']}"
            for event in ("listening", "delivery"):
                await bot.said(event)
            slack.events_url = f"{root}/slack/events"
            [answer] = await slack.command("/papers help")
            alive, ready, metrics = [
                await fetch(f"{root}/{page}") for page in ("healthz", "readyz", "metrics")
            ]
            elsewhere = await fetch(f"{root}/")
            code, _, err = await bot.stopped(signal.SIGTERM)

    assert (code, alive.status, ready.status, elsewhere.status) == (0, 200, 200, 200)
    assert "Paper 2" in elsewhere.text
    assert "/papers yesterday" in json.dumps(answer)
    told = json.loads(ready.text)
    assert (told["ready"], told["platforms"]["slack"]["listening"]) == (True, True)
    assert told["source_age_seconds"] < 60 * 60
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.text)
        for sample in family.samples
    }
    assert found["daily_papers_platform_listening", "slack"] == 1
    assert found["daily_papers_parts_sent_total", "slack"] == 2
    assert found["daily_papers_retries_total", "Temporary", "slack"] == 1
    assert found["daily_papers_deliveries_finished_total", "slack", "sent"] == 1
    assert found["daily_papers_due_to_sent_seconds_count", "slack"] == 1
    assert found["daily_papers_deliveries", "slack", "pending"] == 0
    assert found["process_resident_memory_bytes",] > 0
    assert "Traceback" not in err


async def test_two_bots_on_one_machine_both_work(tmp_path: Path, database: Database) -> None:
    """What cannot be watched runs all the same; but Slack's requests need the address."""
    async with FakeSlack() as slack:
        await subscribe(database, str(slack.place))
        ways = {"SLACK_BOT_TOKEN": slack.token, "SLACK_API_URL": slack.url}
        socket_mode = ways | {"SLACK_APP_TOKEN": slack.app_token}
        async with running(tmp_path, **socket_mode) as first:
            taken = (await first.said("serving"))["address"]
            await first.said("delivery")
            async with running(tmp_path, DAILY_PAPERS_HTTP=taken, **socket_mode) as second:
                warned = await second.said("nobody_can_watch")
                await second.said("listening")
                code, _, _ = await second.stopped(signal.SIGTERM)
            by_http = ways | {"SLACK_SIGNING_SECRET": slack.signing_secret, "DAILY_PAPERS_HTTP": taken}
            async with running(tmp_path, **by_http) as third:
                ended = await third.said("platform_ended")
                failed, _, _ = await third.ended()

    assert (warned["level"], code) == ("warning", 0)
    assert taken in warned["problem"]
    assert "DAILY_PAPERS_HTTP" in warned["problem"]
    assert (ended["problem"], failed) == (warned["problem"], 1)


async def test_watching_can_be_switched_off(tmp_path: Path, database: Database) -> None:
    async with FakeSlack() as slack:
        ways = {"SLACK_BOT_TOKEN": slack.token, "SLACK_API_URL": slack.url, "DAILY_PAPERS_HTTP": "OFF"}
        async with running(tmp_path, SLACK_APP_TOKEN=slack.app_token, **ways) as bot:
            await bot.said("listening")
            code, _, logged = await bot.stopped(signal.SIGTERM)
        async with running(tmp_path, SLACK_SIGNING_SECRET=slack.signing_secret, **ways) as deaf:
            ended = await deaf.said("platform_ended")
            failed, _, _ = await deaf.ended()

    assert code == 0
    assert not {"serving", "nobody_can_watch"} & {json.loads(line)["event"] for line in logged.splitlines()}
    assert "DAILY_PAPERS_HTTP is off" in ended["problem"]
    assert failed == 1


async def test_the_log_names_what_happened_and_no_words_of_it(tmp_path: Path, database: Database) -> None:
    """Through deliveries, failures and commands: neither a token, nor a title, nor what somebody typed."""
    async with FakeSlack() as slack, FakeDiscord() as discord:
        await subscribe(database, str(slack.place))
        await subscribe(database, str(discord.place))
        slack.fail_next(None, "429", "invalid")
        discord.fail_next(None, "500", "invalid")
        secrets = {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_APP_TOKEN": slack.app_token,
            "DISCORD_BOT_TOKEN": discord.token,
        }
        addresses = {"SLACK_API_URL": slack.url, "DISCORD_API_URL": discord.url}
        async with running(tmp_path, **secrets, **addresses) as bot:
            states = {(await bot.said("delivery"))["state"] for _ in range(2)}
            heard = {(await bot.said("listening"))["platform"] for _ in range(2)}
            await slack.command("/papers search zebrafish")
            await slack.command("/papers subscribe zebrafish in UTC")
            await discord.command("help")
            code, _, written = await bot.stopped(signal.SIGTERM)

    rows = [json.loads(line) for line in written.splitlines()]
    assert (code, states, heard) == (0, {"sent"}, {"slack", "discord"})
    assert all({"event", "level", "timestamp"} <= row.keys() for row in rows)
    assert not [secret for secret in secrets.values() if secret in written]
    async with database.read() as session:
        words = [
            word for paper in await session.exec(select(Paper)) for word in (paper.title, paper.abstract)
        ]
    assert len(words) > 20
    assert not [text for text in [*words, "zebrafish"] if text and text in written]


async def test_discord_from_start_to_stop(tmp_path: Path, database: Database) -> None:
    async with FakeDiscord() as discord:
        await subscribe(database, str(discord.place))
        addresses = {"DISCORD_API_URL": discord.url, "DISCORD_BOT_TOKEN": discord.token}
        async with running(tmp_path, **addresses) as bot:
            await bot.said("listening")
            await bot.said("delivery")
            [answer] = await discord.command("help")
            code, _, err = await bot.stopped(signal.SIGTERM)

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
            ended = await bot.said("platform_ended")
            delivered = await bot.said("delivery")
            code, _, _ = await bot.stopped(signal.SIGTERM)

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
            await slack.until(lambda: bool(slack.transcript))
            code, _, _ = await bot.stopped(signal.SIGTERM)
        assert code == 0
        async with database.read() as session:
            [open_one] = await session.exec(select(Delivery))
        assert open_one.state is DeliveryState.PENDING
        assert open_one.owner is None

        async with running(tmp_path, **environment) as bot:
            await bot.said("delivery")
    heads = [post for post in slack.transcript if post.thread is None]
    assert len(heads) == 1
    assert len(slack.transcript) == 2


@pytest.mark.parametrize("words", [(), ("--only", "web"), ("--only", "web", "--only", "ingest")])
async def test_the_page_needs_no_token(tmp_path: Path, database: Database, words: tuple[str, ...]) -> None:
    async with running(tmp_path, *words) as bot:
        serving = await bot.said("serving")
        page = await fetch(serving["web"])
        feed = await fetch(f"{serving['web']}feed.atom")
        code, out, err = await bot.stopped(signal.SIGTERM)
    assert serving["web"] == f"http://{serving['address']}/"
    assert (code, out, page.status, feed.status) == (0, "", 200, 200)
    assert "Paper 2" in page.text
    assert ("no platform is set up" in err) == (not words)
    assert "Traceback" not in err


@pytest.mark.parametrize("missing", ["", "SMTP_URL", "EMAIL_FROM", "DAILY_PAPERS_SECRET"])
async def test_why_nobody_can_subscribe_on_the_page_is_logged_once(
    tmp_path: Path, database: Database, missing: str
) -> None:
    mail = {
        **{"SMTP_URL": "smtp://localhost", "EMAIL_FROM": "papers@example.com"},
        **{"PUBLIC_URL": "https://papers.example.org", "DAILY_PAPERS_SECRET": "s" * 32},
    }
    async with running(
        tmp_path, "--only", "web", **{name: value for name, value in mail.items() if name != missing}
    ) as bot:
        await bot.said("serving")
        _, _, err = await bot.stopped(signal.SIGTERM)
    rows = [json.loads(line) for line in err.splitlines()]
    warned = [row for row in rows if row["event"] == "nobody_can_subscribe_by_mail"]
    assert len(warned) == (missing in ("EMAIL_FROM", "DAILY_PAPERS_SECRET"))
    for row in warned:
        assert row["level"] == "warning"
        assert missing in row["problem"]


async def test_a_page_that_nobody_could_reach_is_no_reason_to_run(tmp_path: Path, database: Database) -> None:
    async with running(tmp_path, "--only", "web") as first:
        taken = (await first.said("serving"))["address"]
        for words in ((), ("--only", "web")):
            async with running(tmp_path, *words, DAILY_PAPERS_HTTP=taken) as second:
                code, _, err = await second.ended()
            assert code == 1
            assert f"Cannot listen on {taken}" in err


async def test_the_demo_as_a_page(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        *("demo", "--serve"),
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "DAILY_PAPERS_SOURCE": "sample", "DAILY_PAPERS_HTTP": "127.0.0.1:0"},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    told = (await process.stderr.readline()).decode()
    page = await fetch(told.removeprefix("The page is at ").split()[0])
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0
    assert "HiFi-UMI" in page.text


async def test_the_terminal_needs_no_token(tmp_path: Path) -> None:
    async with running(tmp_path, "--console") as bot:
        code, said_there, problems = await bot.ended(
            b"/papers subscribe each in UTC\n/papers subscriptions\n"
        )
    assert code == 0, problems
    assert "Subscription 1 is set up" in said_there
    assert "1 subscription" in said_there
