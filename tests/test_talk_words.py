"""What people type who do not know the exact words, as conversations where a command is typed as text."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.factories import make_facts
from tests.indexed import keep
from tests.month import talking_over_a_month
from tests.talk import Talk

pytestmark = pytest.mark.parametrize("database_url", ["memory"], indirect=True)


@pytest.fixture(params=["slack", "console"])
async def talk(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Talk]:
    async with talking_over_a_month(request.param, database) as talk:
        yield talk


async def filters(talk: Talk) -> list[str]:
    """Of every subscription, oldest first."""
    return [one.filter for one in await talk.subscriptions()]


async def test_times_are_typed_as_people_say_them(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe agents daily 8:30 pm Asia/Tokyo
        bot: Papers about "agents"
        bot: Mon–Fri at 20:30 Asia/Tokyo
        you: /papers edit 1 every friday 9am
        bot: Fri at 09:00 Asia/Tokyo
        you: /papers edit 1 on tuesdays and thursdays daily 10:00
        bot: Tue, Thu at 10:00 Asia/Tokyo
    """)
    assert await filters(talk) == ["agents"]


async def test_what_looks_like_a_schedule_is_no_word_of_the_filter(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe agents 18:30
        bot: Write 18:30 at the end and say how often, for example daily 18:30 in Europe/Paris
        you: /papers subscribe agents daily 09:00 top 10
        bot: Write most 10; in quotes, "top 10" stays in the filter.
    """)
    assert await filters(talk) == []


async def test_the_name_of_an_option_is_no_new_filter(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion
        you: /papers edit 1 compact
        bot: Write style compact; in quotes, "compact" stays in the filter.
        you: /papers edit 1 Thread most 5
        bot: Write style thread
        you: /papers edit 1 explain
        bot: Write explain on
        you: /papers edit 1 mondays
        bot: Write on mon
        you: /papers edit 1 style compact
        bot: Subscription 1 is
    """)
    assert await filters(talk) == ["diffusion"]
    await talk.play("""
        you: /papers edit 1 "images"
        bot: Papers about "images"
    """)


async def test_all_is_every_paper_and_in_quotes_a_word(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe all daily 10:00
        bot: This matches every paper
        click: Subscribe all the same
        bot: Every paper
        bot: Mon–Fri at 10:00
        you: /papers edit 1 "all"
        click: Save it all the same
        bot: Papers about "all"
        you: /papers edit 1 Every paper
        click: Save it all the same
        bot: Every paper
    """)
    assert await filters(talk) == [""]


async def test_unsubscribe_and_stop_list_and_delete(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion
        you: /papers subscribe agents
        you: /papers unsubscribe
        bot: 2 subscriptions
        you: /papers stop
        bot: 2 subscriptions
        you: /papers Unsubscribe 2
        bot: Deleted: 2 · papers about "agents". Nothing more comes of it
        click: Undo
        bot: Undone
        you: /papers stop 1
        bot: Deleted: 1 · papers about "diffusion"
        you: /papers stop words
        bot: I know no papers
        not: Did you mean
    """)


@pytest.mark.parametrize("command", ["edit", "pause", "resume", "delete", "now"])
async def test_a_command_without_its_number_shows_what_there_is(talk: Talk, command: str) -> None:
    await talk.play(f"""
        you: /papers subscribe diffusion
        you: /papers {command}
        bot: 1 subscription
        bot: 1 · papers about "diffusion"
    """)


async def test_more_than_a_number_is_no_search(talk: Talk) -> None:
    await talk.play("""
        you: /papers subscribe diffusion
        you: /papers pause 1 until 2026-08-10
        bot: /papers pause takes the number of one subscription: /papers pause 1
        bot: To let nothing come for a while, of all that you get: /papers vacation until 2026-08-10
        you: /papers pause 1 until Friday
        bot: of all that you get: /papers vacation until Friday
        click: /papers pause 1
        bot: Subscription 1 is paused
        you: /papers resume 1 please
        bot: /papers resume takes the number of one subscription: /papers resume 1
        not: for a while
        you: /papers delete 3, 4
        bot: takes the number of one subscription: /papers delete 3
        you: /papers now 1 2
        bot: takes the number of one subscription: /papers now 1
        you: /papers why 1 and 2
        bot: takes the number of one subscription: /papers why 1
        click: Search for why 1 and 2
        bot: I know no papers
        you: /papers why images
        not: takes the number
    """)


async def test_a_slip_before_words_is_offered_where_nothing_is_found(talk: Talk) -> None:
    await talk.play("""
        you: /papers susbcribe agents
        bot: Did you mean /papers subscribe agents? I know no papers about "agents" and "susbcribe"
        click: /papers subscribe agents
        bot: Subscription 1 is set up
        you: /papers susbcribe (agents
        bot: Did you mean /papers subscribe (agents? I cannot read this filter
        you: /papers pause kettles
        not: Did you mean
        you: /papers resum kettles
        not: Did you mean
        you: /papers search susbcribe agents
        not: Did you mean
    """)


async def test_a_search_with_results_is_left_alone(talk: Talk) -> None:
    await keep(talk.database, make_facts(900, title="A sarch for meaning", abstract=""))
    await talk.play("""
        you: /papers sarch meaning
        bot: A sarch for meaning
        not: Did you mean
        you: /papers sarch agents
        bot: Did you mean /papers search agents?
    """)


async def test_import_says_what_belongs_behind_it(talk: Talk) -> None:
    await talk.play("""
        [console] you: /papers import
        [console] bot: Which file? A file that /papers export made belongs behind it
        you: /papers import nowhere.json
        bot: I find no file nowhere.json.
        bot: as in /papers import subscriptions.json
    """)
