"""What the source answers becomes editions that grow, settle, and never shrink."""

from datetime import date, datetime, timedelta

import pytest

from bot.ingest import BATCH, FIRST_LIST, REFRESH_DAYS, Ingest, Ingested, days_between
from bot.source import Listing, SourceError
from storage import papers, periods
from storage.database import Database
from storage.models import Edition
from tests.factories import DAY, RULES, at, make_facts, paper_id
from tests.shelf import Clock, Shelf
from tests.stored import stored_upvotes

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock() -> Clock:
    return Clock(at(DAY, 6))


@pytest.fixture
def ingest(database: Database, shelf: Shelf, clock: Clock) -> Ingest:
    return Ingest(database, shelf, RULES, clock)


async def edition(database: Database, day: date = DAY) -> Edition:
    async with database.read() as session:
        return (await papers.editions(session, day, day))[day]


async def test_a_day_from_its_first_paper_to_the_last_late_arrival(
    database: Database, ingest: Ingest, shelf: Shelf, clock: Clock
) -> None:
    story: list[tuple[datetime, tuple[int, ...], int, bool]] = [
        (at(DAY, 0, 30), (), 0, False),
        (at(DAY, 5), (1,), 1, False),
        (at(DAY, 6, 30), (1,), 0, False),
        (at(DAY, 7), (1, 2, 3), 2, False),
        (at(DAY, 7, 59), (1, 2, 3), 0, False),
        (at(DAY, 8), (1, 2, 3), 0, True),
        (at(DAY, 15), (1, 2, 3, 4), 1, True),
    ]
    for now, numbers, new, settled in story:
        clock.now = now
        shelf.put(DAY, *numbers)
        assert await ingest.day(DAY) == Ingested(DAY, len(numbers), new, 0, settled)

    final = await edition(database)
    assert (final.papers, final.changed_at, final.polled_at) == (4, at(DAY, 15), at(DAY, 15))
    assert final.settled_at == at(DAY, 8)


async def test_a_second_reading_updates_and_an_empty_one_takes_nothing_away(
    database: Database, ingest: Ingest, shelf: Shelf, clock: Clock
) -> None:
    shelf.put(DAY, 1, 2)
    await ingest.day(DAY)
    shelf.put(DAY, 1, upvotes=50)
    clock.now = at(DAY, 9)
    assert await ingest.day(DAY) == Ingested(DAY, 2, 0, 0, settled=True)
    shelf.put(DAY)
    assert await ingest.day(DAY) == Ingested(DAY, 2, 0, 0, settled=True)

    assert await stored_upvotes(database, DAY, DAY) == {paper_id(1): 50, paper_id(2): 10}


async def test_a_paper_that_a_list_names_twice_counts_once(
    database: Database, ingest: Ingest, shelf: Shelf
) -> None:
    shelf.put(DAY, 1, 2, 1, skipped=3)

    assert await ingest.day(DAY) == Ingested(DAY, 2, 2, 3, settled=False)


async def test_a_weekend_is_success_and_final_at_its_deadline(ingest: Ingest, clock: Clock) -> None:
    clock.now = at(DAY, 11, 59)
    assert await ingest.day(DAY) == Ingested(DAY, 0, 0, 0, settled=False)
    clock.now = at(DAY, 12)
    assert await ingest.day(DAY) == Ingested(DAY, 0, 0, 0, settled=True)


async def test_a_holiday_that_is_answered_with_an_older_list_stays_empty(
    database: Database, ingest: Ingest, shelf: Shelf, clock: Clock
) -> None:
    shelf.put(YESTERDAY, 1, 2)
    await ingest.day(YESTERDAY)
    shelf.put(DAY, 1, 2, 3, listed_on=YESTERDAY)
    clock.now = at(DAY, 12)
    assert await ingest.day(DAY) == Ingested(DAY, 0, 0, 0, settled=True)

    assert (await edition(database, YESTERDAY)).papers == 3
    assert len(await stored_upvotes(database, YESTERDAY, YESTERDAY)) == 3


async def test_a_failure_changes_nothing_and_the_next_reading_works(
    database: Database, ingest: Ingest, shelf: Shelf, clock: Clock
) -> None:
    shelf.put(DAY, 1)
    await ingest.day(DAY)
    before = await edition(database)
    clock.now = at(DAY, 12)
    shelf.lists[DAY] = SourceError("no answer")
    with pytest.raises(SourceError, match="no answer"):
        await ingest.day(DAY)
    assert await edition(database) == before

    shelf.put(DAY, 1, 2)
    assert (await ingest.day(DAY)).new == 1


def nothing() -> None:
    """For who does not watch."""


async def test_a_long_range_is_read_in_order_and_what_came_before_a_failure_is_kept(
    database: Database, ingest: Ingest, shelf: Shelf, clock: Clock
) -> None:
    days = list(days_between(DAY - timedelta(days=BATCH + 2), YESTERDAY))
    for number, day in enumerate(days):
        shelf.put(day, number)
    shelf.lists[days[-1]] = SourceError("no answer")

    read: list[date] = []
    fetched: list[None] = []

    async def read_all() -> None:
        async for one in ingest.days(days, lambda: fetched.append(None)):
            read.append(one.day)  # noqa: PERF401  (what came before the failure counts)

    with pytest.raises(SourceError, match="no answer"):
        await read_all()
    assert read == days[:-1]
    assert len(fetched) == len(days) - 1
    assert len(await stored_upvotes(database, days[0], DAY)) == BATCH + 1
    shelf.put(days[-1], 99)
    assert [one.day async for one in ingest.days(days[-2:], nothing)] == days[-2:]
    assert len(await stored_upvotes(database, days[0], DAY)) == BATCH + 2


