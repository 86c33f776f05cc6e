"""Sending what was planned: every part once, in order, in one thread, whatever the platform does."""

import asyncio
import itertools
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.samples import Sample
from sqlmodel import Session

from bot.adapter import RateLimited, platforms
from bot.connections import Connections
from bot.delivery import courier
from bot.delivery.journal import LEASE
from bot.delivery.ownership import this_machine, this_process
from bot.delivery.sender import Sender, Sleep
from bot.digest import arrange, parts
from bot.messages import reasons
from bot.metrics import Metrics
from bot.outcome import Outcome
from bot.settings import read_settings
from storage import contents, papers, subscriptions
from storage.database import Database, open_database
from storage.models import Delivery, DeliveryState, PartState, Style, Subscription, SubscriptionState
from tests.factories import DAY, make_facts, make_subscription, paper_id
from tests.fakes import Fault
from tests.fakes.clock import Clock
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.shared import SHARED
from tests.stored import keep

PAPERS = 4
_hosts = itertools.count(1)
Fake = FakeSlack | FakeDiscord


@dataclass
class Stage:
    """A platform, a database with one edition, and the bot's sender between them."""

    fake: Fake
    database: Database
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        name = self.fake.place.platform.upper()
        settings = read_settings(
            **{f"{name}_BOT_TOKEN": self.fake.token, f"{name}_API_URL": self.fake.url.rstrip("/")}
        )
        self.connections = Connections(platforms(), settings, SHARED)

    def sender(
        self, sleep: Sleep | None = None, owner: str | None = None, metrics: Metrics | None = None
    ) -> Sender:
        """A sender as a new process would have it, on a machine of its own unless `owner` says another."""
        owner = owner or f"host-{next(_hosts)}:1:0"
        return Sender(
            self.database,
            self.connections,
            self.clock,
            sleep or self.clock.sleep,
            owner,
            self.clock.monotonic,
            lambda: 0.5,
            metrics,
        )

    async def plan(
        self, place: str = "", style: Style = Style.THREAD, subscription: Subscription | None = None
    ) -> int:
        """Reserve a delivery of the whole edition; gives its number."""
        place = place or str(self.fake.place)
        async with self.database.write() as session:
            listed = await papers.papers_listed(session, DAY, DAY)
            digest = arrange(listed)
            row = Delivery(
                place=place,
                local_date=DAY,
                style=style,
                papers=[paper.id for paper in digest.papers],
                subscription_id=subscription.id if subscription else None,
                created_at=self.clock(),
            )
            lines = self.connections.limits(place).lines
            return await keep(session, row, parts(digest, style, lines))

    async def subscribe(self) -> Subscription:
        subscription = make_subscription(place=str(self.fake.place))
        async with self.database.write() as session:
            await subscriptions.add_subscription(session, subscription)
        return subscription

    async def states(self, number: int) -> list[PartState]:
        async with self.database.read() as session:
            return [part.state for part in (await session.run_sync(contents.parts_of, [number]))[number]]

    def check_one_thread(self, count: int = PAPERS) -> None:
        """The transcript is one head and, in its thread, each paper once, most upvotes first."""
        head, *cards = self.fake.transcript
        assert f"{count} papers" in head.text
        assert head.thread is None
        assert {card.thread for card in cards} == {head.id}
        assert [_paper_in(card.text) for card in cards] == [
            paper_id(number) for number in range(count, 0, -1)
        ]


def _paper_in(text: str) -> str:
    """Which paper a card is about, by its title."""
    return next(paper_id(number) for number in range(100, 0, -1) if f"Paper {number}" in text)


