"""Subscriptions in the store: who is due, and who is paused."""

from datetime import timedelta

from storage import subscriptions
from storage.database import Database
from storage.models import SubscriptionState
from tests.factories import NOON, PLACE
from tests.stored import subscribe


async def test_who_is_due(database: Database) -> None:
    hour = timedelta(hours=1)
    for changes in (
        {"next_due_at": NOON},
        {"next_due_at": NOON + hour},
        {"next_due_at": NOON - hour, "state": SubscriptionState.PAUSED},
        {"next_due_at": NOON - hour},
    ):
        await subscribe(database, **changes)

    async def due(after: int = 0, limit: int = 10) -> list[int | None]:
        async with database.write() as session:
            return [row.id for row in await subscriptions.due_subscriptions(session, NOON, after, limit)]

    assert await due() == [1, 4]
    assert await due(after=1) == [4]
    assert await due(limit=1) == [1]
    async with database.read() as session:
        assert [row.id for row in await subscriptions.all_subscriptions(session)] == [1, 2, 3, 4]


async def test_a_place_that_closed_its_door_is_paused_as_a_whole(database: Database) -> None:
    mine = await subscribe(database)
    second = await subscribe(database)
    by_hand = await subscribe(database, state=SubscriptionState.PAUSED, reason="by hand")
    elsewhere = await subscribe(database, place="discord:1234")
    async with database.write() as session:
        await subscriptions.pause_place(session, PLACE, "the channel is archived")

    async with database.read() as session:
        rows = {row.id: (row.state, row.reason) for row in await subscriptions.all_subscriptions(session)}
    assert rows == {
        mine: (SubscriptionState.PAUSED, "the channel is archived"),
        second: (SubscriptionState.PAUSED, "the channel is archived"),
        by_hand: (SubscriptionState.PAUSED, "by hand"),
        elsewhere: (SubscriptionState.ACTIVE, None),
    }
