"""The index follows the papers, and is made anew where it is missing, stale or was left half made."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col, select

from bot.filters.compile import compiled
from bot.filters.parser import parse
from bot.indexing import STEP, Index, following
from storage import papers
from storage.database import Database, open_database
from storage.models import PaperFacts
from storage.search import upkeep
from storage.search.documents import SearchDocument
from tests.factories import DAY, NOON, make_facts, paper_id
from tests.filters import paper_facts
from tests.indexed import contents, keep, selected, storable
from tests.terminal import Terminal


def nobody_watches(_done: int, _of: int) -> None:
    """For who does not look at the bar."""


async def keep_without_index(database: Database, *facts: PaperFacts) -> None:
    """Keep papers as a version did that knew no index."""
    async with database.write() as session:
        await papers.keep_papers(session, facts, NOON)


async def found(database: Database, filter_text: str) -> list[str]:
    async with database.read() as session:
        return await selected(session, compiled(parse(filter_text), DAY))


async def assert_as_if_made_anew(database: Database) -> None:
    before = await contents(database)
    assert await Index(database).rebuild(nobody_watches) == len(before["documents"])
    assert await contents(database) == before


@pytest.mark.parametrize(
    ("change", "filter_text", "before", "after"),
    [
        ({"title": "Pruning trees"}, "title:paper", True, False),
        ({"title": "Pruning trees"}, "prun*", False, True),
        ({"abstract": "We prune trees."}, "pruning", False, True),
        ({"keywords": ["trees"]}, "keyword:numbers", True, False),
        ({"authors": ["Emmy Noether"]}, "author:noether", False, True),
        ({"authors": ["Emmy Noether"]}, "author:ada", True, False),
        ({"upvotes": 11}, "upvotes>10", False, True),
        ({"comments": 0}, "comments=0", False, True),
        ({"code_stars": 900}, "stars>=900", False, True),
        ({"organization_name": "Elsewhere"}, "org:elsewhere", False, True),
        ({"submitter": "emmy", "submitter_name": "Emmy"}, "by:ada", True, False),
        ({"withdrawn_at": NOON}, "paper", True, False),
        ({"withdrawn_at": NOON}, "-survey", True, False),
        ({"withdrawn_at": NOON}, "has:code", True, False),
        ({"listed_on": DAY + timedelta(days=1)}, "date:2026-07-29", True, True),
        ({"title": "", "abstract": ""}, "title:paper enough", True, True),
    ],
)
async def test_a_search_finds_a_paper_as_it_is_now(
    database: Database, change: dict[str, Any], filter_text: str, before: bool, after: bool
) -> None:
    await keep(database, make_facts(1), make_facts(2, title="A survey"))
    assert (paper_id(1) in await found(database, filter_text)) is before

    await keep(database, make_facts(1, **change))

    assert (paper_id(1) in await found(database, filter_text)) is after
    await assert_as_if_made_anew(database)


async def test_a_withdrawal_that_is_taken_back_is_found_again(database: Database) -> None:
    await keep(database, make_facts(withdrawn_at=NOON))
    assert await found(database, "paper") == []
    await keep(database, make_facts())

    assert await found(database, "paper") == [paper_id(1)]
    await assert_as_if_made_anew(database)


async def test_a_block_that_fails_leaves_the_index_as_it_was(database: Database) -> None:
    await keep(database, make_facts(1))
    before = await contents(database)

    with suppress(RuntimeError):
        async with database.write() as session, following(session, [paper_id(1), paper_id(2)]):
            await papers.keep_papers(session, [make_facts(1, title="New"), make_facts(2)], NOON)
            raise RuntimeError("stop")

    assert await contents(database) == before


async def test_only_changed_words_are_to_be_learnt_again(database: Database) -> None:
    await keep(database, *(make_facts(number) for number in (1, 2, 3)))
    async with database.write() as session:
        await (await session.connection()).execute(text("UPDATE search_document SET learnt = 1"))
    await keep(database, make_facts(1), make_facts(2, upvotes=99), make_facts(3, title="New"), make_facts(4))

    async with database.read() as session:
        unlearnt = select(SearchDocument.paper_id).where(col(SearchDocument.learnt) == 0)
        assert sorted(await session.exec(unlearnt)) == [paper_id(3), paper_id(4)]


@pytest.mark.parametrize("database_url", ["memory", "postgresql"], indirect=True)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(readings=st.lists(st.tuples(paper_facts(), st.booleans()), min_size=1, max_size=5))
async def test_after_any_readings_the_index_is_as_if_made_anew(
    database: Database, readings: list[tuple[list[PaperFacts], bool]]
) -> None:
    for facts, withdrawn in readings:
        for row in facts:
            row["withdrawn_at"] = NOON if withdrawn else None
        await keep(database, *map(storable, facts))
    await assert_as_if_made_anew(database)


async def state(database: Database) -> upkeep.State | None:
    async with database.read() as session:
        return await upkeep.state(session)


async def test_a_new_store_has_a_whole_index_from_its_first_paper_on(database: Database) -> None:
    await keep(database, make_facts())

    known = await state(database)
    assert known is not None
    assert known.complete


@pytest.fixture
async def filled(database: Database) -> Database:
    """A store with papers for some steps, and no index yet."""
    await keep_without_index(database, *map(make_facts, range(2 * STEP + 10)))
    return database


async def test_a_missing_index_is_made_when_it_is_asked_for(filled: Database) -> None:
    await Index(filled).ensure()
    assert len(await found(filled, "paper")) == 2 * STEP + 10

    before = await state(filled)
    await Index(filled).ensure()
    assert await state(filled) == before


async def test_papers_that_an_older_version_added_are_missed_and_put(database: Database) -> None:
    await keep(database, make_facts(1))
    await keep_without_index(database, make_facts(2))
    await Index(database).ensure()

    assert await found(database, "paper") == [paper_id(1), paper_id(2)]


async def test_an_index_of_another_analyser_is_made_anew(database: Database) -> None:
    await keep(database, make_facts(1), make_facts(2))
    async with database.write() as session:
        await (await session.connection()).execute(text("UPDATE search_state SET version = version + 1"))
    before = await state(database)
    assert before is not None

    await Index(database).ensure()

    after = await state(database)
    assert after == upkeep.State(before.version - 1, complete=True, generation=before.generation + 1)
    await assert_as_if_made_anew(database)


async def test_what_another_analyser_made_is_not_mixed_with_ours(database: Database) -> None:
    await keep(database, make_facts(1), make_facts(2))
    async with database.write() as session:
        await (await session.connection()).execute(text("UPDATE search_state SET version = version + 1"))

    await keep(database, make_facts(1, title="New"))

    assert await found(database, "paper OR new") == [paper_id(1)]
    known = await state(database)
    assert known is not None
    assert not known.complete
    await Index(database).ensure()
    await assert_as_if_made_anew(database)


async def test_several_processes_make_one_index_together(shared_url: str) -> None:
    opened = [await open_database(shared_url) for _ in range(3)]
    await keep_without_index(opened[0], *map(make_facts, range(3 * STEP)))

    await asyncio.gather(
        *(Index(database).ensure() for database in opened), keep(opened[0], make_facts(1, title="New"))
    )

    assert await found(opened[1], "new") == [paper_id(1)]
    await assert_as_if_made_anew(opened[2])
    for database in opened:
        await database.close()


REBUILD = """
import asyncio, sys
from bot.indexing import Index
from storage.database import open_database

