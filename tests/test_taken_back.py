"""What is paused, deleted or changed while its digest is on its way; and what comes when that is undone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.authors import Author
from bot.request import Reply
from bot.subscribing import NotUndoneError
from storage import people, subscriptions
from storage.database import Database
from storage.models import Delivery, DeliveryState, Subscription, SubscriptionState
from tests.at_work import EVERY_DAY, AtWork, at_work
from tests.factories import DAY, at
from tests.someone import CHANNEL, Profile, Someone, reader, stage_over, words
from tests.stored import ids, list_papers, planned, stored_subscription

ONE = timedelta(days=1)
READER = "slack:T0PAPERS:U0READER"


@pytest.fixture
async def bot(database_url: str) -> AsyncIterator[AtWork]:
    async with at_work(database_url) as working:
        yield working


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncIterator[AtWork]:
    """On SQLite alone, for stories in which no statement is of its own."""
    async with at_work(f"sqlite:///{tmp_path / 'papers.db'}") as working:
        yield working


async def act(bot: AtWork, name: str, number: int = 1) -> str:
    """Do it, as the command line does; the token that takes it back."""
    async with bot.database.write() as session:
        one = await subscriptions.subscription_by_id(session, number)
        change = await getattr(bot.subscribing, name)(session, one, Author(), bot.clock())
        return str(change.token)


async def undo(bot: AtWork, token: str) -> Subscription:
    async with bot.database.write() as session:
        found, _ = await bot.subscribing.undo(session, token, Author(), bot.clock())
        return found


async def papers_on_two_themes(bot: AtWork) -> None:
    await list_papers(bot.database, 1, title="Paper 1 on diffusion")
    await list_papers(bot.database, 2, title="Paper 2 on agents")


async def scheduled(bot: AtWork) -> list[Delivery]:
    return [row for row in await planned(bot.database) if row.subscription_id]


# On its way together with others


@pytest.mark.parametrize("style", ["thread", "compact"])
async def test_a_message_that_did_not_begin_does_without_what_was_paused(bot: AtWork, style: str) -> None:
    """Its first attempt made the messages and posted none; then one of the two is paused."""
    first = await bot.subscribe(bot.slack.direct, "diffusion", f"{EVERY_DAY} style {style}")
    await bot.subscribe(bot.slack.direct, "agents", f"{EVERY_DAY} style {style}")
    await papers_on_two_themes(bot)
    bot.slack.fail_next("revoked")
    await bot.moment(DAY, 9)
    await act(bot, "pause", first)
    await bot.moment(DAY, 10)

    texts = "".join(post.text for post in bot.posted(bot.slack.direct))
    assert "Paper 2 on agents" in texts
    assert "diffusion" not in texts


async def test_a_message_that_has_begun_is_finished(bot: AtWork) -> None:
    first = await bot.subscribe(bot.slack.direct, "diffusion")
    await bot.subscribe(bot.slack.direct, "agents")
    await papers_on_two_themes(bot)
    bot.slack.fail_next(None, "revoked")
    await bot.moment(DAY, 9)
    token = await act(bot, "pause", first)
    await bot.moment(DAY, 10)
    await undo(bot, token)
    await bot.moment(DAY + ONE, 9)

    assert len(bot.posted(bot.slack.direct)) == 3  # a head and two cards, each once


# Taken back


@pytest.mark.parametrize("step", ["pause", "end"])
async def test_what_was_on_its_way_comes_when_that_is_undone(bot: AtWork, step: str) -> None:
    number = await bot.subscribe(bot.slack.direct)
    await list_papers(bot.database, 1)
    bot.clock.now = at(DAY, 9)
    await bot.app.planner.plan_due(bot.clock())
    token = await act(bot, step, number)
    await bot.app.sender.send_open()
    assert bot.posted(bot.slack.direct) == []
    await undo(bot, token)
    await bot.app.sender.send_open()

    assert len(bot.posted(bot.slack.direct)) == 2
    assert [row.state for row in await scheduled(bot)] == [DeliveryState.SENT]


@pytest.mark.parametrize("hour", [8, 10])
async def test_a_deletion_undone_after_days_brings_no_avalanche(quick: AtWork, hour: int) -> None:
    number = await quick.subscribe(quick.slack.direct)
    await list_papers(quick.database, 1)
    await quick.moment(DAY, 9)
    token = await act(quick, "end", number)
    for day in range(1, 6):
        await list_papers(quick.database, *range(20 * day, 20 * day + 20), day=DAY + day * ONE)
        await quick.moment(DAY + day * ONE, 9)
    quick.clock.now = at(DAY + 6 * ONE, hour)
    await undo(quick, token)
    for day in (6, 7):
        await list_papers(quick.database, 200 + day, day=DAY + day * ONE)
        await quick.moment(DAY + day * ONE, 11)

    wanted = [ids(1), ids(206), ids(207)] if hour == 8 else [ids(1), ids(207)]
    assert [row.papers for row in await scheduled(quick)] == wanted


async def test_a_deletion_undone_at_once_changes_nothing(quick: AtWork) -> None:
    """A paper that came late in between is in the next digest."""
    number = await quick.subscribe(quick.slack.direct)
    await list_papers(quick.database, 1)
    await quick.moment(DAY, 9)
    token = await act(quick, "end", number)
    await list_papers(quick.database, 2)
    await quick.moment(DAY, 10)
    await undo(quick, token)
    await list_papers(quick.database, 3, day=DAY + ONE)
    await quick.moment(DAY + ONE, 9)

    assert [row.papers for row in await scheduled(quick)] == [ids(1), ids(2, 3)]


async def test_what_failed_comes_only_where_it_is_still_wanted(quick: AtWork) -> None:
    number = await quick.subscribe(quick.slack.place, "diffusion")
    await papers_on_two_themes(quick)
    quick.slack.fail_next("invalid")
    await quick.moment(DAY, 9)
    async with quick.database.write() as session:
        kept = await subscriptions.subscription_by_id(session, number)
        assert kept is not None
        changed = {"filter": "agents"}
        await quick.subscribing.change(session, kept, changed, Author(), "changed", quick.clock())
    await list_papers(quick.database, 3, day=DAY + ONE, title="Paper 3 on agents")
    await quick.moment(DAY + ONE, 9)

    assert (await scheduled(quick))[-1].papers == ids(3)


async def test_only_what_comes_late_is_added_to_a_thread(quick: AtWork) -> None:
    """Not what matches because the filter is another since the morning."""
    number = await quick.subscribe(quick.slack.place, "diffusion", f"{EVERY_DAY} late append")
    await papers_on_two_themes(quick)
    await quick.moment(DAY, 9)
    async with quick.database.write() as session:
        kept = await subscriptions.subscription_by_id(session, number)
        assert kept is not None
        changed = {"filter": "agents"}
        await quick.subscribing.change(session, kept, changed, Author(), "changed", quick.clock())
    await list_papers(quick.database, 3, title="Paper 3 on agents")
    await quick.moment(DAY, 12)

    assert [row.papers for row in await scheduled(quick)] == [ids(1), ids(3)]


# Now


async def papers_now(bot: AtWork, number: int) -> list[str]:
    row = await bot.app.poster.plan_now(number, bot.clock())
    await bot.app.sender.send_open()
    return row["papers"] if row else []


async def test_what_was_sent_now_does_not_come_again(quick: AtWork) -> None:
    number = await quick.subscribe(quick.slack.direct)
    await list_papers(quick.database, 1)
    await quick.moment(DAY, 9)
    await list_papers(quick.database, 2, day=DAY + ONE)
    quick.clock.now = at(DAY + ONE, 8)
    assert await papers_now(quick, number) == ids(2)
    await quick.moment(DAY + ONE, 9)
    await list_papers(quick.database, 3, day=DAY + 2 * ONE)
    await quick.moment(DAY + 2 * ONE, 9)

    assert [row.papers for row in await scheduled(quick)] == [ids(1), ids(2), [], ids(3)]


async def test_a_paused_one_gets_the_newest_edition_now(quick: AtWork) -> None:
    number = await quick.subscribe(quick.slack.direct)
    await list_papers(quick.database, 1)
    await quick.moment(DAY, 9)
    await act(quick, "pause", number)
    for day in range(1, 11):
        await list_papers(quick.database, *range(20 * day, 20 * day + 20), day=DAY + day * ONE)
    quick.clock.now = at(DAY + 10 * ONE, 13)

    assert await papers_now(quick, number) == ids(*range(200, 220))


async def test_one_that_has_ended_gets_nothing_now(quick: AtWork) -> None:
    number = await quick.subscribe(quick.slack.direct)
    await list_papers(quick.database, 1)
    await act(quick, "end", number)
    assert await quick.app.poster.plan_now(number, at(DAY, 13)) is None


async def test_now_on_vacation_loses_nothing(quick: AtWork) -> None:
    number = await quick.subscribe(quick.slack.direct, who=READER)
    async with quick.database.write() as session:
        person = await people.person(session, READER)
        assert person is not None
        person.vacation_until = DAY + 30 * ONE
        own = await subscriptions.owned_by(session, READER)
        await quick.subscribing.go_away(session, own, person, quick.clock())
    for day in range(35):
        await list_papers(quick.database, day + 1, day=DAY + day * ONE)
        quick.clock.now = at(DAY + day * ONE, 13)
        if day == 25:
            await papers_now(quick, number)
        await quick.moment(DAY + day * ONE, 13)

    rows = await scheduled(quick)
    came = [paper for row in rows for paper in (*row.papers, *row.rest)]
    assert sorted(came) == ids(*range(1, 36))


# Doors, and who is meant


async def test_a_closed_channel_is_told_of_though_direct_messages_are_closed_too(quick: AtWork) -> None:
    await quick.subscribe(quick.slack.place, who=READER)
    await list_papers(quick.database, 1)
    quick.slack.fail_next("gone", "gone")
    await quick.moment(DAY, 9)
    await quick.moment(DAY, 10)

    async with quick.database.read() as session:
        person = await people.person(session, READER)
    assert person is not None
    assert [notice[:16] for notice in person.notices] == ["I cannot post to"]


async def test_the_command_line_resumes_for_after_the_vacation(quick: AtWork) -> None:
    number = await quick.subscribe(quick.slack.direct, who=READER)
    await act(quick, "pause", number)
    async with quick.database.write() as session:
        person = await people.person(session, READER)
        assert person is not None
        person.vacation_until = DAY + 10 * ONE
    await act(quick, "resume", number)

    row = await stored_subscription(quick.database, number)
    assert (row.next_due_at, row.away_since) == (at(DAY + 10 * ONE, 9), DAY)


async def test_nobody_undoes_twice(bot: AtWork) -> None:
    number = await bot.subscribe(bot.slack.direct)
    token = await act(bot, "end", number)
    await undo(bot, token)
    with pytest.raises(NotUndoneError):
        await undo(bot, token)
    assert (await stored_subscription(bot.database, number)).state is SubscriptionState.ACTIVE


# Twice at once


@pytest.fixture
async def ana(database: Database) -> AsyncIterator[Someone]:
    async with stage_over(database) as stage:
        yield reader(stage)


async def test_a_double_click_on_delete_can_be_undone(ana: Someone) -> None:
    await ana.say("subscribe agents daily 09:00")
    twin = Someone(ana.stage, direct=ana.direct)
    await asyncio.gather(ana.ask("delete 1"), twin.ask("delete 1"))
    deleted = ana if "Deleted" in words(ana.reply or Reply(())) else twin
    assert "Undone" in await deleted.click("Undo")
    assert [one.state for one in await ana.stage.subscriptions()] == [SubscriptionState.ACTIVE]


async def test_two_managers_at_once_make_one_post(ana: Someone) -> None:
    ana.profile.manager = True
    twin = Someone(ana.stage, "T0PAPERS:U0OTHER", Profile(manager=True), ana.direct)
    await asyncio.gather(ana.say("channel on", CHANNEL), twin.say("channel on", CHANNEL))
    assert len(await ana.stage.subscriptions()) == 1


@pytest.mark.parametrize("name", ["pause", "resume", "edit", "delete", "now"])
async def test_nothing_can_be_done_to_what_is_deleted(ana: Someone, name: str) -> None:
    await ana.say("subscribe agents daily 09:00")
    await ana.say("delete 1")
    assert "You have no subscription 1" in await ana.say(f"{name} 1")


async def test_without_a_number_the_subscriptions_are_shown(ana: Someone) -> None:
    await ana.say("subscribe agents daily 09:00")
    assert (await ana.say("pause")).startswith("1 subscription")
    assert (await ana.say("forget")).startswith("This deletes all that I keep of you")
