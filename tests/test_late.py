"""Papers that come late: to which thread they are added, and when to none."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.late import thread_for
from storage.database import Database
from storage.models import Delivery, Part, Subscription
from tests.at_work import AtWork, at_work
from tests.factories import DAY, RULES, at, make_delivery
from tests.someone import reader, stage_over
from tests.stored import all_rows, ids, list_papers, planned

ONE = timedelta(days=1)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[AtWork]:
    async with at_work(f"sqlite:///{tmp_path / 'papers.db'}") as working:
        yield working


async def posts(bot: AtWork) -> list[tuple[list[str], date | None]]:
    """The papers of each delivery, and for what was added to a thread the date of the digest above it."""
    rows = {row.id: row for row in await planned(bot.database)}
    return [(row.papers, rows[row.thread_of].local_date if row.thread_of else None) for row in rows.values()]


async def live(bot: AtWork, hour: int, days: int) -> None:
    """Come to an hour and to the evening of some days, each with a list of one paper; that of `DAY` has got
    one more by the evening of the last of them."""
    for step in range(days):
        await bot.moment(DAY + step * ONE, hour)
        await list_papers(bot.database, step + 1, day=DAY + step * ONE)
        await bot.moment(DAY + step * ONE, max(hour, 9))
    await list_papers(bot.database, 9)
    await bot.moment(DAY + (days - 1) * ONE, 18)


# The thread of their day

ON_THE_DAY = ("each in UTC", 0), ("daily 09:00 on mon-sun in UTC", 9)
THE_DAY_AFTER = ("daily 09:00 on mon-sun in Asia/Tokyo", 0), ("daily 08:00 on mon-sun in Europe/Paris", 6)


@pytest.mark.parametrize(("when", "hour"), ON_THE_DAY)
@pytest.mark.parametrize("days", [1, 2])
async def test_it_joins_the_thread_of_its_list(bot: AtWork, when: str, hour: int, days: int) -> None:
    await bot.subscribe(bot.slack.place, "", f"{when} late append")
    await live(bot, hour, days)

    assert [row for row in await posts(bot) if row[0]] == [
        *((ids(step + 1), None) for step in range(days)),
        (ids(9), DAY),
    ]


@pytest.mark.parametrize(("when", "hour"), THE_DAY_AFTER)
async def test_where_a_digest_holds_the_list_of_the_day_before_it_joins_that_thread(
    bot: AtWork, when: str, hour: int
) -> None:
    await bot.subscribe(bot.slack.place, "", f"{when} late append")
    await live(bot, hour, 3)

    assert [row for row in await posts(bot) if row[0]] == [
        (ids(1), None),
        (ids(2), None),
        (ids(9), DAY + ONE),
    ]


@pytest.mark.parametrize(("when", "hour"), THE_DAY_AFTER)
async def test_it_does_not_come_before_its_list(bot: AtWork, when: str, hour: int) -> None:
    """The digest of that date stands there, but with the list of the day before."""
    bot.clock.now = at(DAY - ONE, 7)
    await bot.subscribe(bot.slack.place, "", f"{when} late append")
    await list_papers(bot.database, 7, day=DAY - ONE)
    await live(bot, hour, 1)
    await bot.moment(DAY + ONE, hour)

    assert await posts(bot) == [(ids(7), None), (ids(1, 9), None)]


async def test_it_joins_what_a_catch_up_holds(bot: AtWork) -> None:
    await bot.subscribe(bot.slack.place, "", "daily 09:00 on mon-sun in UTC late append")
    await list_papers(bot.database, 1)
    await bot.moment(DAY, 9)
    await list_papers(bot.database, 2, day=DAY + ONE)
    await list_papers(bot.database, 3, day=DAY + 2 * ONE)
    await bot.moment(DAY + 2 * ONE, 9)
    await list_papers(bot.database, 9, day=DAY + ONE)
    await bot.moment(DAY + 2 * ONE, 18)

    assert await posts(bot) == [(ids(1), None), (ids(2, 3), None), (ids(9), DAY + 2 * ONE)]


async def test_where_the_head_did_not_arrive_that_is_said(bot: AtWork) -> None:
    """The platform refused the head and took the papers; the subscription has not ended."""
    await bot.subscribe(bot.slack.place, "", "daily 09:00 on mon-sun in UTC late append")
    await list_papers(bot.database, 1)
    await bot.moment(DAY, 9)
    async with bot.database.write() as session:
        for part in await all_rows(session, Part):
            part.ref = None
    await list_papers(bot.database, 9)
    [skipped] = await bot.moment(DAY, 18)
    assert skipped.reason == "The first message of the thread that this was to join did not arrive."

    await list_papers(bot.database, 2, day=DAY + ONE)
    await bot.moment(DAY + ONE, 9)
    assert (await posts(bot))[-1] == (ids(9, 2), None)


# Not while nothing is wanted


async def test_on_vacation_it_is_left_to_what_sums_that_up(database: Database) -> None:
    async with stage_over(database) as stage:
        ana = reader(stage)
        assert "is set up" in await ana.say("subscribe paper daily 09:00 on mon-sun style thread late append")
        await list_papers(database, 1)
        assert len(await stage.come(DAY, 9)) == 2
        await ana.say(f"vacation until {DAY + 2 * ONE}")
        await list_papers(database, 2)
        assert await stage.come(DAY + ONE, 12) == []
        await list_papers(database, day=DAY + 2 * ONE)
        [head, *cards] = await stage.come(DAY + 2 * ONE, 12)
        assert "While you were away" in head
        assert ["Paper 2" in card for card in cards] == [True]


@pytest.mark.parametrize(
    ("quiet", "hour", "joins"),
    [
        pytest.param("thu", 10, False, id="a-quiet-day"),
        pytest.param("wed", 10, True, id="another-day"),
        pytest.param("fri", 10, True, id="not-yet-there"),
        pytest.param("fri", 16, False, id="in-tokyo-friday-has-begun"),
    ],
)
async def test_on_a_quiet_day_it_is_left_to_the_next_digest(
    bot: AtWork, quiet: str, hour: int, joins: bool
) -> None:
    """It comes on Thursday; days begin where the reader is."""
    number = await bot.subscribe(bot.slack.place, "", "daily 17:00 on mon-sun in Asia/Tokyo late append")
    await list_papers(bot.database, 1)
    await bot.moment(DAY, 9)
    async with bot.database.write() as session:
        (await session.get_one(Subscription, number)).quiet = quiet
    await list_papers(bot.database, 9)
    await bot.moment(DAY + ONE, hour)

    assert ((ids(9), DAY) in await posts(bot)) is joins


# Which thread


def digest(wanted: date, due: int = 9, **changes: Any) -> Delivery:
    """One that looked for an edition; its date is that of its hour in UTC."""
    row = {"local_date": wanted, "due_at": at(wanted, due), "late_before": wanted}
    return make_delivery(**row | changes)


TUE, WED, THU, FRI = (DAY + step * ONE for step in range(-1, 3))
DAILY = [(digest(day), number) for number, day in enumerate((TUE, WED, FRI), 1)]
WEEKLY = [
    (digest(day, late_before=day - 6 * ONE), number) for number, day in enumerate((TUE, TUE + 7 * ONE), 1)
]


@pytest.mark.parametrize(
    ("day", "digests", "thread"),
    [
        pytest.param(WED, DAILY, 2, id="of-the-day"),
        pytest.param(THU, DAILY, 3, id="without-a-digest-of-its-own-the-next-held-it"),
        pytest.param(FRI + ONE, DAILY, None, id="still-to-come"),
        pytest.param(WED, [(digest(TUE), 1), (digest(WED), None), (digest(THU), 3)], None, id="no-thread"),
        pytest.param(WED, [(digest(WED), 1), (digest(WED, 23, local_date=THU), 2)], 1, id="the-first-of-two"),
        pytest.param(WED, WEEKLY, 2, id="a-week-s"),
        pytest.param(TUE, WEEKLY, 1, id="the-last-day-of-a-week"),
        pytest.param(THU, [(digest(THU, due_at=at(TUE, 12)), 1)], 1, id="each-after-an-outage"),
        pytest.param(WED, [(digest(WED, due_at=None, late_before=None), 1)], 1, id="kept-long-ago"),
    ],
)
def test_the_thread_in_which_a_day_stands(
    day: date, digests: list[tuple[Delivery, int | None]], thread: int | None
) -> None:
    assert thread_for(day, digests, RULES) == thread
