"""What travels together, what is added to a thread later, and what a closed door brings about."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.job import Job
from bot.delivery.journal import LEASE, ClaimLost
from bot.delivery.loading import Loader
from bot.delivery.sender import HELD
from storage import cancelling, claims, contents, people
from storage.models import Delivery, DeliveryState, SubscriptionState
from tests.at_work import EVERY_DAY, AtWork, at_work
from tests.factories import DAY, at
from tests.logs import captured_logs
from tests.stored import ids, list_papers, planned, stored_subscription

ONE = timedelta(days=1)
WRITER = {"slack": "slack:T0PAPERS:U0WRITER", "discord": "discord:2001"}
READER = {"slack": "slack:T0PAPERS:U0READER", "discord": "discord:2001"}
platforms = pytest.mark.parametrize("platform", ["slack", "discord"])


@pytest.fixture
async def bot(database_url: str) -> AsyncIterator[AtWork]:
    async with at_work(database_url) as working:
        yield working
    assert working.discord.violations == []


# One message


@platforms
async def test_overlapping_subscriptions_of_one_hour_arrive_as_one_message(
    bot: AtWork, platform: str
) -> None:
    place, who = bot.fake(platform).direct, READER[platform]
    first = await bot.subscribe(place, "diffusion", who=who)
    second = await bot.subscribe(place, "upvotes>=50", who=who)
    await list_papers(bot.database, 1, title="Paper 1 on diffusion", upvotes=60)
    await list_papers(bot.database, 2, title="Paper 2 on diffusion", upvotes=5)
    await list_papers(bot.database, 3, title="Paper 3 on agents", upvotes=70)
    await list_papers(bot.database, 4, title="Paper 4 on agents", upvotes=5)

    await bot.moment(DAY, 9)
    head, *cards = bot.posted(place)
    assert "3 papers, 135 upvotes" in head.text
    assert f"for {first}, {second}" in head.text
    named = [
        [number for number in (first, second) if f"Subscription {number}:" in card.text] for card in cards
    ]
    assert named == [[second], [first, second], [first]]
    assert ["Paper 3" in cards[0].text, "Paper 1" in cards[1].text, "Paper 2" in cards[2].text] == [True] * 3

    rows = await planned(bot.database)
    assert {row.subscription_id: sorted(row.papers) for row in rows if row.subscription_id} == {
        first: ids(1, 2),
        second: ids(1, 3),
    }
    assert {row.state for row in rows} == {DeliveryState.SENT}
    await list_papers(bot.database, day=DAY + ONE)
    await bot.moment(DAY + ONE, 9)
    assert len(bot.posted(place)) == 4


async def test_those_of_different_hours_or_places_travel_alone(bot: AtWork) -> None:
    for place, text in (
        (bot.slack.direct, EVERY_DAY),
        (bot.slack.direct, "daily 10:00 on mon-sun in UTC"),
        (bot.slack.place, EVERY_DAY),
    ):
        await bot.subscribe(place, text=text)
    await list_papers(bot.database, 1)
    await bot.moment(DAY, 9)
    await bot.moment(DAY, 10)

    assert [row.envelope for row in await planned(bot.database)] == [None] * 3
    assert len(bot.posted(bot.slack.direct)) == 4  # a head and a card, twice
    assert len(bot.posted(bot.slack.place)) == 2


async def test_one_that_is_paused_meanwhile_is_taken_out_of_the_message(bot: AtWork) -> None:
    first = await bot.subscribe(bot.slack.direct, "diffusion")
    second = await bot.subscribe(bot.slack.direct, "agents")
    await list_papers(bot.database, 1, title="Paper 1 on diffusion")
    await list_papers(bot.database, 2, title="Paper 2 on agents")
    bot.clock.now = at(DAY, 9)
    await bot.app.planner.plan_due(bot.clock())
    async with bot.database.write() as session:
        await cancelling.cancel_open(session, first, "The subscription was paused.", bot.clock())
    await bot.app.sender.send_open()

    texts = "".join(post.text for post in bot.posted(bot.slack.direct))
    assert "Paper 2 on agents" in texts
    assert "diffusion" not in texts
    states = {row.subscription_id: row.state for row in await planned(bot.database)}
    assert states == {first: DeliveryState.SKIPPED, second: DeliveryState.SENT, None: DeliveryState.SENT}


async def test_an_envelope_of_which_nothing_is_left_is_not_sent(bot: AtWork) -> None:
    numbers = [await bot.subscribe(bot.slack.direct, words) for words in ("", "paper")]
    await list_papers(bot.database, 1)
    bot.clock.now = at(DAY, 9)
    await bot.app.planner.plan_due(bot.clock())
    async with bot.database.write() as session:
        for number in numbers:
            await cancelling.cancel_open(session, number, "Paused.", bot.clock())

    assert [outcome.state for outcome in await bot.app.sender.send_open()] == [DeliveryState.SKIPPED]
    assert bot.posted(bot.slack.direct) == []


async def test_one_that_is_paused_while_the_message_is_made_leaves_the_others_theirs(bot: AtWork) -> None:
    """Between the claim and the reading of what is to be sent."""
    first = await bot.subscribe(bot.slack.direct, "diffusion")
    await bot.subscribe(bot.slack.direct, "agents")
    await bot.subscribe(bot.slack.place, "agents")
    await list_papers(bot.database, 1, title="Paper 1 on diffusion")
    await list_papers(bot.database, 2, title="Paper 2 on agents")
    bot.clock.now = at(DAY, 9)
    await bot.app.planner.plan_due(bot.clock())
    me = claims.Claimant("me", bot.clock(), LEASE, lambda _: False)
    taken = await bot.database.change(lambda session: claims.claim(session, me, 9))
    async with bot.database.write() as session:
        await cancelling.cancel_open(session, first, "Paused.", bot.clock())

    loader = Loader(bot.database, bot.app.connections.limits)
    jobs = dict(zip([one.place for one in taken], await loader.jobs(taken), strict=True))
    assert isinstance(jobs[str(bot.slack.direct)], ClaimLost)
    assert isinstance(jobs[str(bot.slack.place)], Job)
    bot.clock.now += LEASE
    await bot.app.sender.send_open()
    text = "".join(post.text for post in bot.posted(bot.slack.direct))
    assert ("Paper 2" in text, "Paper 1" in text) == (True, False)


async def test_somebody_who_is_forgotten_while_messages_are_made_stops_nobody_elses(bot: AtWork) -> None:
    await bot.subscribe(bot.slack.direct, "paper", who=READER["slack"])
    await bot.subscribe(bot.slack.place, "paper")
    await list_papers(bot.database, 1)
    bot.clock.now = at(DAY, 9)
    await bot.app.planner.plan_due(bot.clock())
    me = claims.Claimant("me", bot.clock(), LEASE, lambda _: False)
    taken = await bot.database.change(lambda session: claims.claim(session, me, 9))
    async with bot.database.write() as session:
        await people.forget(session, READER["slack"], [str(bot.slack.direct)])

    jobs = await Loader(bot.database, bot.app.connections.limits).jobs(taken)
    assert [type(job) for job in jobs] == [Job, ClaimLost]


async def test_a_look_for_more_that_breaks_ends_nothing_that_is_under_way(
    bot: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.subscribe(bot.slack.place)
    await list_papers(bot.database, 1, 2)
    bot.clock.now = at(DAY, 9)
    await bot.app.planner.plan_due(bot.clock())
    sender, claim, looks = bot.app.sender, claims.claim, 0

    def breaking(*given: Any) -> Any:
        nonlocal looks
        looks += 1
        if looks != 2:
            return claim(*given)
        raise RuntimeError("a row that nobody thought of")

    monkeypatch.setattr(claims, "claim", breaking)
    monkeypatch.setattr("bot.delivery.sender.LOW", HELD)  # it looks again at once
    with captured_logs() as logs:
        serving = asyncio.create_task(sender.serve())
        async with asyncio.timeout(30):
            while looks < 3:
                sender.wake()
                await asyncio.sleep(0)
            await bot.slack.until(lambda: len(bot.posted(bot.slack.place)) == 3)
        sender.stop()
        await serving
    assert [one["event"] for one in logs if one["log_level"] == "error"] == ["claiming_broke"]


async def test_a_digest_that_failed_brings_its_papers_with_the_next(bot: AtWork) -> None:
    """A head that the platform called malformed is given up; what it held is not lost."""
    await bot.subscribe(bot.slack.place)
    await list_papers(bot.database, 1)
    bot.slack.fail_next("invalid")
    await bot.moment(DAY, 9)
    await list_papers(bot.database, 2, day=DAY + ONE)
    await bot.moment(DAY + ONE, 9)

    assert [row.papers for row in await planned(bot.database)] == [ids(1), ids(1, 2)]
    assert (await planned(bot.database))[1].rising == []


@platforms
async def test_silence_that_is_explained_names_its_subscription_and_its_list(
    bot: AtWork, platform: str
) -> None:
    place, dawn = bot.fake(platform).direct, "daily 05:00 on mon-sun in UTC explain on"
    number = await bot.subscribe(place, "diffusion", dawn, who=READER[platform])
    await list_papers(bot.database, 1)
    await bot.moment(DAY + ONE, 5)  # too early for the list of that day

    [post] = bot.posted(place)
    assert f"Daily Papers · Wed 29 Jul: nothing for subscription {number}" in post.text
    assert '1 new paper, and none matches papers about "diffusion".' in post.text
    assert f'Subscription {number}: papers about "diffusion"' in post.text


# Late arrivals


@platforms
async def test_a_late_paper_is_added_to_the_thread_of_its_day(bot: AtWork, platform: str) -> None:
    place = bot.fake(platform).place
    await bot.subscribe(place, text=f"{EVERY_DAY} late append")
    await list_papers(bot.database, 1)
    await bot.moment(DAY, 9)
    await list_papers(bot.database, 2)
    await bot.moment(DAY, 15)

    head, card, added = bot.posted(place)
    assert "Paper 2" in added.text
    assert head.thread is None
    assert added.thread == card.thread is not None
    await list_papers(bot.database, 3, day=DAY + ONE)
    await bot.moment(DAY + ONE, 9)
    assert [row.papers for row in await planned(bot.database)] == [ids(1), ids(2), ids(3)]


@platforms
async def test_without_that_setting_it_comes_with_the_next_digest(bot: AtWork, platform: str) -> None:
    place = bot.fake(platform).place
    await bot.subscribe(place)
    await list_papers(bot.database, 1)
    await bot.moment(DAY, 9)
    await list_papers(bot.database, 2)
    assert await bot.moment(DAY, 15) == []
    await list_papers(bot.database, 3, day=DAY + ONE)
    await bot.moment(DAY + ONE, 9)

    late = bot.posted(place)[-2]
    assert "Paper 2" in late.text
    assert "Late: listed on Wed 29 Jul 2026" in late.text


async def test_a_late_paper_of_another_topic_or_of_a_day_without_thread_is_not_added(bot: AtWork) -> None:
    await bot.subscribe(bot.slack.place, "diffusion", f"{EVERY_DAY} late append")
    await list_papers(bot.database, 1, title="Diffusion")
    await list_papers(bot.database, 5, day=DAY + ONE, title="Agents")
    await bot.moment(DAY, 9)
    await bot.moment(DAY + ONE, 9)  # nothing matched: no thread
    await list_papers(bot.database, 2, title="Agents")
    await list_papers(bot.database, 6, day=DAY + 2 * ONE, title="Diffusion")
    await bot.moment(DAY + ONE, 15)
    assert len(bot.posted(bot.slack.place)) == 2

    await bot.moment(DAY + 2 * ONE, 9)
    assert [row.papers for row in await planned(bot.database) if row.papers] == [ids(1), ids(6)]


async def test_a_late_paper_goes_to_the_thread_of_the_message_that_held_the_digest(bot: AtWork) -> None:
    await bot.subscribe(bot.slack.place, "diffusion", f"{EVERY_DAY} late append")
    await bot.subscribe(bot.slack.place, "agents")
    await list_papers(bot.database, 1, title="Diffusion and agents")
    await bot.moment(DAY, 9)
    await list_papers(bot.database, 2, title="More diffusion")
    await bot.moment(DAY, 15)

    head, *_, added = bot.posted(bot.slack.place)
    assert "More diffusion" in added.text
    assert added.thread == head.id


# Closed doors


@platforms
async def test_a_channel_that_closed_is_paused_and_who_set_it_up_is_told(bot: AtWork, platform: str) -> None:
    place, who = bot.fake(platform).place, WRITER[platform]
    number = await bot.subscribe(place, who=who)
    again = await bot.subscribe(place, "diffusion", "daily 10:00 on mon-sun in UTC", who=who)
    await list_papers(bot.database, 1, title="Diffusion")
    bot.fake(platform).fail_next("gone")
    await bot.moment(DAY, 9)
    for hour in (10, 11, 12):
        await bot.moment(DAY, hour)

    assert bot.posted(place) == []
    [told] = bot.posted(bot.direct_of(who))
    assert f"subscriptions {number}, {again} are paused" in told.text
    assert "/papers channel" in told.text
    for one in (number, again):
        row = await stored_subscription(bot.database, one)
        assert row.state is SubscriptionState.PAUSED
        assert row.reason
    assert len(bot.fake(platform).transcript) == 1


@platforms
async def test_closed_direct_messages_are_told_of_with_the_next_answer(bot: AtWork, platform: str) -> None:
    place, who = bot.fake(platform).direct, READER[platform]
    number = await bot.subscribe(place, who=who)
    await list_papers(bot.database, 1)
    bot.fake(platform).fail_next("gone")
    for hour in (9, 10, 11):
        await bot.moment(DAY, hour)

    assert bot.fake(platform).transcript == []
    assert (await stored_subscription(bot.database, number)).state is SubscriptionState.PAUSED
    async with bot.database.write() as session:
        [notice] = await people.take_notices(session, who)
        assert f"So subscription {number} is paused" in notice
        assert "your direct messages" in notice
        assert await people.take_notices(session, who) == []


async def test_a_person_who_is_out_of_reach_too_is_told_with_the_next_answer(bot: AtWork) -> None:
    """The channel is closed, and so are the direct messages of who set it up: no storm, no loop."""
    await bot.subscribe(bot.slack.place, who=WRITER["slack"])
    await list_papers(bot.database, 1)
    bot.slack.fail_next("gone", "gone")
    for hour in range(9, 15):
        await bot.moment(DAY, hour)

    assert bot.slack.transcript == []
    assert bot.slack.calls.count("chat.postMessage") == 2


async def test_nobody_is_told_of_a_channel_that_the_command_line_set_up(bot: AtWork) -> None:
    await bot.subscribe(bot.slack.place)
    await list_papers(bot.database, 1)
    bot.slack.fail_next("gone")
    await bot.moment(DAY, 9)
    await bot.moment(DAY, 10)

    assert bot.slack.transcript == []
    assert (await stored_subscription(bot.database)).state is SubscriptionState.PAUSED


async def test_parts_are_made_when_a_delivery_is_first_claimed(bot: AtWork) -> None:
    await bot.subscribe(bot.slack.place)
    await list_papers(bot.database, 1, 2)
    bot.clock.now = at(DAY, 9)
    await bot.app.planner.plan_due(bot.clock())
    async with bot.database.read() as session:
        assert await session.run_sync(contents.parts_of, [1]) == {}
    bot.slack.fail_next(None, "invalid")
    await bot.app.sender.send_open()

    async with bot.database.read() as session:
        parts = (await session.run_sync(contents.parts_of, [1]))[1]
        delivery = await session.get_one(Delivery, 1)
    assert [(part.kind.value, part.state.value) for part in parts] == [
        ("head", "sent"),
        ("card", "refused"),
        ("card", "sent"),
    ]
    assert delivery.state is DeliveryState.SENT
    assert timedelta(minutes=1) < LEASE
