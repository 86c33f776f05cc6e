"""Somebody changes how often a digest comes: no list is left out, and none comes twice."""

from datetime import date, datetime, timedelta

import pytest

from bot.columns import columns_of
from bot.subscribing import Subscribing
from bot.wishes import wish_in
from storage.database import Database
from storage.models import Subscription
from tests.factories import DAY, RULES, at
from tests.planning import ADA, ONE, create, plan
from tests.someone import reader, stage_over
from tests.stored import ids, list_papers

MONDAY = DAY - 2 * ONE
TIMES = (
    "daily 09:00 on mon-sun in Asia/Tokyo",
    "daily 08:00 on mon-sun in Europe/Berlin",
    "daily 18:00 on mon-sun in UTC",
    "weekly wed 09:00 in Asia/Tokyo",
)


async def change(database: Database, text: str, now: datetime) -> datetime:
    """Change subscription 1 as a person does; when it is due then."""
    async with database.write() as session:
        kept = await session.get_one(Subscription, 1)
        values = columns_of(wish_in(text), None, kept)
        await Subscribing(RULES).change(session, kept, values, ADA, "changed", now)
        return kept.next_due_at


async def live(
    database: Database, first: date, days: int, changes: dict[datetime, str]
) -> dict[str, datetime]:
    """Live through some days from an hour of the first one on, each with a list of one paper that settles at
    nine; when each paper came."""
    came: dict[str, datetime] = {}
    for step in range(24 * days):
        now = at(first, 0) + timedelta(hours=step)
        if now.hour == 9:
            await list_papers(database, now.day, day=now.date())
        if text := changes.get(now):
            await change(database, text, now)
        for row in await plan(database, now):
            assert not came.keys() & set(row.papers), "a paper came twice"
            came |= dict.fromkeys(row.papers, now)
    return came


@pytest.mark.parametrize("hour", [2, 8, 11, 20])
@pytest.mark.parametrize("timed", TIMES)
async def test_from_a_time_of_day_to_each_edition(database: Database, timed: str, hour: int) -> None:
    await create(database, timed, at(MONDAY, 0))
    came = await live(database, MONDAY, 6, {at(DAY + ONE, hour): "each"})

    on = DAY + ONE if hour < 9 else DAY + 2 * ONE
    for step in range((MONDAY + 6 * ONE - on).days):
        assert came[ids((on + step * ONE).day)[0]].date() == on + step * ONE
    assert sorted(came) == sorted(ids(*((MONDAY + step * ONE).day for step in range(6))))


@pytest.mark.parametrize("hour", [2, 8, 11, 20])
@pytest.mark.parametrize("timed", TIMES)
async def test_from_each_edition_to_a_time_of_day_and_back(database: Database, timed: str, hour: int) -> None:
    await create(database, "each", at(MONDAY, 0))
    changes = {at(DAY, hour): timed, at(DAY + 2 * ONE, hour): "each"}
    came = await live(database, MONDAY, 6, changes)

    assert sorted(came) == sorted(ids(*((MONDAY + step * ONE).day for step in range(6))))


@pytest.mark.parametrize(
    ("zone", "hour", "due"),
    [
        pytest.param("UTC", "09:00", at(DAY + ONE, 9), id="tomorrow"),
        pytest.param("Asia/Tokyo", "09:00", at(DAY + 2 * ONE, 0), id="not-in-the-morning-after-it"),
        pytest.param("Europe/Berlin", "08:00", at(DAY + 2 * ONE, 6), id="nor-early-in-europe"),
    ],
)
async def test_a_digest_waits_for_an_edition_that_did_not_come_yet(
    database: Database, zone: str, hour: str, due: datetime
) -> None:
    await create(database, "each", at(DAY, 0))
    await list_papers(database, 1)
    await plan(database, at(DAY, 9))

    assert await change(database, f"daily {hour} on mon-sun in {zone}", at(DAY, 10)) == due


async def test_to_try_each_edition_and_take_that_back_changes_nothing(database: Database) -> None:
    daily = "daily 09:00 on mon-sun in Asia/Tokyo"
    await create(database, daily, at(DAY, 0))
    due = await change(database, "least 2", at(DAY, 10))
    await change(database, "each", at(DAY, 10))

    assert await change(database, daily, at(DAY, 10)) == due == at(DAY + ONE, 0)


async def test_from_daily_to_weekly(database: Database) -> None:
    await create(database, "daily 09:00 on mon-sun in UTC", at(MONDAY, 0))
    came = await live(database, MONDAY, 10, {at(DAY, 12): "weekly wed 09:00"})

    assert set(came.values()) == {at(MONDAY, 9), at(MONDAY + ONE, 9), at(DAY, 9), at(DAY + 7 * ONE, 9)}
    assert len(came) == 10


@pytest.mark.parametrize(
    ("change", "hour", "said", "comes"),
    [
        ("daily 09:00", 15, "Next: now, or as soon as the list is complete", True),
        ("each", 15, "Next: now, or as soon as the list is complete", True),
        ("daily 16:00", 15, "Next: Wed 29 Jul 2026, 16:00 UTC", False),
        ("each", 10, "Next: with the next edition, by Wed 29 Jul 2026, 12:00 UTC", True),
    ],
)
async def test_a_receipt_tells_of_what_is_due_at_once(
    database: Database, change: str, hour: int, said: str, comes: bool
) -> None:
    async with stage_over(database) as stage:
        ana = reader(stage)
        stage.clock.now = at(MONDAY, 8)
        await ana.say("subscribe paper weekly mon 09:00")
        for step in range(2):
            await list_papers(database, step + 1, day=MONDAY + step * ONE)
        await stage.come(MONDAY, 9)
        await list_papers(database, 3)
        stage.clock.now = at(DAY, hour)
        assert said in await ana.say(f"edit 1 {change}")
        assert bool(await stage.come(DAY, hour, 1)) is comes
