"""`/healthz`, `/readyz` and `/metrics` over a real store: what they say, and what they keep to themselves."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import select

from bot.adapter import Limits, RateLimited, Temporary
from bot.metrics import Metrics
from bot.planning import Planner
from bot.watching import Watching
from storage.database import Database, open_database
from storage.models import DeliveryState, Edition
from tests.conftest import PostgresServer
from tests.factories import NOON, RULES, make_delivery
from tests.fakes.clock import Clock
from tests.logs import captured_logs
from tests.stored import as_row, list_papers, subscribe
from tests.web import Page, fetch, served

RUNNING = (Path(__file__).parent.parent / "docs" / "running.md").read_text(encoding="utf-8")
HOUR_AGO = NOON - timedelta(hours=1)
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(page: Page) -> Samples:
    """Every number of a page of metrics, by name and labels."""
    assert page.kind == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(page.text))
    assert all(family.documentation for family in families)
    found = [sample for family in families for sample in family.samples]
    by_key = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in found}
    assert len(by_key) == len(found)
    return by_key


def value(found: Samples, name: str, **labels: str) -> float:
    return found[f"daily_papers_{name}", frozenset(labels.items())]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(["slack"])


@pytest.fixture
async def watching(database: Database, metrics: Metrics) -> AsyncIterator[Watching]:
    """A process that is to listen to Slack, at 10:00 UTC: the source was read an hour before."""
    await list_papers(database, 1)
    clock = Clock(NOON - timedelta(hours=2))
    made = Watching(database, metrics, clock, ["discord", "slack"], ["slack"], patience=10)
    yield made
    await made.close()


@pytest.fixture
async def root(watching: Watching) -> AsyncIterator[str]:
    async with served(watching.routes()) as address:
        yield address


async def test_a_day_in_the_life_of_a_platform(watching: Watching, root: str) -> None:
    assert await fetch(f"{root}/healthz") == (200, "text/plain; charset=utf-8", "alive\n")
    starting = await fetch(f"{root}/readyz")
    watching.listens("slack")
    listening = await fetch(f"{root}/readyz")
    watching.is_silent("slack")
    silent = await fetch(f"{root}/readyz")

    assert [page.status for page in (starting, listening, silent)] == [503, 200, 503]
    assert json.loads(starting.text)["problems"] == ["no platform listens for commands (wanted: slack)"]
    assert json.loads(listening.text) == {
        "ready": True,
        "problems": [],
        "database": "usable",
        "platforms": {"slack": {"listening": True, "since": "2026-07-29T10:00:00+00:00"}},
        "newest_edition": "2026-07-29",
        "source_age_seconds": 3600,
    }


async def test_who_never_listened_is_silent_since_the_start(database: Database) -> None:
    clock = Clock()
    watching = Watching(database, Metrics(), clock, ["slack"], ["slack"], patience=10)
    clock.pass_time(60)
    watching.is_silent("slack")
    facts, _ = await watching.facts()
    assert facts.platforms["slack"].since == NOON
    watching.listens("slack")
    clock.pass_time(60)
    watching.is_silent("slack")
    facts, _ = await watching.facts()
    assert facts.platforms["slack"].since == NOON + timedelta(minutes=2)


async def test_metrics_of_the_store(database: Database, watching: Watching, root: str) -> None:
    due = NOON - timedelta(hours=3)
    async with database.write() as session:
        session.add_all(
            [
                make_delivery(1, due_at=due),
                make_delivery(2, due_at=due, not_before=NOON),
                make_delivery(3, due_at=due, state=DeliveryState.SENDING),
                make_delivery(4, place="old:1"),
            ]
        )
    watching.listens("slack")
    found = samples(await fetch(f"{root}/metrics"))
    assert value(found, "database_up") == 1
    assert value(found, "platform_listening", platform="slack") == 1
    assert value(found, "deliveries", state="pending", platform="slack") == 2
    assert value(found, "deliveries", state="sending", platform="slack") == 1
    assert value(found, "deliveries", state="enclosed", platform="slack") == 0
    assert value(found, "deliveries", state="pending", platform="other") == 1
    assert value(found, "queue_depth", platform="slack") == 1
    assert value(found, "oldest_due_seconds", platform="slack") == 3600
    assert value(found, "source_age_seconds") == 3600
    assert value(found, "newest_edition_timestamp_seconds") == 1785283200  # 2026-07-29T00:00Z


async def test_metrics_of_the_process(metrics: Metrics, root: str) -> None:
    before = samples(await fetch(f"{root}/metrics"))
    assert value(before, "parts_sent_total", platform="slack") == 0
    assert value(before, "deliveries_finished_total", platform="slack", state="failed") == 0

    sent = make_delivery(1, state=DeliveryState.SENT, due_at=HOUR_AGO, finished_at=NOON)
    by_hand = make_delivery(2, state=DeliveryState.SENT, finished_at=NOON)
    failed = make_delivery(3, state=DeliveryState.FAILED, due_at=HOUR_AGO, finished_at=NOON)
    for delivery in (sent, by_hand, failed):
        metrics.finished(as_row(delivery))
    metrics.skipped(["slack:C1", "slack:C2", "discord:1"])
    metrics.sent("slack:C1")
    metrics.retried("slack:C1", RateLimited("wait", 3))
    metrics.retried("slack:C1", Temporary("down"))
    metrics.retried("slack:C1", Temporary("down"))

    after = samples(await fetch(f"{root}/metrics"))
    assert value(after, "parts_sent_total", platform="slack") == 1
    assert value(after, "retries_total", platform="slack", kind="RateLimited") == 1
    assert value(after, "retries_total", platform="slack", kind="Temporary") == 2
    assert value(after, "deliveries_finished_total", platform="slack", state="sent") == 2
    assert value(after, "deliveries_finished_total", platform="slack", state="failed") == 1
    assert value(after, "deliveries_finished_total", platform="slack", state="skipped") == 2
    assert value(after, "deliveries_finished_total", platform="discord", state="skipped") == 1
    assert value(after, "due_to_sent_seconds_count", platform="slack") == 1
    assert value(after, "due_to_sent_seconds_sum", platform="slack") == 3600
    assert value(after, "due_to_sent_seconds_bucket", platform="slack", le="1800.0") == 0
    assert value(after, "due_to_sent_seconds_bucket", platform="slack", le="3600.0") == 1


async def test_the_page_on_running_names_every_metric_and_no_other(watching: Watching, root: str) -> None:
    page = await fetch(f"{root}/metrics")
    families = {family.name for family in text_string_to_metric_families(page.text)}
    told = {name.removesuffix("_total") for name in re.findall(r"^\| `([a-z_]+)` \|", RUNNING, re.MULTILINE)}
    assert told == {name.removeprefix("daily_papers_") for name in families if "daily_papers" in name}


async def test_a_digest_without_papers_is_counted(database: Database, metrics: Metrics) -> None:
    await list_papers(database)
    await subscribe(database)
    await Planner(database, lambda place: Limits(20, 5), RULES, Clock(), metrics).plan_due(NOON, tell=False)
    labels = {"platform": "slack", "state": "skipped"}
    assert metrics.registry.get_sample_value("daily_papers_deliveries_finished_total", labels) == 1


@pytest.mark.parametrize("database_url", ["memory"], indirect=True)
async def test_a_database_that_hangs_is_asked_once(database: Database) -> None:
    """In memory there is one connection, which the writer here holds."""
    watching = Watching(database, Metrics(), Clock(), ["slack"], [], patience=0.01)
    async with served(watching.routes()) as root:
        before = asyncio.all_tasks()
        async with database.write() as session:
            await session.exec(select(Edition))
            with captured_logs() as logs:
                pages = [await fetch(f"{root}/readyz") for _ in range(3)]
                page = await fetch(f"{root}/metrics")
            hanging = [task for task in asyncio.all_tasks() - before if "_ask" in str(task.get_coro())]
            alive = await fetch(f"{root}/healthz")
        assert [page.status for page in pages] == [503, 503, 503]
        assert json.loads(pages[0].text)["problems"] == ["the database does not answer within 2 seconds"]
        assert len(hanging) == 1
        assert [line["event"] for line in logs] == ["database_not_ready"]
        assert alive.status == 200
        assert value(samples(page), "database_up") == 0
        while json.loads((await fetch(f"{root}/readyz")).text)["database"] != "usable":
            pass
    await watching.close()


@pytest.mark.parametrize("database_url", ["memory"], indirect=True)
async def test_a_question_without_an_answer_does_not_hold_up_the_end(database: Database) -> None:
    watching = Watching(database, Metrics(), Clock(), ["slack"], [], patience=0.01)
    async with database.write() as session:
        await session.exec(select(Edition))
        facts, _ = await watching.facts()
        assert facts.database is not None
        await watching.close()
        assert not [task for task in asyncio.all_tasks() if "_ask" in str(task.get_coro())]


async def test_a_database_that_is_gone_is_named_in_the_log_alone(postgres: PostgresServer) -> None:
    url = postgres.create()
    name = url.rpartition("/")[2]
    database = await open_database(url)
    watching = Watching(database, Metrics(), Clock(), ["slack"], [], patience=10)
    async with served(watching.routes()) as root:
        await fetch(f"{root}/readyz")
        postgres.drop(url)
        with captured_logs() as logs:
            pages = [await fetch(f"{root}/readyz"), await fetch(f"{root}/metrics")]
    await database.close()
    assert [page.status for page in pages] == [503, 200]
    assert json.loads(pages[0].text)["problems"] == ["the database cannot be used; the log says why"]
    assert name not in pages[0].text + pages[1].text
    assert [line["event"] for line in logs] == ["database_not_ready"]
    assert name in str(logs) or "terminat" in str(logs)
