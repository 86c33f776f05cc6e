"""Papers and editions in the store: what a second reading changes, and what it leaves."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DataError

from storage import papers, periods
from storage.database import Database
from storage.models import Paper, PaperFacts
from tests.factories import DAY, NOON, make_facts, paper_id

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
LATER = NOON + timedelta(hours=1)
NEW = {"first_seen_at": NOON, "release": None}
"""What the store itself says of a paper that has just come."""


async def keep(database: Database, *facts: PaperFacts, now: Any = NOON) -> dict[date, int]:
    async with database.write() as session:
        return await papers.keep_papers(session, facts, now)


async def stored(database: Database, number: int = 1) -> Paper:
    async with database.read() as session:
        return (await papers.papers_by_id(session, [paper_id(number)]))[paper_id(number)]


async def test_every_fact_is_kept_and_read_back(database: Database) -> None:
    facts = make_facts(title="Λ-terms, “quoted” 🙂", withdrawn_at=NOON)

    assert await keep(database, facts) == {DAY: 1}
    assert (await stored(database)).model_dump() == {**facts, **NEW}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("upvotes", 30),
        ("upvotes", 3),
        ("comments", 0),
        ("code_stars", 900),
        ("code_url", "https://github.com/example/moved"),
        ("project_url", "https://example.org/moved"),
        ("title", "A better title"),
        ("abstract", "A better abstract."),
        ("summary", "A better summary."),
        ("authors", ["Emmy Noether"]),
        ("keywords", ["rings", "fields"]),
        ("media_urls", ["https://example.org/film.mp4"]),
        ("thumbnail_url", "https://example.org/other.png"),
        ("organization_name", "Another Institute"),
        ("published_on", date(2026, 7, 1)),
        ("withdrawn_at", NOON),
    ],
)
async def test_a_second_reading_updates(database: Database, column: str, value: Any) -> None:
    await keep(database, make_facts())
    assert await keep(database, make_facts(**{column: value}), now=LATER) == {}

    assert (await stored(database)).model_dump() == {**make_facts(), **NEW, column: value}


EMPTY = make_facts(
    published_on=None,
    title="",
    abstract="",
    authors=[],
    submitter=None,
    submitter_name=None,
    summary=None,
    keywords=[],
    code_url=None,
    code_stars=None,
    project_url=None,
    organization=None,
    organization_name=None,
    media_urls=[],
    thumbnail_url=None,
)


async def test_an_empty_answer_does_not_wipe_what_was_known(database: Database) -> None:
    await keep(database, make_facts())
    await keep(database, EMPTY, now=LATER)

    assert (await stored(database)).model_dump() == {**make_facts(), **NEW}


async def test_what_was_empty_is_filled_later(database: Database) -> None:
    await keep(database, EMPTY)
    await keep(database, make_facts(), now=LATER)

    assert (await stored(database)).model_dump() == {**make_facts(), **NEW}


async def test_a_withdrawal_can_be_taken_back(database: Database) -> None:
    await keep(database, make_facts(withdrawn_at=NOON))
    await keep(database, make_facts(), now=LATER)

    assert (await stored(database)).withdrawn_at is None


async def test_a_paper_stays_in_the_edition_where_it_was_seen_first(database: Database) -> None:
    await keep(database, make_facts())
    assert await keep(database, make_facts(listed_on=TOMORROW, upvotes=50), now=LATER) == {}

    paper = await stored(database)
    assert (paper.listed_on, paper.first_seen_at, paper.upvotes) == (DAY, NOON, 50)


async def test_late_papers_are_added_and_none_is_removed(database: Database) -> None:
    await keep(database, make_facts(1), make_facts(2, listed_on=YESTERDAY))
    assert await keep(database, make_facts(1), make_facts(3), now=LATER) == {DAY: 1}
    assert await keep(database, now=LATER) == {}

    async with database.read() as session:
        listed = await papers.papers_listed(session, YESTERDAY, DAY)
        today = await papers.papers_listed(session, DAY, DAY)
        editions = await papers.editions(session, YESTERDAY, TOMORROW)
    assert {paper.id for paper in listed} == {paper_id(number) for number in (1, 2, 3)}
    assert {paper.id for paper in today} == {paper_id(1), paper_id(3)}
    assert {day: edition.papers for day, edition in editions.items()} == {YESTERDAY: 1, DAY: 2}


async def test_a_snapshot_is_taken_when_a_number_moves_and_only_then(database: Database) -> None:
    moves: list[dict[str, Any]] = [
        {},
        {},
        {"upvotes": 11},
        {"upvotes": 11, "title": "Another title"},
        {"upvotes": 11, "comments": 3},
        {"upvotes": 11, "comments": 3, "code_stars": 6},
        {"upvotes": 11, "comments": 3, "code_stars": None},
        {"upvotes": 9, "comments": 3, "code_stars": 6},
    ]
    for hour, numbers in enumerate(moves):
        await keep(database, make_facts(**numbers), now=NOON + timedelta(hours=hour))

    history = await database.ask(lambda session: periods.votes(session, paper_id(1)))
    assert [((s.taken_at - NOON).seconds // 3600, s.upvotes, s.comments, s.code_stars) for s in history] == [
        (0, 10, 2, 5),
        (2, 11, 2, 5),
        (4, 11, 3, 5),
        (5, 11, 3, 6),
        (7, 9, 3, 6),
    ]


async def test_a_poll_is_noted_and_only_a_new_paper_counts_as_a_change(database: Database) -> None:
    async with database.write() as session:
        (edition,) = await papers.record_polls(session, [DAY], NOON)
    assert (edition.papers, edition.changed_at, edition.polled_at) == (0, NOON, NOON)

    await keep(database, make_facts(1), make_facts(2), now=LATER)
    async with database.write() as session:
        (edition,) = await papers.record_polls(session, [DAY], LATER)
    assert (edition.papers, edition.changed_at, edition.polled_at) == (2, LATER, LATER)

    evening = LATER + timedelta(hours=6)
    await keep(database, make_facts(1, upvotes=99), make_facts(2), now=evening)
    async with database.write() as session:
        (edition,) = await papers.record_polls(session, [DAY], evening)
    assert (edition.papers, edition.changed_at, edition.polled_at) == (2, LATER, evening)
    assert edition.settled_at is None


async def test_a_new_paper_moves_the_change_of_a_day_that_was_not_asked_for(database: Database) -> None:
    """On a holiday the source may answer with an older day's list, which has grown since."""
    await keep(database, make_facts(1, listed_on=YESTERDAY))
    await keep(database, make_facts(2, listed_on=YESTERDAY), now=LATER)

    async with database.read() as session:
        edition = (await papers.editions(session, YESTERDAY, YESTERDAY))[YESTERDAY]
    assert (edition.papers, edition.changed_at) == (2, LATER)