def stop_here(done, of):
    print(done, flush=True)
    sys.stdin.read()

async def rebuild():
    await Index(await open_database(sys.argv[1])).rebuild(stop_here)

asyncio.run(rebuild())
"""


async def test_what_a_killed_process_left_half_made_is_finished(shared_url: str) -> None:
    database = await open_database(shared_url)
    await keep(database, *map(make_facts, range(2 * STEP)))
    whole = await contents(database)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", REBUILD, shared_url), stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == f"{STEP}\n".encode()
    process.kill()
    await process.communicate()

    known = await state(database)
    assert known is not None
    assert not known.complete
    await keep(database, make_facts(1, title="New"), make_facts(2 * STEP - 1, title="New"))
    assert len(await found(database, "new")) == 2
    await keep(database, make_facts(1), make_facts(2 * STEP - 1))
    await Index(database).ensure()
    assert await contents(database) == whole
    await database.close()


def test_reindex_says_how_many_papers_it_took(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    terminal = Terminal(monkeypatch, capfd)
    terminal.set(DAILY_PAPERS_SOURCE="sample", DAILY_PAPERS_DATABASE_URL="sqlite:///papers.db")
    terminal.type("ingest", "--date", "2026-07-29")

    done = terminal.type("reindex")

    assert (done.code, done.err.strip()) == (0, "")
    assert re.fullmatch(r"20 papers indexed in \d+\.\d seconds\.\n", done.out)


async def test_progress_is_told(filled: Database) -> None:
    told: list[tuple[int, int]] = []
    await Index(filled).rebuild(lambda done, of: told.append((done, of)))

    of = 2 * STEP + 10
    assert told == [(STEP, of), (2 * STEP, of), (of, of)]