@pytest.fixture(params=["slack", "discord"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def stage(platform: str, database: Database) -> AsyncIterator[Stage]:
    async with stage_on(platform, database) as stage:
        yield stage


@pytest.fixture
async def lasting_stage(platform: str, shared_url: str) -> AsyncIterator[Stage]:
    """A stage whose database outlives a process."""
    database = await open_database(shared_url)
    async with stage_on(platform, database) as stage:
        yield stage
    await database.close()


@asynccontextmanager
async def stage_on(platform: str, database: Database) -> AsyncIterator[Stage]:
    fake: Fake = FakeSlack() if platform == "slack" else FakeDiscord()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(fake)
        async with database.write() as session:
            facts = [make_facts(number, upvotes=number) for number in range(1, PAPERS + 1)]
            await papers.keep_papers(session, facts, Clock()())
        stage = Stage(fake, database)
        if isinstance(fake, FakeSlack):
            fake.now = stage.clock.monotonic
        await stack.enter_async_context(stage.connections)
        yield stage


def _down(times: int) -> list[Fault]:
    return ["500"] * times


def states(outcomes: list[Outcome]) -> list[DeliveryState]:
    return [outcome.state for outcome in outcomes]


async def test_a_digest_becomes_one_thread(stage: Stage) -> None:
    number = await stage.plan()

    [outcome] = await stage.sender().send_open()

    assert (outcome.state, outcome.reason) == (DeliveryState.SENT, None)
    assert outcome.papers == tuple(paper_id(number) for number in range(PAPERS, 0, -1))
    stage.check_one_thread()
    assert set(await stage.states(number)) == {PartState.SENT}
    assert await stage.sender().send_open() == []


@pytest.mark.parametrize("at", range(PAPERS + 1))
@pytest.mark.parametrize("fault", ["429", "500", "html", "drop", "lost"])
async def test_a_passing_fault_neither_loses_nor_doubles_a_part(stage: Stage, fault: Fault, at: int) -> None:
    """At the head and at every card, each fault once: what is left is one whole thread."""
    await stage.plan()
    sender = stage.sender()
    stage.fake.fail_next(*[None] * at, fault)

    outcomes = await sender.send_open()

    assert states(outcomes) == [DeliveryState.SENT]
    stage.check_one_thread()
    assert stage.clock.slept  # it waited before it tried again


async def test_a_platform_that_stays_down_puts_the_digest_off_and_not_away(stage: Stage) -> None:
    number = await stage.plan()
    stage.fake.fail_next(*_down(8))

    [outcome] = await stage.sender().send_open()
    assert outcome.state is DeliveryState.FAILED
    assert outcome.reason
    assert outcome.reason.endswith("the next run tries again.")
    assert stage.clock.slept == [1, 2, 4, 8]
    assert await stage.sender().send_open() == []  # too soon
    stage.fake.fail_next()

    stage.clock.pass_time(3600)
    while states(await stage.sender().send_open()) != [DeliveryState.SENT]:
        stage.clock.pass_time(3600)
    stage.check_one_thread()
    assert set(await stage.states(number)) == {PartState.SENT}


async def test_who_runs_deliver_by_hand_need_not_wait_for_the_pause(stage: Stage) -> None:
    await stage.plan()
    stage.fake.fail_next(*_down(5))
    await stage.sender().send_open()

    assert states(await stage.sender().send_open(impatient=True)) == [DeliveryState.SENT]
    stage.check_one_thread()


async def test_a_digest_that_failed_for_a_day_is_given_up(stage: Stage) -> None:
    number = await stage.plan()
    stage.clock.pass_time(25 * 3600)  # a late start is no failure
    stage.fake.fail_next(*_down(5))
    [first] = await stage.sender().send_open()
    assert "the next run tries again" in (first.reason or "")

    stage.clock.pass_time(25 * 3600)
    stage.fake.fail_next("500")
    [outcome] = await stage.sender().send_open()

    assert outcome.state is DeliveryState.FAILED
    assert "given up" in (outcome.reason or "")
    assert await stage.sender().send_open(impatient=True) == []
    assert await stage.states(number) == [PartState.PENDING] * (PAPERS + 1)


async def test_a_place_that_is_gone_pauses_its_subscription_and_says_why(stage: Stage) -> None:
    subscription = await stage.subscribe()
    await stage.plan(subscription=subscription)
    stage.fake.fail_next("gone")

    [outcome] = await stage.sender().send_open()

    assert outcome.state is DeliveryState.FAILED
    assert "paused" in (outcome.reason or "")
    async with stage.database.read() as session:
        [row] = await subscriptions.all_subscriptions(session)
    assert row.state is SubscriptionState.PAUSED
    assert row.reason


async def test_a_malformed_card_holds_back_no_other(stage: Stage) -> None:
    number = await stage.plan()
    stage.fake.fail_next(None, None, "invalid")

    [outcome] = await stage.sender().send_open()

    assert outcome.state is DeliveryState.SENT
    assert "refused 1 part" in (outcome.reason or "")
    shown = [_paper_in(post.text) for post in stage.fake.transcript[1:]]
    assert shown == [paper_id(4), paper_id(2), paper_id(1)]
    assert (await stage.states(number))[2] is PartState.REFUSED
    assert await stage.sender().send_open() == []


async def test_a_malformed_head_is_given_up_and_pauses_nothing(stage: Stage) -> None:
    subscription = await stage.subscribe()
    await stage.plan(subscription=subscription)
    stage.fake.fail_next("invalid")

    [outcome] = await stage.sender().send_open()

    assert outcome.state is DeliveryState.FAILED
    async with stage.database.read() as session:
        [row] = await subscriptions.all_subscriptions(session)
    assert row.state is SubscriptionState.ACTIVE


async def test_a_refused_token_is_tried_once_and_not_for_every_place(stage: Stage) -> None:
    await stage.plan()
    await stage.plan(place=str(stage.fake.direct))
    stage.fake.fail_next("revoked")
    sender = stage.sender()

    outcomes = await sender.send_open()
    refused = [outcome for outcome in outcomes if outcome.state is DeliveryState.FAILED]
    assert refused
    posts = len(stage.fake.transcript)
    assert states(await sender.send_open(impatient=True)) == [DeliveryState.FAILED] * len(refused)
    assert len(stage.fake.transcript) == posts

    stage.clock.pass_time(LEASE.total_seconds() + 1)
    await sender.send_open()
    assert {post.place for post in stage.fake.transcript} == {
        stage.fake.place.address,
        stage.fake.direct.address,
    }


async def test_two_senders_at_once_send_each_part_once(stage: Stage) -> None:
    await stage.plan()

    first, second = await asyncio.gather(stage.sender().send_open(), stage.sender().send_open())

    assert states([*first, *second]) == [DeliveryState.SENT]
    stage.check_one_thread()


async def test_digests_of_one_place_come_one_after_the_other(stage: Stage) -> None:
    numbers = [await stage.plan() for _ in range(3)]

    outcomes = await stage.sender().send_open()

    assert [outcome.delivery for outcome in outcomes] == numbers
    heads = [at for at, post in enumerate(stage.fake.transcript) if post.thread is None]
    assert heads == [0, PAPERS + 1, 2 * (PAPERS + 1)]


@pytest.mark.parametrize("at", range(PAPERS + 1))
@pytest.mark.parametrize("fault", ["lost", "drop", "500"])
async def test_a_process_that_dies_in_doubt_leaves_no_doubt(
    lasting_stage: Stage, fault: Fault, at: int
) -> None:
    """The answer to a part never came, and then the process died; the next one looks before it sends."""
    stage = lasting_stage
    waits = asyncio.Event()

    async def die(_seconds: float) -> None:
        waits.set()
        await asyncio.Event().wait()

    await stage.plan()
    stage.fake.fail_next(*[None] * at, fault)
    dying = asyncio.create_task(stage.sender(die, owner=_of_dead_process()).send_open())
    await waits.wait()
    async with stage.database.write():  # nothing else is in the middle of a transaction
        dying.cancel()
    await asyncio.wait({dying})
    assert dying.cancelled()

    assert states(await stage.sender(owner=this_process()).send_open()) == [DeliveryState.SENT]
    stage.check_one_thread()


def _of_dead_process() -> str:
    """The name of a process that has just ended on this machine."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    return f"{this_machine()}:{ended.pid}:0"


async def test_who_lost_its_claim_stops(stage: Stage) -> None:
    """While the first card is on its way, another process takes the delivery over."""
    number = await stage.plan()

    async def taken_over(seconds: float) -> None:
        await stage.clock.sleep(seconds)
        async with stage.database.write() as session:
            row = await session.get_one(Delivery, number)
            row.owner = f"{row.owner}-2"  # even by a task of the same process

    stage.fake.fail_next(None, "500")
    [outcome] = await stage.sender(taken_over).send_open()

    assert outcome.state is DeliveryState.FAILED
    assert outcome.reason == reasons.CLAIM_LOST
    assert len(stage.fake.transcript) == 1


async def test_who_stood_still_while_it_wrote_sends_nothing_under_a_claim_that_is_over(
    stage: Stage,
) -> None:
    """Its claim ends before it goes on, and another process sends everything meanwhile."""
    number = await stage.plan()
    write = stage.database.change

    async def slowly(work: Callable[[Session], Any]) -> Any:
        kept = await write(work)
        if (await stage.states(number))[0] is PartState.SENDING:
            setattr(stage.database, "change", write)  # noqa: B010 - only this once
            stage.clock.pass_time(LEASE.total_seconds() + 1)
            await stage.sender().send_open()
        return kept

    setattr(stage.database, "change", slowly)  # noqa: B010 - the machine stands still, not the database
    [outcome] = await stage.sender().send_open()

    assert outcome.reason == reasons.CLAIM_LOST
    stage.check_one_thread()


async def test_a_mishap_of_our_own_is_one_deliverys_and_no_other(stage: Stage) -> None:
    """A delivery that names a paper which is not there breaks; the one behind it is sent."""
    broken = await stage.plan(place=str(stage.fake.direct))
    async with stage.database.write() as session:
        (await session.get_one(Delivery, broken)).papers = ["0000.00000"]
    await stage.plan()

    outcomes = await stage.sender().send_open()

    assert states(outcomes) == [DeliveryState.FAILED, DeliveryState.SENT]
    assert "unexpected problem (ValueError)" in (outcomes[0].reason or "")
    stage.check_one_thread()


async def test_once_told_to_slow_down_it_does(stage: Stage) -> None:
    await stage.plan()
    stage.fake.fail_next(None, "429")

    await stage.sender().send_open()

    told, *pauses = stage.clock.slept[-PAPERS:]
    assert told >= 1
    assert pauses == [1.0] * (PAPERS - 1)
    stage.check_one_thread()


def _is_retry(sample: Sample) -> bool:
    return sample.name == "daily_papers_retries_total" and sample.value > 0


async def test_a_wait_that_is_known_beforehand_is_no_failure(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord's bucket is empty for two seconds: nothing was asked, so that nothing was refused."""
    await stage.plan()
    adapter = await stage.connections.adapter(stage.fake.place.platform)
    send, waits, metrics = adapter.send, [2.0, 2.0], Metrics()

    async def when_there_is_room(*given: Any) -> str:
        if waits:
            raise RateLimited("the next call is taken in 2 s", waits.pop(), asked=False)
        return await send(*given)

    monkeypatch.setattr(adapter, "send", when_there_is_room)
    [outcome] = await stage.sender(metrics=metrics).send_open()
    assert outcome.state is DeliveryState.SENT
    assert stage.clock.slept.count(2.0) == 2
    assert [
        sample for family in metrics.registry.collect() for sample in family.samples if _is_retry(sample)
    ] == []
    stage.check_one_thread()


async def test_a_wait_too_long_to_hold_a_claim_is_left_to_a_later_attempt(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.plan()
    monkeypatch.setattr(courier, "RATE_LIMIT_PATIENCE", 0.5)
    stage.fake.fail_next(None, "429")

    [outcome] = await stage.sender().send_open()
    assert outcome.state is DeliveryState.FAILED
    assert await stage.sender().send_open() == []

    stage.clock.pass_time(60)
    assert states(await stage.sender().send_open()) == [DeliveryState.SENT]
    stage.check_one_thread()


async def test_who_stops_hands_back_and_the_next_goes_on(stage: Stage) -> None:
    await stage.plan()

    async def stop(seconds: float) -> None:
        await stage.clock.sleep(seconds)
        if len(stage.fake.transcript) == 2:
            sender.stop()

    sender = stage.sender(stop)
    stage.fake.fail_next(None, None, "429")
    [outcome] = await sender.send_open()

    assert outcome.state is DeliveryState.FAILED
    assert "stopping" in (outcome.reason or "")
    assert len(stage.fake.transcript) == 2
    assert states(await stage.sender().send_open()) == [DeliveryState.SENT]
    stage.check_one_thread()


async def test_a_killed_process_is_gone_on_with_in_the_same_thread(platform: str, tmp_path: Path) -> None:
    """A real process, killed by the kernel's hand while its thread grows; the next one finishes it."""
    many = 30
    url = f"sqlite:///{tmp_path / 'papers.db'}"
    database = await open_database(url)
    async with database.write() as session:
        facts = [make_facts(number, upvotes=number) for number in range(1, many + 1)]
        await papers.keep_papers(session, facts, Clock()())
    async with FakeSlack() if platform == "slack" else FakeDiscord() as fake:
        stage = Stage(fake, database)
        await stage.plan()
        name = platform.upper()
        environment = {
            "PATH": "/usr/bin:/bin",
            "DAILY_PAPERS_DATABASE_URL": url,
            f"{name}_BOT_TOKEN": fake.token,
            f"{name}_API_URL": fake.url.rstrip("/"),
        }
        command = [str(Path(sys.executable).parent / "daily-papers"), "deliver", "--json"]
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=tmp_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        while len(fake.transcript) < 5 and process.returncode is None:
            await asyncio.sleep(0)
        process.send_signal(signal.SIGKILL)
        await process.communicate()
        assert process.returncode == -signal.SIGKILL
        interrupted = len(fake.transcript)

        assert states(await stage.sender(owner=this_process()).send_open()) == [DeliveryState.SENT]
        await stage.connections.__aexit__(None, None, None)
        assert 5 <= interrupted < many + 1
        stage.check_one_thread(many)
    await database.close()


async def test_what_happens_is_counted(stage: Stage) -> None:
    await stage.plan()
    stage.fake.fail_next(None, "429", "500", None, "invalid")
    counted = Metrics()
    sender = stage.sender(metrics=counted)
    await sender.send_open()

    def total(name: str, **labels: str) -> float | None:
        labels["platform"] = stage.fake.place.platform
        return counted.registry.get_sample_value(f"daily_papers_{name}_total", labels)

    assert total("parts_sent") == PAPERS
    assert total("retries", kind="RateLimited") == 1
    assert total("retries", kind="Temporary") == 1
    assert total("deliveries_finished", state="sent") == 1

    await stage.plan()
    stage.fake.fail_next(*_down(5))
    await sender.send_open()
    assert total("retries", kind="Temporary") == 1 + 5
    assert total("deliveries_finished", state="failed") is None  # it is only put off
    assert total("deliveries_finished", state="pending") is None

    stage.clock.pass_time(60)
    stage.fake.fail_next("invalid")
    await sender.send_open(impatient=True)
    assert total("deliveries_finished", state="failed") == 1
    assert total("parts_sent") == PAPERS