async def test_the_days_beside_a_day_have_papers(database: Database) -> None:
    days = [DAY + timedelta(days=step) for step in (-5, -1, 2, 4)]
    await keep(database, *(make_facts(number, listed_on=day) for number, day in enumerate(days)))
    async with database.write() as session:
        await papers.record_polls(session, [DAY, DAY + timedelta(days=9)], NOON)

    async with database.read() as session:
        assert await session.run_sync(periods.days_beside, DAY, DAY) == (days[1], days[2])
        assert await session.run_sync(periods.days_beside, days[1], days[1]) == (days[0], days[2])
        assert await session.run_sync(periods.days_beside, days[0], days[0]) == (None, days[1])
        assert await session.run_sync(periods.days_beside, days[3], days[3]) == (days[2], None)
        assert await session.run_sync(periods.newest_day) == days[3]
    standing = await database.ask(lambda session: periods.standing(session, days[0], DAY))
    assert (standing.newest, standing.before, standing.after) == (days[1], None, days[2])
    assert (await database.ask(lambda session: periods.standing(session, DAY, DAY))).newest is None


async def test_an_empty_store_has_no_newest_day(database: Database) -> None:
    async with database.read() as session:
        assert await session.run_sync(periods.newest_day) is None
        assert await papers.papers_by_id(session, [paper_id(1)]) == {}
        assert await papers.papers_by_id(session, []) == {}


async def test_a_year_of_papers_is_kept_in_one_go(database: Database) -> None:
    year = [make_facts(number, listed_on=DAY - timedelta(days=number % 365)) for number in range(5000)]

    new = await keep(database, *year)
    assert sum(new.values()) == 5000
    async with database.read() as session:
        assert len(await papers.papers_by_id(session, [facts["id"] for facts in year])) == 5000


async def test_a_zero_byte_that_cleaning_missed_stops_the_whole_reading_or_is_kept(
    database: Database,
) -> None:
    """PostgreSQL refuses it, SQLite keeps it; on neither is half of a reading written."""
    hostile = make_facts(2, title="zero\x00byte")
    if database.is_sqlite:
        await keep(database, make_facts(1), hostile)
        assert (await stored(database, 2)).title == "zero\x00byte"
        return
    with pytest.raises(DataError):
        await keep(database, make_facts(1), hostile)
    async with database.read() as session:
        assert await papers.papers_listed(session, DAY, DAY) == []


async def test_two_processes_that_read_the_same_list_lose_and_double_nothing(
    two_databases: tuple[Database, Database],
) -> None:
    async def read_often(database: Database, order: int) -> int:
        new = 0
        for round_ in range(5):
            numbers = range(1, 10 * (round_ + 1) + 1)[::order]
            facts = [make_facts(number, upvotes=10 + round_) for number in numbers]
            new += sum((await keep(database, *facts, now=NOON + timedelta(minutes=round_))).values())
        return new

    first, second = two_databases
    found = await asyncio.gather(
        read_often(first, 1), read_often(second, -1), read_often(first, -1), read_often(second, 1)
    )

    assert sum(found) == 50
    async with first.read() as session:
        edition = (await papers.editions(session, DAY, DAY))[DAY]
        listed = await papers.papers_listed(session, DAY, DAY)
    histories = await first.ask(lambda session: [periods.votes(session, paper.id) for paper in listed])
    assert (edition.papers, len(listed)) == (50, 50)
    assert {snapshot.upvotes for history in histories for snapshot in history} == {10, 11, 12, 13, 14}
