"""A delivery that this version cannot read stops nothing else, and waits for a while for one that can."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from storage import claims
from storage.claims import Claimant
from storage.database import Database
from storage.models import DeliveryState
from storage.unreadable import AGAIN_IN, KEPT_FOR, REASON
from tests.at_work import at_work
from tests.factories import DAY, NOON, at
from tests.stored import list_papers, reserve, subscribe

BROKEN = {
    "an-unknown-style": "style = 'poster'",
    "no-json": "papers = '{'",
    "null": "papers = 'null'",
    "no-list": "rest = '7'",
    "no-texts": "rising = '[{}]'",
}


async def raw(database: Database, statement: str) -> list[tuple[object, ...]]:
    """Past all that reads or checks a row."""
    async with database.write() as session:
        done = await (await session.connection()).execute(text(statement))
        return [tuple(row) for row in done] if done.returns_rows else []


async def claim(database: Database, now: datetime) -> list[int]:
    claimant = Claimant(f"me-{now}", now, timedelta(minutes=5), lambda _: True)
    taken = await database.change(lambda session: claims.claim(session, claimant, 10))
    return [delivery.id for delivery in taken]


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_it_is_left_for_later_and_then_for_good(database: Database, broken: str) -> None:
    if broken == BROKEN["no-json"] and not database.is_sqlite:
        pytest.skip("PostgreSQL keeps no such text")
    number = await reserve(database, 1)
    other = await reserve(database, 2, place="slack:C2")
    await raw(database, f"UPDATE delivery SET {broken} WHERE id = {number}")

    assert await claim(database, NOON) == [other]
    state = f"SELECT state, reason, owner FROM delivery WHERE id = {number}"
    assert await raw(database, state) == [("pending", REASON, None)]
    assert await claim(database, NOON + AGAIN_IN - timedelta(seconds=1)) == [other]

    await raw(database, f"UPDATE delivery SET state = 'sent' WHERE id = {other}")
    assert await claim(database, NOON + KEPT_FOR) == []
    assert await raw(database, state) == [("failed", REASON, None)]


async def test_what_it_holds_ends_with_it(database: Database) -> None:
    """Else its papers would count as on their way for ever."""
    subscription = await subscribe(database)
    envelope = await reserve(database, 1, token="e" * 16)
    share = {"state": DeliveryState.ENCLOSED, "envelope": "e" * 16, "subscription_id": subscription}
    held = await reserve(database, 1, **share)
    await raw(database, f"UPDATE delivery SET style = 'poster' WHERE id = {envelope}")
    for moment in (NOON, NOON + KEPT_FOR):
        assert await claim(database, moment) == []
    assert await raw(database, f"SELECT state, reason FROM delivery WHERE id = {held}") == [
        ("failed", REASON)
    ]


async def test_the_time_it_waits_begins_with_the_first_that_cannot_read_it(database: Database) -> None:
    """However long the platform was down before."""
    number = await reserve(database, 1, failing_since=NOON - 2 * KEPT_FOR)
    await raw(database, f"UPDATE delivery SET style = 'poster' WHERE id = {number}")
    assert await claim(database, NOON) == []
    assert await raw(database, f"SELECT state FROM delivery WHERE id = {number}") == [("pending",)]


async def test_a_newer_version_may_take_it_meanwhile(database: Database) -> None:
    number = await reserve(database, 1)
    await raw(database, f"UPDATE delivery SET style = 'poster' WHERE id = {number}")
    assert await claim(database, NOON) == []
    await raw(database, f"UPDATE delivery SET style = 'thread' WHERE id = {number}")
    assert await claim(database, NOON + AGAIN_IN) == [number]


async def test_a_paper_that_cannot_be_read_holds_back_who_wants_it_and_nobody_else(database_url: str) -> None:
    async with at_work(database_url) as bot:
        for place, filter_text in ((bot.slack.direct, "one"), (bot.slack.place, "two")):
            await bot.subscribe(place, filter_text)
        await list_papers(bot.database, 1, title="Paper 1, the one")
        await list_papers(bot.database, 2, title="Paper 2, the two")
        bot.clock.now = at(DAY, 9)
        await bot.app.planner.plan_due(bot.clock())
        await raw(bot.database, "UPDATE paper SET authors = '7' WHERE title LIKE 'Paper 1%'")
        sent = {outcome.place: outcome.state.value for outcome in await bot.app.sender.send_open()}
    assert sent == {str(bot.slack.direct): "failed", str(bot.slack.place): "sent"}
