"""The post of a channel as conversations, on the platforms that have channels.

Ana and you are members like any other; the boss is an admin on Slack and has Manage Channels on Discord.
"""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.models import SubscriptionState
from tests.month import talking_over_a_month
from tests.talk import Talk

pytestmark = pytest.mark.parametrize("database_url", ["memory", "postgresql"], indirect=True)


@pytest.fixture(params=["slack", "discord"])
async def talk(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Talk]:
    async with talking_over_a_month(request.param, database) as talk:
        yield talk


SET_UP = "boss: /papers channel agents daily 10:00 on mon-fri in Europe/Paris most 10"


async def test_an_empty_channel_says_how_it_gets_a_post(talk: Talk) -> None:
    await talk.play("""
        you: /papers channel
        bot: Nothing is posted here yet
        click: Turn on
        bot: Only those who manage this channel, and whom they name, can change its post
        boss: /papers channel
        click: Turn on
        [discord] bot: In which time zone are you?
        [discord] click: Europe/Paris
        bot: This channel's post is set up
        bot: Every paper
        bot: Mon–Fri at 09:00 Europe/Paris, to this channel
        bot: Next: Thu 30 Jul 2026, 09:00 Europe/Paris
        bot: Over the last 30 days this would have sent 4 papers a day
    """)
    [post] = await talk.subscriptions()
    assert (post.state, post.owner) == (SubscriptionState.ACTIVE, talk.chat.knows("boss"))


async def test_who_manages_the_channel_sets_it_and_anybody_looks(talk: Talk) -> None:
    await talk.play(f"""
        {SET_UP}
        bot: This channel's post is set up
        bot: Papers about "agents"
        bot: The best 10 papers, the rest one click away
        you: /papers channel
        bot: Papers about "agents"
        bot: Mon–Fri at 10:00 Europe/Paris
        bot: Next: Thu 30 Jul 2026, 10:00 Europe/Paris
        bot: Changed by those who manage this channel
        boss: /papers channel style compact least 3 explain on late append
        bot: This channel's post is changed
        bot: Compact; the best 10 papers, the rest one click away; at least 3 papers, fewer wait for the next
        bot: says so when there is nothing; late papers join the thread of their day
        click: Undo
        bot: Undone
        you: /papers channel
        not: Compact
    """)


async def test_the_post_is_changed_in_a_form(talk: Talk) -> None:
    await talk.play(f"""
        {SET_UP}
        boss: /papers channel
        click: Edit
        bot: What: words, or a filter
        fill in: filter = diffusion; when = daily 08:00; most =
        bot: This channel's post is changed
        bot: Papers about "diffusion"
        bot: Mon–Fri at 08:00 Europe/Paris
        not: The best
        you: /papers channel
        click: Edit
        bot: Only those who manage this channel
    """)


async def test_pausing_and_turning_off_can_be_taken_back(talk: Talk) -> None:
    await talk.play(f"""
        {SET_UP}
        boss: /papers channel
        click: Pause
        bot: paused
        you: /papers channel
        bot: Paused
        boss: /papers channel
        click: Resume
        bot: goes on. Next: Thu 30 Jul 2026, 10:00 Europe/Paris
        boss: /papers channel off
        bot: Deleted: 1 · papers about "agents"
        you: /papers channel
        bot: Nothing is posted here yet
    """)
    [post] = await talk.subscriptions()
    assert post.state is SubscriptionState.ENDED


async def test_turning_off_by_mistake(talk: Talk) -> None:
    await talk.play(f"""
        {SET_UP}
        boss: /papers channel off
        click: Undo
        bot: Undone (deleted it): 1 · papers about "agents"
        you: /papers channel
        bot: Papers about "agents"
    """)


async def test_whom_the_manager_names_may_change_it_until_unnamed(talk: Talk) -> None:
    await talk.play(f"""
        {SET_UP}
        ana: /papers channel most 5
        bot: Only those who manage this channel, and whom they name
        boss: /papers channel name {{ana}}
        bot: Changed by those who manage this channel, {{ana}}
        ana: /papers channel most 5
        bot: This channel's post is changed
        bot: The best 5 papers
        you: /papers channel most 7
        bot: Only those who manage this channel
        boss: /papers channel unname {{ana}}
        bot: Changed by those who manage this channel
        not: {{ana}}
        ana: /papers channel most 6
        bot: Only those who manage this channel
        boss: /papers channel
        bot: The best 5 papers
    """)


async def test_naming_somebody_by_mistake_can_be_undone(talk: Talk) -> None:
    await talk.play(f"""
        {SET_UP}
        boss: /papers channel name {{ana}}
        click: Undo
        bot: Undone
        ana: /papers channel most 5
        bot: Only those who manage this channel
    """)


async def test_every_change_leaves_a_line_with_who_and_when(talk: Talk) -> None:
    await talk.play(f"""
        {SET_UP}
        boss: /papers channel name {{ana}}
    """)
    talk.clock.pass_time(3600)
    await talk.play("""
        ana: /papers channel diffusion most 5
        boss: /papers channel pause
        boss: /papers channel resume
        boss: /papers channel off
        click: Undo
        boss: /papers channel unname {ana}
        you: /papers channel
        click: History
        bot: Changes of this channel's post
        bot: Wed 29 Jul 2026, 12:00 UTC: {boss} made it
        bot: Wed 29 Jul 2026, 12:00 UTC: {boss} named somebody who may change it
        bot: Wed 29 Jul 2026, 13:00 UTC: {ana} changed the filter, the most papers
        bot: Wed 29 Jul 2026, 13:00 UTC: {boss} paused it
        bot: {boss} resumed it
        bot: {boss} deleted it, undone since
        bot: {boss} took somebody's right to change it
    """)


async def test_a_channel_with_a_filter_that_matches_nothing_is_asked_about(talk: Talk) -> None:
    await talk.play("""
        boss: /papers channel kettles in Europe/Paris
        bot: This matches none of the 84 papers of the last 30 days
        bot: Nothing is saved yet
    """)
    assert await talk.subscriptions() == []
    await talk.play("""
        boss clicks: Save it all the same
        bot: This channel's post is set up
        boss: /papers channel teapots most 5
        bot: This matches none
        bot: as in /papers channel 1 diffusion models
        click: Save it all the same
        bot: This channel's post is changed
        bot: Papers about "teapots"
        bot: The best 5 papers
    """)


async def test_every_paper_is_what_a_channel_may_well_want(talk: Talk) -> None:
    await talk.play(f"""
        {SET_UP}
        boss: /papers channel
        click: Edit
        fill in: filter =
        bot: This channel's post is changed
        bot: Every paper
    """)
