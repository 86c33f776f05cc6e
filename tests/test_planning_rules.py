"""What comes later than its day: rising papers, papers that were too few, the best of a vacation."""

from datetime import date, time

import pytest

from bot.columns import columns_of
from bot.filters.parser import parse
from bot.person_commands import LONGEST_VACATION
from bot.subscribing import Subscribing
from bot.wishes import Wish
from storage import people, subscriptions
from storage.database import Database
from storage.models import Cadence, Edition, Paper, Subscription
from tests.factories import DAY, RULES, at
from tests.planning import ADA, ONE, create, empty_days, noon, plan
from tests.stored import ids, list_papers, planned, stored_subscription, subscribe

# Rising


async def test_a_paper_that_crosses_the_line_later_is_sent_then_and_once(database: Database) -> None:
    await list_papers(database, 1, upvotes=49)
    await list_papers(database, 2, upvotes=50)
    await subscribe(database, filter="upvotes>=50", rechecks=True)
    assert await noon(database, DAY) == ids(2)

    await list_papers(database, 3, day=DAY + ONE, upvotes=70)
    assert await noon(database, DAY + ONE) == ids(3)
    await list_papers(database, 1, upvotes=80)
    await list_papers(database, day=DAY + 2 * ONE)
    [rising] = await plan(database, at(DAY + 2 * ONE, 12))
    assert (rising.papers, rising.rising) == (ids(1), ids(1))

    await list_papers(database, 1, upvotes=40)  # falls under the line, and crosses it again
    await list_papers(database, day=DAY + 3 * ONE)
    assert await noon(database, DAY + 3 * ONE) == []
    await list_papers(database, 1, upvotes=90)
    await list_papers(database, day=DAY + 4 * ONE)
    assert await noon(database, DAY + 4 * ONE) == []


@pytest.mark.parametrize(("days", "comes"), [(14, True), (15, False)])
async def test_a_filter_on_votes_is_asked_again_for_two_weeks(
    database: Database, days: int, comes: bool
) -> None:
    await list_papers(database, 1, upvotes=1)
    await subscribe(database, filter="upvotes>=50", rechecks=True)
    await noon(database, DAY)
    await list_papers(database, 1, upvotes=80)
    later = DAY + days * ONE
    await empty_days(database, DAY + ONE, later)
    async with database.write() as session:
        (await session.get_one(Subscription, 1)).next_due_at = at(later, 12)

    assert await noon(database, later) == (ids(1) if comes else [])


async def test_a_filter_without_numbers_is_not_asked_again(database: Database) -> None:
    await list_papers(database, 1, title="Something")
    await subscribe(database, filter="diffusion")
    await noon(database, DAY)
    await list_papers(database, 1, title="Diffusion")
    await list_papers(database, day=DAY + ONE)

    assert await noon(database, DAY + ONE) == []


async def test_a_filter_that_becomes_one_on_votes_brings_no_old_papers(database: Database) -> None:
    for step in range(3):
        await list_papers(database, step + 1, day=DAY + step * ONE, upvotes=80)
    made = await create(database, "daily 12:00 on mon-sun", at(DAY, 9), "diffusion")
    for step in range(3):
        assert await noon(database, DAY + step * ONE) == []

    await change_filter(database, made, "upvotes>=50", DAY + 2 * ONE)
    await list_papers(database, 9, day=DAY + 3 * ONE, upvotes=99)

    found = await noon(database, DAY + 3 * ONE)
    assert found == ids(3, 9), "the last day that was decided is asked again, none before"


async def change_filter(database: Database, made: Subscription, text: str, day: date) -> str:
    """Change the filter in the afternoon; what takes that back."""
    async with database.write() as session:
        kept = await session.get_one(Subscription, made.id)
        values = columns_of(Wish(), parse(text), kept)
        change = await Subscribing(RULES).change(session, kept, values, ADA, "changed", at(day, 13))
        assert change is not None
        return change.token


@pytest.mark.parametrize("before", ["diffusion", "upvotes>=90"])
async def test_only_what_has_risen_is_called_rising(database: Database, before: str) -> None:
    """Not what matches since the filter is another one."""
    made = await create(database, "daily 12:00 on mon-sun", at(DAY, 9), before)
    await list_papers(database, 1, upvotes=60)
    await list_papers(database, 2, upvotes=40)
    assert await noon(database, DAY) == []
    await change_filter(database, made, "upvotes>=50", DAY)
    await list_papers(database, day=DAY + ONE)
    [changed] = await plan(database, at(DAY + ONE, 12))
    assert (changed.papers, changed.rising) == (ids(1), [])

    await list_papers(database, 2, upvotes=55)
    await list_papers(database, day=DAY + 2 * ONE)
    [risen] = await plan(database, at(DAY + 2 * ONE, 12))
    assert (risen.papers, risen.rising) == (ids(2), ids(2))


async def test_a_filter_that_is_taken_back_brings_no_old_papers(database: Database) -> None:
    made = await create(database, "daily 12:00 on mon-sun", at(DAY, 9), "diffusion")
    await list_papers(database, 1, upvotes=60)
    assert await noon(database, DAY) == []
    await change_filter(database, made, "paper", DAY)
    await list_papers(database, 2, day=DAY + ONE)
    assert await noon(database, DAY + ONE) == ids(2)
    token = await change_filter(database, made, "upvotes>=50", DAY + ONE)
    async with database.write() as session:
        await Subscribing(RULES).undo(session, token, ADA, at(DAY + ONE, 14))
    await list_papers(database, 3, day=DAY + 2 * ONE)

    assert await noon(database, DAY + 2 * ONE) == ids(3)


