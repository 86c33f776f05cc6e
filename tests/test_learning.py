"""When ranking learns, and what it knows while and after it does."""

import subprocess
import sys
from datetime import timedelta

import pytest

from bot.daemon import in_daemon
from bot.indexing import Index
from bot.ranking.ranking import Ranking
from bot.search import Search
from storage.database import Database
from storage.search import fits
from tests.factories import DAY
from tests.fakes.clock import Clock
from tests.searching import SHELF, ask, keep_papers, numbers, search_over, shelved
from tests.stored import list_papers


@pytest.fixture
async def search(database: Database) -> Search:
    return await shelved(database)


async def test_learning_is_due_when_much_is_new_or_a_day_has_passed(
    database: Database,
) -> None:
    clock = Clock()
    ranking = Ranking(database, clock)
    search = search_over(database)
    await keep_papers(database, *range(1, 41))
    await ask(search, "paper")
    assert not await ranking.learn_if_due()
    await keep_papers(database, 41)
    assert not await ranking.learn_if_due()
    clock.now += timedelta(days=1, minutes=1)
    assert await ranking.learn_if_due()
    assert not await ranking.learn_if_due()
    await keep_papers(database, *range(42, 50))
    assert await ranking.learn_if_due()


async def test_a_learning_that_never_ended_is_made_up_for(database: Database) -> None:
    clock = Clock()
    await keep_papers(database, 1, 2, 3)
    await ask(search_over(database), "paper")
    async with database.write() as session:
        await fits.begin_fit(session, clock())
    await keep_papers(database, 4, 5, 6)
    assert not await Ranking(database, clock).learn_if_due()
    clock.now += timedelta(hours=2)
    assert await Ranking(database, clock).learn_if_due()


async def test_what_another_process_learnt_is_used(two_databases: tuple[Database, Database]) -> None:
    ours, theirs = two_databases
    await keep_papers(ours, 1, title="Alpha", listed_on=DAY)
    search = search_over(ours)
    before = (await ask(search, "alpha")).hits[0].score
    await keep_papers(theirs, *range(2, 60), title="Alpha", abstract="alpha", listed_on=DAY)
    await Ranking(theirs, Clock()).learn()
    after = await ask(search, "alpha")
    assert after.total == 59
    assert after.hits[0].score != before


async def test_a_rebuilt_index_is_learnt_from_anew(search: Search, database: Database) -> None:
    before = numbers(await ask(search, "diffusion"))
    await Index(database).rebuild(lambda done, of: None)
    assert numbers(await ask(search, "diffusion")) == before


async def test_a_learning_that_was_killed_leaves_no_old_words_behind(
    search: Search, database: Database
) -> None:
    await ask(search, "diffusion")
    await keep_papers(database, 3, **SHELF[3] | {"title": "Zebras for images"})
    async with database.write() as session:
        await fits.begin_fit(session, Clock()())
    assert numbers(await ask(search, "zebras")) == [3]
    assert numbers(await ask(search, "diffusion -survey")) == [4]


async def test_of_two_learnings_the_one_that_began_last_counts(search: Search, database: Database) -> None:
    """The other has read older words, whichever ends last."""
    ranking = Ranking(database, Clock())
    await ask(search, "diffusion")
    async with database.write() as session:
        early = await fits.begin_fit(session, Clock()())
    await keep_papers(database, 3, **SHELF[3] | {"title": "Zebras for images"})
    await ranking.learn()
    async with database.write() as session:
        await fits.keep_fit(session, fits.RankingFit(number=early), b"of older words")
    assert numbers(await ask(search, "zebras")) == [3]
    assert numbers(await ask(search, "diffusion -survey")) == [4]


async def test_an_index_that_is_not_whole_is_not_learnt_from(database: Database) -> None:
    await list_papers(database, 1, 2, 3)
    await keep_papers(database, 4)
    assert not await Ranking(database, Clock()).learn_if_due()
    await Index(database).ensure()
    assert await Ranking(database, Clock()).learn_if_due()


async def test_work_in_the_background_gives_or_raises_what_it_should() -> None:
    assert await in_daemon(lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        await in_daemon(lambda: 1 // 0)


def test_the_end_of_the_process_waits_for_no_work_in_the_background() -> None:
    script = """
import asyncio, threading
from bot.daemon import in_daemon

async def main():
    work = asyncio.create_task(in_daemon(threading.Event().wait))
    await asyncio.sleep(0)
    work.cancel()

asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", script], timeout=60, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
