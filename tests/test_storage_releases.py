"""From when on digests may hold a paper: releases are numbered in the order in which they were committed."""

import asyncio
from datetime import date, timedelta

import pytest

from storage import papers, plans, releases
from storage.database import Database
from storage.models import Cadence, SubscriptionState
from storage.releases import Released
from tests.factories import DAY, NOON, make_facts, paper_id
from tests.stored import list_papers, stored_subscription, subscribe

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


async def release(database: Database, *days: date) -> Released:
    async with database.write() as session:
        return await releases.release(session, days, NOON)


async def numbers(database: Database) -> dict[str, int | None]:
    """The release of every paper."""
    async with database.read() as session:
        return {paper.id: paper.release for paper in await papers.papers_listed(session, YESTERDAY, TOMORROW)}


async def test_papers_are_released_edition_by_edition_and_late_ones_behind_them(database: Database) -> None:
    await list_papers(database, 1, day=YESTERDAY)
    await list_papers(database, 2, 3)
    assert await release(database, YESTERDAY) == Released(1, (YESTERDAY,))
    assert await release(database, DAY) == Released(2, (DAY,))
    assert await numbers(database) == {paper_id(1): 1, paper_id(2): 2, paper_id(3): 2}

    await list_papers(database, 4, day=YESTERDAY)
    await list_papers(database, 5, day=TOMORROW)
    async with database.read() as session:
        assert await releases.has_late_papers(session)
    assert await release(database) == Released(3, (), (YESTERDAY,))
    assert (await numbers(database))[paper_id(4)] == 3
    assert (await numbers(database))[paper_id(5)] is None


async def test_a_release_of_nothing_has_no_number_of_its_own(database: Database) -> None:
    assert await release(database) == Released(0)
    await list_papers(database, 1)
    await release(database, DAY)
    await list_papers(database, day=TOMORROW)

    assert await release(database, TOMORROW) == Released(1, (TOMORROW,))
    async with database.read() as session:
        assert await releases.newest_release(session) == 1
        assert await releases.newest_final_day(session) == TOMORROW
        assert await releases.unreleased(session) == []
        assert not await releases.has_late_papers(session)


@pytest.mark.parametrize(
    ("seen", "first_day", "failed"),
    [(1, None, False), (0, YESTERDAY, False), (1, YESTERDAY, False), (1, None, True)],
    ids=["what-came-since", "all-of-some-days", "both", "after-a-failure"],
)
async def test_a_plan_gets_nothing_of_a_release_that_came_after_its_own(
    database: Database, seen: int, first_day: date | None, failed: bool
) -> None:
    """It is read before the papers are; what is released in between would be given and not be seen."""
    for number, day in enumerate((YESTERDAY, DAY, TOMORROW), 1):
        await list_papers(database, number, day=day)
        await release(database, day)
    reach = plans.Reach(1, seen, first_day, None, failed)
    async with database.read() as session:
        found = await plans.released_papers(session, reach, YESTERDAY, 2)

    assert max(paper.release or 0 for paper in found) == 2


async def test_a_second_reading_leaves_a_paper_its_release(database: Database) -> None:
    await list_papers(database, 1)
    await release(database, DAY)
    await list_papers(database, 1, upvotes=99)

    assert await numbers(database) == {paper_id(1): 1}


async def test_an_edition_that_is_final_wakes_who_waits_and_who_wants_each(database: Database) -> None:
    evening = NOON + timedelta(hours=6)
    waiting = await subscribe(database, wait_until=evening)
    each = {"cadence": Cadence.EACH, "next_due_at": evening}
    woken = await subscribe(database, **each)
    asleep = [
        await subscribe(database, next_due_at=evening),
        await subscribe(database, **each, state=SubscriptionState.PAUSED),
        await subscribe(database, **each, away_since=YESTERDAY),
    ]
    async with database.write() as session:
        await releases.wake(session, NOON)

    assert (await stored_subscription(database, waiting)).wait_until is None
    assert (await stored_subscription(database, woken)).next_due_at == NOON
    for number in asleep:
        assert (await stored_subscription(database, number)).next_due_at == evening


async def test_papers_that_come_while_others_are_released_are_never_passed_over(
    two_databases: tuple[Database, Database],
) -> None:
    """Who has seen a release has seen all papers of it: none is added to it afterwards."""
    reading, planning = two_databases
    await list_papers(reading, 0)
    await release(planning, DAY)

    async def read() -> None:
        for number in range(1, 31):
            async with reading.write() as session:
                await papers.keep_papers(session, [make_facts(number)], NOON)

    async def plan() -> dict[int, int]:
        seen = {}
        for _ in range(30):
            number = (await release(planning)).number
            async with planning.read() as session:
                held = await papers.papers_listed(session, DAY, DAY)
            seen[number] = sum((paper.release or number + 1) <= number for paper in held)
        return seen

    _, seen = await asyncio.gather(read(), plan())
    await release(planning)
    final = [release for release in (await numbers(planning)).values() if release is not None]
    assert len(final) == 31
    assert seen == {number: sum(release <= number for release in final) for number in seen}
