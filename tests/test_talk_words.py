"""What people type who do not know the exact words, as conversations where a command is typed as text."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.factories import NOON
from tests.fakes.clock import Clock
from tests.month import a_month_of_papers
from tests.talk import Talk, talking
from tests.talk_chat import ZONE

pytestmark = pytest.mark.parametrize("database_url", ["memory"], indirect=True)


@pytest.fixture(params=["slack", "console"])
async def talk(
    request: pytest.FixtureRequest, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Talk]:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: ZONE)
    await a_month_of_papers(database)
    async with talking(request.param, database, Clock(NOON)) as stage:
        yield stage


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
