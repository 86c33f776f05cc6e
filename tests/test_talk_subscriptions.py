"""Subscribing as conversations, each held on every platform, over a month of papers: receipts and doubts."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.models import SubscriptionState
from tests.month import talking_over_a_month
from tests.stored import subscribe
from tests.talk import PLATFORMS, Talk
from tests.talk_chat import ZONE

pytestmark = pytest.mark.parametrize("database_url", ["memory"], indirect=True)


@pytest.fixture(params=PLATFORMS)
async def talk(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Talk]:
    async with talking_over_a_month(request.param, database) as talk:
        yield talk


async def states(talk: Talk) -> list[SubscriptionState]:
    """Of every subscription, oldest first."""
    return [one.state for one in await talk.subscriptions()]


async def test_a_newcomer_says_what_and_gets_the_receipt(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion -video
        [discord] bot: In which time zone are you? I ask this once.
        [discord] click: Europe/Paris
        bot: Subscription 1 is set up
        bot: Papers about "diffusion", not "video"
        bot: Mon–Fri at 09:00 Europe/Paris, to your direct messages
        bot: Next: Thu 30 Jul 2026, 09:00 Europe/Paris
        bot: Over the last 30 days this would have sent 1 paper a day. The newest 5:
        bot: Diffusion for images, 29 Jul · 29 upvotes · Wed 29 Jul 2026
        bot: Diffusion for images, 23 Jul
        not: Diffusion for images, 22 Jul
        not: Diffusion for video
        not: also come by
    """)
    [kept] = await talk.subscriptions()
    assert (kept.owner, kept.filter, kept.zone) == (talk.chat.knows("you"), "diffusion -video", ZONE)


async def test_the_first_reply_is_all_that_a_newcomer_needs(talk: Talk) -> None:
    await talk.play("""
        you: /papers today
        click: Subscribe
        fill in: filter = diffusion -video; zone = Europe/Paris
        bot: Subscription 1 is set up
        bot: Next: Thu 30 Jul 2026, 09:00 Europe/Paris
        you: /papers why
        bot: 1 · papers about "diffusion", not "video"
        bot: Next: Thu 30 Jul 2026, 09:00 Europe/Paris
        click: My subscriptions
        click: Delete 1
        bot: Nothing more comes of it
    """)


async def test_weekly_and_as_soon_as_an_edition_settles(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe agents weekly fri 08:15 in Europe/Paris
        bot: Fri at 08:15 Europe/Paris, to your direct messages
        bot: Next: Fri 31 Jul 2026, 08:15 Europe/Paris
        you: /papers subscribe pruning each in Europe/Paris
        bot: As soon as an edition has settled, to your direct messages
        bot: Next: with the next edition, by Wed 29 Jul 2026
        you: /papers subscribe diffusion daily 18:30 on mon-wed in Asia/Tokyo most 1 explain on
        bot: Mon–Wed at 18:30 Asia/Tokyo
        bot: Next: Mon 3 Aug 2026, 18:30 Asia/Tokyo
        bot: The best paper, the rest one click away; says so when there is nothing
        you: /papers subscriptions
        bot: 3 subscriptions
    """)


async def test_without_words_a_form_asks(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe
        [slack, discord] bot: What: words, or a filter
        [console] bot: Say what, and if you like when
        fill in: filter = diffusion; when = weekly mon 07:30; zone = Europe/Paris
        bot: Subscription 1 is set up
        bot: Mon at 07:30 Europe/Paris
        you: /papers subscribe
        [slack, discord] fill in: filter = ; when = each
        [slack, discord] bot: This matches every paper
        [slack, discord] bot: Nothing is saved yet
    """)
    assert [one.filter for one in await talk.subscriptions()] == ["diffusion"]


async def test_a_zone_that_was_asked_for_is_not_asked_for_again(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion weekly fri 08:15
        [discord] click: Another zone
        [discord] fill in: zone = Europe/Paris
        bot: Fri at 08:15 Europe/Paris
        you: /papers subscribe agents
        bot: Mon–Fri at 09:00 Europe/Paris
        you: /papers settings zone Asia/Tokyo
        bot: Time zone: Asia/Tokyo
        you: /papers subscribe pruning
        bot: Mon–Fri at 09:00 Asia/Tokyo
    """)


async def test_what_is_on_its_way_already_is_not_set_up_twice(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion in Europe/Paris
        bot: Subscription 1 is set up
        you: /papers subscribe "diffusion" daily 09:00 on mon-fri in Europe/Paris
        bot: You have this already
        bot: papers about "diffusion"
        not: Subscription 2
        click: Pause 1
        you: /papers subscribe diffusion in Europe/Paris
        bot: You have this already
        bot: It is paused; Resume 1 lets it go on.
        you: /papers subscribe diffusion weekly fri in Europe/Paris
        bot: Subscription 2 is set up
    """)