async def test_who_stops_reading_keeps_what_was_read(
    database: Database, ingest: Ingest, shelf: Shelf
) -> None:
    days = list(days_between(DAY - timedelta(days=BATCH + 2), YESTERDAY))
    for number, day in enumerate(days):
        shelf.put(day, number)
    reading = ingest.days(days, nothing)
    assert (await anext(reading)).day == days[0]
    await reading.aclose()  # type: ignore[attr-defined]  # a generator, although it promises an iterator

    assert len(await stored_upvotes(database, days[0], DAY)) == BATCH


async def test_no_days_are_no_work(ingest: Ingest, shelf: Shelf) -> None:
    assert [one async for one in ingest.days([], nothing)] == []
    assert list(days_between(DAY, YESTERDAY)) == []
    assert shelf.asked == []


async def test_the_newest_edition_notes_that_today_was_asked_for(
    database: Database, ingest: Ingest, shelf: Shelf, clock: Clock
) -> None:
    shelf.put(YESTERDAY, 1, 2)
    clock.now = at(DAY, 12)
    assert await ingest.newest() == Ingested(YESTERDAY, 2, 2, 0, settled=True)

    today = await edition(database, DAY)
    assert (today.papers, today.polled_at, today.settled_at) == (0, clock.now, clock.now)


async def test_the_newest_edition_is_today_s_once_it_has_papers(
    database: Database, ingest: Ingest, shelf: Shelf
) -> None:
    shelf.put(DAY, 1)
    assert await ingest.newest() == Ingested(DAY, 1, 1, 0, settled=False)

    shelf.lists = {DAY: Listing([])}
    assert await ingest.newest() == Ingested(DAY, 1, 0, 0, settled=False)


async def test_a_day_is_asked_for_once_where_somebody_only_wants_to_look(
    ingest: Ingest, shelf: Shelf, clock: Clock
) -> None:
    shelf.put(YESTERDAY, 1)
    first = await ingest.ensure(YESTERDAY)
    second = await ingest.ensure(YESTERDAY)
    assert first is not None
    assert (first.papers, first) == (1, second)
    assert shelf.asked == [YESTERDAY]

    weekend = await ingest.ensure(date(2026, 7, 26))
    assert weekend is not None
    assert weekend.papers == 0

    for impossible in (TOMORROW, FIRST_LIST - timedelta(days=1), date.min, date.max):
        assert await ingest.ensure(impossible) is None
    assert shelf.asked == [YESTERDAY, date(2026, 7, 26)]


async def test_what_was_missed_is_caught_up(ingest: Ingest, shelf: Shelf, clock: Clock) -> None:
    """The bot was away from Saturday to Monday; on Wednesday it reads the days that nobody asked for."""
    friday = DAY - timedelta(days=5)
    for number, day in enumerate((friday, DAY - timedelta(days=2), YESTERDAY, DAY)):
        shelf.put(day, number)
    clock.now = at(friday, 13)
    await ingest.day(friday)
    clock.now = at(DAY, 9)

    read = await ingest.catch_up()

    assert [edition.day for edition in read] == [DAY - timedelta(days=days) for days in (4, 3, 2, 1, 0)]
    assert [edition.papers for edition in read] == [0, 0, 1, 1, 1]
    assert [edition.day for edition in await ingest.catch_up()] == [DAY]


async def test_a_paper_of_the_far_future_hides_nobodys_edition(
    ingest: Ingest, shelf: Shelf, clock: Clock, database: Database
) -> None:
    clock.now = at(DAY, 13)
    facts = [make_facts(1, listed_on=date(9999, 12, 31)), make_facts(2, listed_on=DAY)]
    shelf.lists[DAY] = Listing(facts)

    assert (await ingest.newest()).day == DAY
    assert (await ingest.day(DAY)).papers == 1
    async with database.read() as session:
        assert await session.run_sync(periods.newest_day) == DAY


async def test_a_new_store_has_missed_nothing(ingest: Ingest, shelf: Shelf, clock: Clock) -> None:
    shelf.put(YESTERDAY, 1)
    clock.now = at(DAY, 9)
    assert [edition.day for edition in await ingest.catch_up()] == [YESTERDAY]


async def test_what_grows_is_read_again_and_what_has_settled_only_if_asked(
    ingest: Ingest, shelf: Shelf, clock: Clock
) -> None:
    for number, day in enumerate((YESTERDAY, DAY)):
        shelf.put(day, number)
    clock.now = at(YESTERDAY, 13)
    await ingest.day(YESTERDAY)
    clock.now = at(DAY, 9)
    shelf.asked.clear()
    assert [edition.day for edition in await ingest.catch_up()] == [DAY]
    assert [edition.day for edition in await ingest.catch_up(settled_days=2)] == [YESTERDAY, DAY]


async def test_numbers_are_read_again_for_two_weeks(ingest: Ingest, shelf: Shelf, clock: Clock) -> None:
    old, edge = (DAY - timedelta(days=days) for days in (REFRESH_DAYS + 1, REFRESH_DAYS))
    for number, day in enumerate((old, edge, DAY)):
        shelf.put(day, number)
        await ingest.day(day)
    clock.now = at(DAY, 13)
    shelf.asked.clear()

    await ingest.refresh()

    assert shelf.asked == [edge, DAY]
