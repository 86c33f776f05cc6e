"""What people do with their subscriptions, as conversations on every platform, and how many they may have."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from storage.database import Database
from storage.models import SubscriptionState
from tests.month import talking_over_a_month
from tests.stored import list_papers, subscribe
from tests.talk import PLATFORMS, Talk

pytestmark = pytest.mark.parametrize("database_url", ["memory"], indirect=True)


@pytest.fixture(params=PLATFORMS)
async def talk(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Talk]:
    async with talking_over_a_month(request.param, database) as talk:
        yield talk


async def states(talk: Talk) -> list[SubscriptionState]:
    """Of every subscription, oldest first."""
    return [one.state for one in await talk.subscriptions()]


async def subscribed_to(talk: Talk, number: int) -> None:
    """You have so many subscriptions already."""
    places = {"slack": "slack:@U0READER", "discord": "discord:@2001", "console": "console:"}
    for each in range(1, number + 1):
        await subscribe(
            talk.database, place=places[talk.chat.name], owner=talk.chat.knows("you"), filter=f"word{each}"
        )


async def test_the_list_pauses_and_resumes(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion in Europe/Paris
        you: /papers subscriptions
        bot: 1 · papers about "diffusion"
        bot: Next: Thu 30 Jul 2026, 09:00 Europe/Paris
        click: Pause 1
        bot: Subscription 1 is paused: nothing comes until you resume it
        you: /papers subscriptions
        bot: Paused
        not: Next:
        click: Resume 1
        bot: Subscription 1 goes on. Next: Thu 30 Jul 2026, 09:00 Europe/Paris
        you: /papers subscriptions
        not: Paused
    """)


async def test_undo_is_for_the_latest_change_once_and_for_a_week(talk: Talk) -> None:
    await talk.play("you: /papers subscribe diffusion in Europe/Paris")
    creation = talk.chat.command("you", "Undo")
    await talk.play("you: /papers edit 1 agents")
    change = talk.chat.command("you", "Undo")
    for again, answer in (
        (creation, "bot: I cannot undo that: it has been changed again since"),
        (change, "bot: Undone (changed the filter)"),
        (change, "bot: I cannot undo that: that was undone before"),
        ("undo 0123456789abcdef", "bot: I know of no change of yours that this would undo"),
    ):
        await talk.chat.forge("you", again)
        await talk.play(answer)
    talk.clock.pass_time(8 * 24 * 3600)
    await talk.chat.forge("you", creation)
    await talk.play("bot: I cannot undo that: that was too long ago to be undone")
    assert [one.filter for one in await talk.subscriptions()] == ["diffusion"]


