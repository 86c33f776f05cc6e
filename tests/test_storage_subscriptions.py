"""Subscriptions in the store: who is due, and who is paused."""

from datetime import timedelta
from typing import Any

import pytest

from storage import plans, subscriptions
from storage.database import Database, open_database
from storage.models import DeliveryState, SubscriptionState
from tests.factories import DAY, NOON, PLACE
from tests.stored import reserve, subscribe


async def test_who_is_due(database: Database) -> None:
    hour = timedelta(hours=1)
    for changes in (
        {"next_due_at": NOON},
        {"next_due_at": NOON + hour},
        {"next_due_at": NOON - hour, "state": SubscriptionState.PAUSED},
        {"next_due_at": NOON - hour},
        {"next_due_at": NOON - hour, "wait_until": NOON + hour},
        {"next_due_at": NOON - hour, "wait_until": NOON},
    ):
        await subscribe(database, place=f"slack:C{changes}", **changes)

    async def due(after: int = 0, limit: int = 10) -> list[int | None]:
        async with database.write() as session:
            return [row.id for row in await plans.due_subscriptions(session, NOON, after, limit)]

    assert await due() == [1, 4, 6]
    assert await due(after=1) == [4, 6]
    assert await due(limit=1) == [1]
    async with database.read() as session:
        assert [row.id for row in await subscriptions.all_subscriptions(session)] == [1, 2, 3, 4, 5, 6]


async def test_with_one_that_is_due_come_the_others_of_its_place(database: Database) -> None:
    """They travel together, however few are taken at a time."""
    for place in ("slack:C1", "slack:C2", "slack:C1", "slack:C3"):
        await subscribe(database, place=place)
    await subscribe(database, place="slack:C1", next_due_at=NOON + timedelta(hours=1))

    async with database.write() as session:
        assert [row.id for row in await plans.due_subscriptions(session, NOON, 0, 1)] == [1, 3]


async def test_how_far_back_the_papers_of_the_due_ones_go(database: Database) -> None:
    yesterday = DAY - timedelta(days=1)
    await subscribe(database, seen=7, first_day=DAY - timedelta(days=90))
    await subscribe(database, seen=5, first_day=DAY - timedelta(days=80), away_since=yesterday)
    await subscribe(database, seen=0, first_day=DAY)
    await subscribe(database, seen=6, first_day=yesterday, rechecks=True)
    await subscribe(database, seen=1, next_due_at=NOON + timedelta(hours=1))

    async with database.read() as session:
        reach = await plans.reach_of_due(session, NOON, yesterday)
    assert reach == plans.Reach(due=4, seen=5, first_day=yesterday, away_since=yesterday)
    await reserve(database, 1, subscription_id=1, state=DeliveryState.FAILED)
    async with database.read() as session:
        assert (await plans.reach_of_due(session, NOON, yesterday)).failed
        assert not (await plans.reach_of_due(session, NOON, DAY + timedelta(days=1))).failed


@pytest.mark.parametrize(
    ("changes", "covered"),
    [
        ({"seen": 5}, True),
        ({"seen": 9}, True),
        ({"seen": 4}, False),
        ({"seen": 0, "first_day": DAY}, True),
        ({"seen": 0, "first_day": DAY - timedelta(days=1)}, False),
        ({"seen": 7, "rechecks": True, "first_day": DAY - timedelta(days=1)}, False),
        ({"seen": 7, "append_late": True}, True),
        ({"seen": 7, "away_since": DAY}, False),
    ],
    ids=str,
)
async def test_whom_the_papers_of_a_plan_suffice(changes: dict[str, Any], covered: bool) -> None:
    """A subscription may become due while others are planned: it needs no less than if it had been there."""
    database = await open_database("sqlite:///:memory:")
    number = await subscribe(database, **changes)
    async with database.write() as session:
        one = await plans.one_subscription(session, number)
    await database.close()

    assert one is not None
    assert plans.Reach(due=1, seen=5, first_day=DAY, away_since=None).covers(one) is covered


@pytest.mark.parametrize(("days", "covered"), [(30, True), (60, True), (61, False)])
async def test_whose_vacation_the_papers_of_a_plan_suffice(days: int, covered: bool) -> None:
    database = await open_database("sqlite:///:memory:")
    number = await subscribe(database, seen=7, away_since=DAY - timedelta(days=days))
    async with database.write() as session:
        one = await plans.one_subscription(session, number)
    await database.close()

    assert one is not None
    reach = plans.Reach(due=1, seen=5, first_day=None, away_since=DAY - timedelta(days=60))
    assert reach.covers(one) is covered


async def test_whose_subscriptions_and_where(database: Database) -> None:
    mine = await subscribe(database, place="slack:T1/@U1", owner="slack:T1/U1")
    channel = await subscribe(database, owner="slack:T1/U1")
    await subscribe(database, owner="slack:T1/U1", state=SubscriptionState.ENDED)
    theirs = await subscribe(database, owner="slack:T2/U1")

    async with database.read() as session:
        own = await subscriptions.owned_by(session, "slack:T1/U1")
        here = await subscriptions.at_place(session, PLACE)
        standing = await subscriptions.all_subscriptions(session)
    assert [row.id for row in own] == [mine, channel]
    assert [row.id for row in here] == [channel, theirs]
    assert [row.id for row in standing] == [mine, channel, theirs]


async def test_a_place_that_closed_its_door_is_paused_as_a_whole(database: Database) -> None:
    mine = await subscribe(database)
    second = await subscribe(database)
    by_hand = await subscribe(database, state=SubscriptionState.PAUSED, reason="by hand")
    elsewhere = await subscribe(database, place="discord:1234")
    async with database.write() as session:
        paused = await subscriptions.pause_place(session, PLACE, "the channel is archived")
        assert [row.id for row in paused] == [mine, second]

    async with database.read() as session:
        rows = {row.id: (row.state, row.reason) for row in await subscriptions.all_subscriptions(session)}
    assert rows == {
        mine: (SubscriptionState.PAUSED, "the channel is archived"),
        second: (SubscriptionState.PAUSED, "the channel is archived"),
        by_hand: (SubscriptionState.PAUSED, "by hand"),
        elsewhere: (SubscriptionState.ACTIVE, None),
    }
