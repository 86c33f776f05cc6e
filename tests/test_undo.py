"""Undo: a change is taken back by who made it, within a week, the last one first."""

from datetime import time, timedelta

import pytest

from bot.subscribing import UNDO, NotUndoneError
from storage.database import Database
from storage.models import (
    Delivery,
    DeliveryState,
    Style,
    Subscription,
    SubscriptionState,
)
from tests.factories import DAY, at
from tests.life import PLACE, SIX, WHO, Life
from tests.stored import planned, reserve

ONE = timedelta(days=1)


@pytest.fixture
def life(database: Database) -> Life:
    return Life(database)


async def test_what_was_made_is_gone_again(life: Life, database: Database) -> None:
    token = await life.make()
    await reserve(database, 1, place=PLACE, subscription_id=1)
    undone = await life.undo(token)
    assert (undone.state, undone.ended_at) == (SubscriptionState.ENDED, SIX)
    async with database.read() as session:
        assert (await session.get_one(Delivery, 1)).state is DeliveryState.SKIPPED
    assert await life.audit() == [("made it", WHO, True)]


async def test_what_was_paused_and_changed_in_one_go_is_as_before_in_one_go(
    life: Life, database: Database
) -> None:
    await life.make()
    before = await life.row()
    async with database.write() as session:
        kept = await session.get_one(Subscription, 1)
        first = await life.subscribing.pause(session, kept, life.author, SIX)
        then = await life.subscribing.change(session, kept, {"filter": "y"}, life.author, "changed it", SIX)
        assert first is not None
        assert then is not None
        token = (await life.subscribing.as_one(session, first, then)).token
    await life.undo(token)
    assert await life.row() == before
    assert [what for what, _, _ in await life.audit()] == ["made it", "paused it, changed it"]


async def test_what_was_changed_is_as_before(life: Life) -> None:
    await life.make()
    before = await life.row()
    token = await life.change(
        filter="y",
        local_time=time(11, 30),
        zone="Asia/Tokyo",
        max_papers=3,
        style=Style.THREAD,
        weekdays="mon",
    )
    await life.undo(token)
    assert await life.row() == before


@pytest.mark.parametrize("step", ["pause", "end"])
async def test_only_what_the_change_itself_dropped_is_planned_again(
    life: Life, database: Database, step: str
) -> None:
    """Not what an earlier pause has dropped for good."""
    await life.make()
    await reserve(database, 1, place=PLACE, subscription_id=1)
    await life.pause(at(DAY, 7))
    await life.resume(at(DAY, 7, 30))
    await reserve(database, 2, place=PLACE, subscription_id=1, local_date=DAY + ONE)
    token = await getattr(life, step)(at(DAY, 8))
    await life.undo(token, at(DAY, 8, 30))

    assert [row.state for row in await planned(database)] == [DeliveryState.SKIPPED, DeliveryState.PENDING]


async def test_what_was_deleted_goes_on(life: Life) -> None:
    await life.make()
    token = await life.end(at(DAY, 7))
    assert (await life.row()).ended_at == at(DAY, 7)
    await life.undo(token, at(DAY, 8))
    row = await life.row()
    assert (row.state, row.ended_at, row.next_due_at) == (SubscriptionState.ACTIVE, None, at(DAY, 9))


async def test_what_was_paused_or_resumed_is_not_any_more(life: Life) -> None:
    await life.make()
    await life.undo(await life.pause())
    assert (await life.row()).state is SubscriptionState.ACTIVE
    await life.pause()
    await life.undo(await life.resume())
    assert (await life.row()).state is SubscriptionState.PAUSED


async def test_changes_are_taken_back_from_the_last_to_the_first(life: Life) -> None:
    first = await life.make()
    second = await life.change(max_papers=5)
    third = await life.change(max_papers=7)
    with pytest.raises(NotUndoneError, match="it has been changed again since"):
        await life.undo(second)
    assert (await life.undo(third)).max_papers == 5
    assert (await life.undo(second)).max_papers is None
    assert (await life.undo(first)).state is SubscriptionState.ENDED


async def test_a_change_is_taken_back_once(life: Life) -> None:
    await life.make()
    token = await life.change(max_papers=5)
    await life.undo(token)
    with pytest.raises(NotUndoneError, match="that was undone before"):
        await life.undo(token)


async def test_and_within_a_week(life: Life) -> None:
    await life.make()
    token = await life.change(max_papers=5)
    with pytest.raises(NotUndoneError, match="too long ago"):
        await life.undo(token, SIX + UNDO + timedelta(seconds=1))
    assert (await life.row()).max_papers == 5
    await life.undo(token, SIX + UNDO)


@pytest.mark.parametrize("who", ["slack:T1:U2", "slack:T2:U1", "discord:U1", None])
async def test_and_by_who_made_it(life: Life, who: str | None) -> None:
    await life.make()
    token = await life.change(max_papers=5)
    with pytest.raises(NotUndoneError, match="no change of yours"):
        await Life(life.database, who).undo(token)
    assert (await life.row()).max_papers == 5


@pytest.mark.parametrize("token", ["", "0123456789abcdef", "' OR 1=1 --"])
async def test_a_token_that_was_guessed_undoes_nothing(life: Life, token: str) -> None:
    await life.make()
    with pytest.raises(NotUndoneError):
        await life.undo(token)


async def test_it_does_not_send_a_date_twice(life: Life) -> None:
    await life.make()
    token = await life.change(local_time=time(8))
    async with life.database.write() as session:
        row = await session.get_one(Subscription, 1)
        row.planned_through, row.next_due_at = DAY, at(DAY + ONE, 8)
    await life.undo(token, at(DAY, 8, 30))
    assert await life.due() == at(DAY + ONE, 9)