async def test_the_list_edits_in_a_form(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion in Europe/Paris
        you: /papers subscriptions
        click: Edit 1
        [slack, discord] bot: What: words, or a filter
        [console] bot: To change it, write what is to be different
        fill in: filter = agents -survey; when = weekly mon 07:30; most = 5
        bot: Subscription 1 is changed
        bot: Papers about "agents", not "survey"
        bot: Mon at 07:30 Europe/Paris
        bot: The best 5 papers, the rest one click away
        bot: Over the last 30 days
    """)


async def test_what_is_wrong_in_a_form_is_said_and_nothing_changes(talk: Talk) -> None:
    await talk.play("you: /papers subscribe diffusion in Europe/Paris")
    before = await talk.rows()
    await talk.play("""
        you: /papers subscriptions
        click: Edit 1
        fill in: filter = (agents
        bot: bracket
    """)
    assert await talk.rows() == before


async def test_the_list_deletes_and_takes_that_back(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion in Europe/Paris
        you: /papers subscriptions
        click: Delete 1
        bot: Deleted: 1 · papers about "diffusion". Nothing more comes of it
    """)
    assert await states(talk) == [SubscriptionState.ENDED]
    await talk.play("""
        you clicks: Undo
        bot: Undone (deleted it): 1 · papers about "diffusion"
        bot: Next: Thu 30 Jul 2026, 09:00 Europe/Paris
    """)
    assert await states(talk) == [SubscriptionState.ACTIVE]


async def test_send_now_says_what_is_on_its_way(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion in Europe/Paris
        you: /papers subscriptions
        click: Send now 1
        bot: Subscription 1: 2 papers on the way, within half a minute
    """)
    [delivery] = [row for row in await talk.rows() if row["table"] == "Delivery"]
    assert delivery["papers"] == ["2607.00291", "2607.00290"]
    await talk.play("""
        you: /papers subscribe kettles in Europe/Paris
        click: Subscribe all the same
        click: Send now
        bot: Subscription 2 has nothing to send now. 4 new papers, and none matches.
        not: The newest list
    """)


async def test_send_now_with_nothing_more_to_send_shows_the_newest_that_there_is(talk: Talk) -> None:
    await list_papers(talk.database, day=date(2026, 8, 1))
    talk.clock.pass_time(3 * 24 * 3600)
    await talk.play("""
        you: /papers subscribe diffusion in Europe/Paris
        click: Send now
        bot: Subscription 1: 2 papers on the way, within half a minute
        you: /papers subscriptions
        click: Send now 1
        bot: Subscription 1 has nothing to send now. No papers were listed on Sat 1 Aug 2026.
        bot: The newest list with papers that match is that of Wed 29 Jul 2026.
        click: Show Wed 29 Jul 2026
        bot: Since Wed 29 Jul 2026
        bot: The 2 papers with the most upvotes: papers about "diffusion", 2 in all
        you: /papers subscribe daily 09:00 in Europe/Paris
        click: Subscribe all the same
        click: Send now
        you: /papers subscriptions
        click: Send now 2
        click: Show Wed 29 Jul 2026
        bot: Daily Papers · Wed 29 Jul 2026 · 4 papers
    """)


async def test_a_search_becomes_a_subscription(talk: Talk) -> None:
    await talk.play("""
        you: /papers search diffusion -video
        click: Subscribe to this
        [discord] click: Europe/Paris
        bot: Subscription 1 is set up
        bot: Papers about "diffusion", not "video"
    """)


async def test_a_long_list_has_pages(talk: Talk) -> None:
    await subscribed_to(talk, 9)
    await talk.play("""
        you: /papers subscriptions
        bot: 9 subscriptions
        bot: 4 · papers about "word4"
        bot: Page 1 of 3
        click: Next →
        bot: 5 · papers about "word5"
        bot: Page 2 of 3
        click: Next →
        bot: 9 · papers about "word9"
        click: Pause 9
        bot: Subscription 9 is paused
    """)


async def test_the_fifty_first_subscription_is_refused(talk: Talk) -> None:
    await subscribed_to(talk, 49)
    await talk.play("""
        you: /papers subscribe agents in Europe/Paris
        bot: Subscription 50 is set up
        you: /papers subscribe pruning in Europe/Paris
        bot: You have 50 subscriptions, and that is the most. Delete one first.
        you: /papers delete 1
        you: /papers subscribe pruning in Europe/Paris
        bot: is set up
    """)
    assert len(await talk.subscriptions()) == 51


async def test_what_was_deleted_comes_back_beyond_the_limit_only_with_room(talk: Talk) -> None:
    await subscribed_to(talk, 50)
    await talk.play("you: /papers delete 1")
    undo = talk.chat.command("you", "Undo")
    await talk.play("you: /papers subscribe pruning in Europe/Paris")
    before = await talk.rows()
    await talk.chat.forge("you", undo)
    await talk.play("bot: You have 50 subscriptions, and that is the most")
    assert await talk.rows() == before
    await talk.play("you: /papers delete 2")
    await talk.chat.forge("you", undo)
    await talk.play("bot: Undone (deleted it)")


async def test_more_than_twenty_commands_a_minute_wait(talk: Talk) -> None:
    await talk.play("you: /papers subscribe diffusion in Europe/Paris")
    for _ in range(19):
        await talk.play("""
            you: /papers subscriptions
            bot: 1 subscription
        """)
    before = await talk.rows()
    await talk.play("""
        you: /papers pause 1
        bot: That was a lot at once. Please go on in 60 seconds
        ana: /papers subscriptions
        bot: You have no subscriptions yet
    """)
    assert await talk.rows() == before
    talk.clock.pass_time(60)
    await talk.play("""
        you: /papers pause 1
        bot: Subscription 1 is paused
    """)


async def test_help_leads_to_the_words_behind_a_filter(talk: Talk) -> None:
    await talk.play("""
        you: /papers help
        bot: what you have subscribed to, for your feed reader
        bot: More: help subscribe
        click: Help: subscribe
        bot: explain on – say so when there is nothing
        click: Help: subscriptions
        bot: /papers delete 1 – end it
        you: /papers help settings
        bot: /papers forget me
        click: Help
        bot: More: help subscribe
    """)