# The least to post


async def test_too_few_papers_roll_over_until_there_are_enough(database: Database) -> None:
    await subscribe(database, least_papers=3)
    found = []
    for step, numbers in enumerate(([], [1], [2], [3], [])):
        await list_papers(database, *numbers, day=DAY + step * ONE)
        found.append(await noon(database, DAY + step * ONE))

    assert found == [[], [], [], ids(1, 2, 3), []]


async def test_papers_roll_over_a_week_at_the_longest(database: Database) -> None:
    await subscribe(database, least_papers=3)
    await list_papers(database, 1)
    await empty_days(database, DAY + ONE, DAY + 8 * ONE)

    assert [await noon(database, DAY + step * ONE) for step in range(9)] == [*([[]] * 7), ids(1), []]


async def test_rolled_papers_are_told_of_and_not_lost_while_others_come(database: Database) -> None:
    """The first digest already may roll over: what it held back is not taken for old."""
    await subscribe(database, least_papers=2, filter="diffusion")
    await list_papers(database, 1, title="Diffusion")
    await noon(database, DAY)
    await list_papers(database, 2, day=DAY + ONE, title="Diffusion too")

    assert await noon(database, DAY + ONE) == ids(1, 2)
    first, *_ = await planned(database)
    assert first.reason == "1 paper so far, fewer than 2; the next digest has them."


# Vacation


async def test_after_a_vacation_come_the_best_ten(database: Database) -> None:
    number = (await create(database, "daily 12:00 on mon-sun", at(DAY, 6))).id or 0
    await list_papers(database, 1)
    assert await noon(database, DAY) == ids(1)
    back = DAY + 20 * ONE
    async with database.write() as session:
        person = await people.known_person(session, ADA.who or "", None, at(DAY, 13))
        person.vacation_until = back
        own = await subscriptions.owned_by(session, person.who)
        await Subscribing(RULES).go_away(session, own, person, at(DAY, 13))
    for step in range(1, 21):
        await list_papers(database, 100 + step, day=DAY + step * ONE, upvotes=(step * 7) % 20)
        if step < 20:
            assert await noon(database, DAY + step * ONE) == []

    [summed_up] = await plan(database, at(back, 12))
    best = [step for step in range(1, 21) if (step * 7) % 20 >= 10]
    assert (summed_up.papers, summed_up.away) == (ids(*(100 + step for step in best)), True)
    assert len(summed_up.rest) == 10
    assert (await stored_subscription(database, number)).away_since is None
    await list_papers(database, 200, day=back + ONE)
    assert await noon(database, back + ONE) == ids(200)


async def test_a_vacation_of_months_is_summed_up_whole(database: Database) -> None:
    await subscribe(database, seen=1, first_day=DAY - 70 * ONE, away_since=DAY - 60 * ONE)
    for step in range(60):
        await list_papers(database, 100 + step, day=DAY - step * ONE, upvotes=step)
    async with database.write() as session:  # as if an earlier release had been seen
        edition = await session.get_one(Edition, DAY - 59 * ONE)
        edition.released_at = at(DAY - 59 * ONE, 12)
        (await session.get_one(Paper, ids(159)[0])).release = 1

    assert sorted(await noon(database, DAY)) == ids(*range(149, 159))


async def test_the_longest_vacation_is_summed_up_from_its_first_day(database: Database) -> None:
    """As a digest of that day would have done, it looks two weeks back from there."""
    went = DAY - LONGEST_VACATION * ONE
    await subscribe(database, first_day=went - 30 * ONE, away_since=went)
    for number, day in enumerate((went - 15 * ONE, went - 14 * ONE, went, DAY - 20 * ONE, DAY), 1):
        await list_papers(database, number, day=day)

    assert await noon(database, DAY) == ids(2, 3, 4, 5)


async def test_the_longest_vacation_gives_again_nothing_that_came_before_it(database: Database) -> None:
    number = (await create(database, "daily 12:00 on mon-sun", at(DAY, 6), "upvotes>=5")).id or 0
    await list_papers(database, 1)
    assert await noon(database, DAY) == ids(1)
    back = DAY + LONGEST_VACATION * ONE
    async with database.write() as session:
        row = await session.get_one(Subscription, number)
        row.away_since, row.next_due_at = DAY + ONE, at(back, 12)
    await list_papers(database, 2, day=DAY + ONE)
    await list_papers(database, 3, day=back)

    assert await noon(database, back) == ids(2, 3)


# Each edition


async def test_each_edition_comes_as_soon_as_it_has_settled(database: Database) -> None:
    await subscribe(database, cadence=Cadence.EACH, local_time=time(9), next_due_at=at(DAY, 12))
    assert await plan(database, at(DAY, 9)) == []
    await list_papers(database, 1)
    assert [row.papers for row in await plan(database, at(DAY, 9, 20))] == [ids(1)]
    assert await plan(database, at(DAY, 12)) == []

    await list_papers(database, 2, day=DAY + ONE)
    assert [row.papers for row in await plan(database, at(DAY + ONE, 8))] == [ids(2)]


async def test_on_a_quiet_day_each_edition_waits_for_the_next(database: Database) -> None:
    await subscribe(database, cadence=Cadence.EACH, quiet="thu", next_due_at=at(DAY, 12), first_day=DAY)
    for step in range(3):
        await list_papers(database, step + 1, day=DAY + step * ONE)
        rows = await plan(database, at(DAY + step * ONE, 12))
        assert [row.papers for row in rows] == [[ids(1)], [], [ids(2, 3)]][step]
