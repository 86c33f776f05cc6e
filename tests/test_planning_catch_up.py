"""What was missed comes once; and whatever happens, never an avalanche of old papers."""

from datetime import timedelta

import pytest

from bot.digest import LOOK_BACK
from bot.subscribing import Subscribing
from storage.database import Database
from storage.models import Subscription
from tests.factories import DAY, RULES, at
from tests.planning import ADA, ONE, create, empty_days, noon, plan
from tests.stored import ids, list_papers, subscribe

# Catch-up


async def test_three_days_down_are_caught_up_once_with_the_best_thirty(database: Database) -> None:
    await subscribe(database)
    await list_papers(database, 1)
    await noon(database, DAY)
    for step in (1, 2, 3):
        numbers = range(20 * step, 20 * step + 20)
        for number in numbers:
            await list_papers(database, number, day=DAY + step * ONE, upvotes=number)

    [caught_up] = await plan(database, at(DAY + 3 * ONE, 15))
    assert caught_up.papers == ids(*range(59, 49, -1), *range(79, 59, -1))
    assert caught_up.rest == ids(*range(39, 19, -1), *range(49, 39, -1))
    assert caught_up.late_before == DAY + 3 * ONE  # those of the days before are marked as late
    assert await plan(database, at(DAY + 3 * ONE, 16)) == []
    await list_papers(database, day=DAY + 4 * ONE)
    assert await noon(database, DAY + 4 * ONE) == []


async def test_a_subscription_that_was_made_before_the_outage_opens_with_what_was_missed(
    database: Database,
) -> None:
    await subscribe(database)
    for step in range(3):
        await list_papers(database, step + 1, day=DAY + step * ONE)

    assert await noon(database, DAY + 2 * ONE) == ids(1, 2, 3)


async def test_a_digest_in_time_holds_as_many_as_there_are(database: Database) -> None:
    await subscribe(database)
    await list_papers(database, *range(1, 41))

    assert len(await noon(database, DAY)) == 40


async def test_an_outage_of_a_month_brings_two_weeks(database: Database) -> None:
    await subscribe(database, seen=0, first_day=DAY)
    await list_papers(database, 99)
    await noon(database, DAY)
    later = DAY + 30 * ONE
    for step in range(31):
        await list_papers(database, 100 + step, day=DAY + step * ONE, upvotes=step)

    [caught_up] = await plan(database, at(later, 12))
    assert caught_up.papers == ids(*range(130 - LOOK_BACK.days, 131))


# Never an avalanche


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily 12:00 on mon-sun", [ids(70)]),
        ("weekly thu 12:00", [ids(1, 70)]),  # a week is summed up from today on
        ("each", [ids(1), ids(70)]),  # opens with today's, which nobody was shown yet
    ],
)
async def test_the_first_start_with_an_old_archive_posts_no_old_papers(
    database: Database, text: str, expected: list[list[str]]
) -> None:
    for step in range(60):
        await list_papers(database, step + 1, day=DAY - step * ONE)
    await create(database, text, at(DAY, 13))
    rows = await plan(database, at(DAY, 13))
    await list_papers(database, 70, day=DAY + ONE)
    for hour in range(9, 24):
        rows += await plan(database, at(DAY + ONE, hour))

    assert [row.papers for row in rows] == expected


async def test_a_first_digest_behind_a_weekend_holds_friday_s_list(database: Database) -> None:
    """In Tokyo Monday's digest is the first behind the list of Friday."""
    friday = DAY + 2 * ONE
    for step in range(3):
        await list_papers(database, step + 1, day=friday - (step + 1) * ONE)
    await create(database, "daily 09:00 on mon-fri in Asia/Tokyo", at(friday, 3))
    await list_papers(database, 9, day=friday)
    await empty_days(database, friday + ONE, friday + 2 * ONE)

    assert [row.papers for row in await plan(database, at(friday + 3 * ONE, 0))] == [ids(9)]


async def test_each_edition_begins_with_the_next_where_the_bot_runs_already(database: Database) -> None:
    await list_papers(database, 1)
    await plan(database, at(DAY, 10))
    await create(database, "each", at(DAY, 13))
    assert await plan(database, at(DAY, 13)) == []
    await list_papers(database, 2, day=DAY + ONE)

    assert [row.papers for row in await plan(database, at(DAY + ONE, 9))] == [ids(2)]


async def test_an_archive_that_is_read_later_posts_no_old_papers(database: Database) -> None:
    await create(database, "daily 12:00 on mon-sun", at(DAY, 11))
    await list_papers(database, 70)
    assert await noon(database, DAY) == ids(70)
    for step in range(1, 60):
        await list_papers(database, step, day=DAY - step * ONE)
    await list_papers(database, 71, day=DAY + ONE)

    assert await noon(database, DAY + ONE) == ids(71)


async def test_a_filter_on_votes_opens_with_no_old_papers(database: Database) -> None:
    for step in range(1, 14):
        await list_papers(database, step, day=DAY - step * ONE, upvotes=99)
    await create(database, "daily 12:00 on mon-sun", at(DAY, 11), "upvotes>=50")
    await list_papers(database, 70, upvotes=60)

    assert await noon(database, DAY) == ids(70)


@pytest.mark.parametrize("text", ["daily 12:00 on mon-sun", "each"])
@pytest.mark.parametrize("filter_text", ["", "upvotes>=5"])
async def test_who_resumes_gets_nothing_of_the_time_in_between(
    database: Database, text: str, filter_text: str
) -> None:
    subscribing = Subscribing(RULES)
    number = (await create(database, text, at(DAY, 6), filter_text)).id or 0
    await list_papers(database, 1)
    assert await noon(database, DAY) == ids(1)
    async with database.write() as session:
        row = await session.get_one(Subscription, number)
        await subscribing.pause(session, row, ADA, at(DAY, 13))
    for step in range(1, 8):
        await list_papers(database, step + 1, day=DAY + step * ONE)
        assert await noon(database, DAY + step * ONE) == []
    async with database.write() as session:
        row = await session.get_one(Subscription, number)
        await subscribing.resume(session, row, ADA, at(DAY + 7 * ONE, 13))
    await list_papers(database, 20, day=DAY + 8 * ONE)

    rows = [
        row
        for hour in range(24)
        for row in await plan(database, at(DAY + 7 * ONE, 13) + timedelta(hours=hour))
    ]
    assert [paper for row in rows for paper in row.papers if paper != ids(8)[0]] == ids(20)
