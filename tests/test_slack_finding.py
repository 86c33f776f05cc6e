"""Stories of looking for a message of ours on Slack: how far back, in how many calls, at a call a minute."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from adapters.slack.app import SlackAdapter
from bot.adapter import CLOCKS_DIFFER, RateLimited, Thread
from bot.markup import Message
from bot.settings import read_settings
from storage import papers
from storage.database import Database
from storage.models import PartState
from tests.factories import NOON, make_facts
from tests.fakes.clock import Clock
from tests.fakes.slack import FakeSlack
from tests.shared import NO_WORKSPACES
from tests.test_delivery import stage_on

HEAD = Message(title="Daily Papers")
REPLIES, HISTORY = "conversations.replies", "conversations.history"


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


@pytest.fixture
def clock(slack: FakeSlack) -> Clock:
    """The workspace's."""
    clock = Clock(NOON)
    slack.now = slack.clock = clock.monotonic
    return clock


@pytest.fixture
async def adapter(slack: FakeSlack) -> AsyncIterator[SlackAdapter]:
    sender = SlackAdapter(read_settings(SLACK_BOT_TOKEN=slack.token, SLACK_API_URL=slack.url), NO_WORKSPACES)
    await sender.start(None)
    yield sender
    await sender.stop()


async def test_a_channel_is_looked_through_back_to_when_it_was_tried(
    slack: FakeSlack, adapter: SlackAdapter, clock: Clock
) -> None:
    """Whatever stands there from before costs no call; the clocks may differ."""
    for number in range(40):
        await adapter.send(slack.place, HEAD, f"old.{number}")
    clock.pass_time(CLOCKS_DIFFER.total_seconds())
    tried = clock() + CLOCKS_DIFFER - timedelta(minutes=1)
    ref = await adapter.send(slack.place, HEAD, "d1.0")

    assert await adapter.find(slack.place, "d1.0", since=tried) == ref
    assert await adapter.find(slack.place, "d1.1", since=tried) is None
    assert await adapter.find(slack.place, "old.0", since=tried) is None
    assert slack.calls.count(HISTORY) == 3


async def test_what_was_posted_last_in_a_busy_channel_is_found_at_once(
    slack: FakeSlack, adapter: SlackAdapter, clock: Clock
) -> None:
    for number in range(40):
        await adapter.send(slack.place, HEAD, f"d1.{number}")
    assert await adapter.find(slack.place, "d1.39", since=clock()) is not None
    assert slack.calls.count(HISTORY) == 1


async def test_a_clock_that_is_ahead_of_theirs_hides_no_message(
    slack: FakeSlack, adapter: SlackAdapter, clock: Clock
) -> None:
    """Else it would be posted a second time."""
    head = await adapter.send(slack.place, HEAD, "d1.0")
    thread = Thread(head, "Daily Papers")
    card = await adapter.send(slack.place, HEAD, "d1.1", thread)
    tomorrow = clock() + timedelta(days=1)
    assert await adapter.find(slack.place, "d1.0", since=tomorrow) == head
    assert await adapter.find(slack.place, "d1.1", thread, since=tomorrow) == card


async def test_a_search_goes_on_where_it_was_refused(
    slack: FakeSlack, adapter: SlackAdapter, clock: Clock
) -> None:
    slack.sold = True
    thread = Thread(await adapter.send(slack.place, HEAD, "d1.0"), "Daily Papers")
    refs = [await adapter.send(slack.place, HEAD, f"d1.{number}", thread) for number in range(1, 41)]

    for _ in range(2):
        with pytest.raises(RateLimited) as refused:
            await adapter.find(slack.place, "d1.40", thread, since=clock())
        assert (refused.value.retry_after, refused.value.whole) == (60, False)
        clock.pass_time(60)
    assert await adapter.find(slack.place, "d1.40", thread, since=clock()) == refs[-1]


@pytest.mark.parametrize("what", ["posting", "waiting"])
async def test_a_search_begins_anew(
    slack: FakeSlack, adapter: SlackAdapter, clock: Clock, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it was posted again, and after a while: somebody else may have posted it."""
    now = 0.0
    monkeypatch.setattr(adapter._finder, "_clock", lambda: now)
    slack.sold = True
    thread = Thread(await adapter.send(slack.place, HEAD, "d1.0"), "Daily Papers")
    refs = [await adapter.send(slack.place, HEAD, f"d1.{number}", thread) for number in range(1, 41)]
    with pytest.raises(RateLimited):
        await adapter.find(slack.place, "d1.40", thread, since=clock())
    slack.sold = False
    if what == "posting":
        refs[-1] = await adapter.send(slack.place, HEAD, "d1.40", thread)
    else:
        now = 200.0
    slack.calls.clear()
    assert await adapter.find(slack.place, "d1.40", thread, since=clock()) is not None
    assert slack.calls.count(REPLIES) == 3


async def test_a_thread_of_an_app_that_is_sold_comes_through(database: Database) -> None:
    """The reply to the eighteenth message is lost, which is looked for at a call a minute."""
    async with stage_on("slack", database) as stage:
        assert isinstance(stage.fake, FakeSlack)
        stage.fake.sold, stage.fake.clock = True, stage.clock.monotonic
        async with database.write() as session:
            await papers.keep_papers(session, [make_facts(n, upvotes=n) for n in range(5, 21)], stage.clock())
        number = await stage.plan()
        stage.fake.fail_next(*[None] * 17, "lost")
        began: datetime = stage.clock()

        await stage.sender().send_open()

        assert set(await stage.states(number)) == {PartState.SENT}
        assert stage.clock() - began < timedelta(minutes=5)
        stage.check_one_thread(20)
        assert stage.fake.calls.count(REPLIES) == 3