async def test_a_day_is_for_a_search_and_not_for_a_subscription(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion since:7d in Europe/Paris
        bot: a subscription takes no "since:", because its schedule says from which days papers come
        you: /papers subscribe diffusion in Europe/Paris
        you: /papers edit 1 diffusion date:2026-07-29
        bot: a subscription takes no "date:"
    """)
    assert [one.filter for one in await talk.subscriptions()] == ["diffusion"]


async def test_the_receipt_names_what_comes_by_others_too(talk: Talk) -> None:
    hidden = {"slack": "slack:G0SECRET", "discord": "discord:1007", "console": "slack:C0PAPERS"}
    await subscribe(talk.database, place=hidden[talk.chat.name])
    await talk.play("""
        you: /papers subscribe diffusion in Europe/Paris
        not: also come by
        you: /papers subscribe images in Europe/Paris
        bot: 21 of these would also come by your subscription 2 (papers about "diffusion")
        [slack, discord] boss: /papers channel agents in Europe/Paris
        [slack, discord] you: /papers subscribe code in Europe/Paris
        [slack, discord] bot: 21 of these would also come by a channel that you share with me
        [slack, discord] bot: (papers about "agents")
    """)


async def test_undo_takes_a_new_subscription_back_and_a_change_too(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion in Europe/Paris
        click: Undo
        bot: Undone: subscription 1 is gone again
        you: /papers subscriptions
        bot: You have no subscriptions yet
        you: /papers subscribe agents in Europe/Paris
        you: /papers edit 2 pruning daily 10:30
        bot: Subscription 2 is changed
        bot: Papers about "pruning"
        bot: Mon–Fri at 10:30 Europe/Paris
        click: Undo
        bot: Undone (changed the filter, the time): 2 · papers about "agents"
        bot: Next: Thu 30 Jul 2026, 09:00 Europe/Paris
    """)


async def test_a_filter_that_matches_everything_says_so_before_it_is_saved(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe upvotes>=0 in Europe/Paris
        bot: Papers with at least 0 upvotes
        bot: This matches every paper: 4 papers a day
        bot: Nothing is saved yet
    """)
    assert await talk.subscriptions() == []
    await talk.play("""
        you clicks: Subscribe all the same
        bot: Subscription 1 is set up
    """)
    assert await states(talk) == [SubscriptionState.ACTIVE]


async def test_a_filter_that_matches_nothing_says_so_before_it_is_saved(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe kettles weekly fri 08:15 in Europe/Paris
        bot: Papers about "kettles"
        bot: This matches none of the 84 papers of the last 30 days
        bot: Nothing is saved yet
    """)
    assert await talk.subscriptions() == []
    await talk.play("""
        you clicks: Subscribe all the same
        bot: Subscription 1 is set up
        bot: Fri at 08:15 Europe/Paris
        bot: Over the last 30 days this would have sent nothing
        you: /papers edit 1 diffusion
        bot: Papers about "diffusion"
        you: /papers edit 1 kettles
        bot: This matches none
        bot: as in /papers edit 1 diffusion models
    """)
    assert [one.filter for one in await talk.subscriptions()] == ["diffusion"]
    await talk.play("""
        you clicks: Save it all the same
        bot: Subscription 1 is changed
        bot: Papers about "kettles"
    """)


async def test_the_time_zone_comes_with_its_source(talk: Talk) -> None:
    await talk.play("""
        you: /papers settings
        [slack] bot: Time zone: Europe/Paris, from your profile
        [console] bot: Time zone: Europe/Paris, from this machine
        [discord] bot: Time zone: not known yet
    """)


async def test_a_filter_that_cannot_be_read_says_where_and_saves_nothing(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion titel:agents in Europe/Paris
        bot: title
        you: /papers subscribe diffusion in Europe/Pari
        bot: Europe/Pari
    """)
    assert await talk.subscriptions() == []
