"""What is kept no longer."""

from datetime import timedelta

from sqlmodel import select

from storage.database import Database
from storage.forgetting import ENDED_KEPT, SKIPPED_KEPT, forget_old
from storage.models import Change, Delivery, DeliveryState, Subscription, SubscriptionState
from tests.factories import DAY, at, make_subscription

NOW = at(DAY, 12)


async def test_a_deleted_subscription_is_forgotten_after_a_month_with_all_that_hangs_on_it(
    database: Database,
) -> None:
    async with database.write() as session:
        for days in (30, 32):
            ended = make_subscription(state=SubscriptionState.ENDED, ended_at=NOW - timedelta(days=days))
            session.add(ended)
            await session.flush()
            session.add(
                Change(token=f"{days}", subscription_id=ended.id or 0, place="p", at=NOW, what="made it")
            )
            session.add(_delivery(ended.id, DeliveryState.SENT, timedelta(days=40)))
        session.add(make_subscription())
    assert timedelta(days=31) == ENDED_KEPT

    async with database.write() as session:
        assert await forget_old(session, NOW) == 1
    async with database.read() as session:
        assert len(list(await session.exec(select(Subscription)))) == 2
        assert [change.token for change in await session.exec(select(Change))] == ["30"]
        assert len(list(await session.exec(select(Delivery)))) == 1


async def test_the_reason_for_a_silence_is_kept_for_three_months_and_what_was_sent_for_good(
    database: Database,
) -> None:
    async with database.write() as session:
        for state in (DeliveryState.SKIPPED, DeliveryState.SENT):
            for age in (SKIPPED_KEPT - timedelta(days=1), SKIPPED_KEPT + timedelta(days=1)):
                session.add(_delivery(None, state, age))

    async with database.write() as session:
        assert await forget_old(session, NOW) == 1
        assert await forget_old(session, NOW) == 0
    async with database.read() as session:
        left = [delivery.state for delivery in await session.exec(select(Delivery))]
    assert sorted(left) == [DeliveryState.SENT, DeliveryState.SENT, DeliveryState.SKIPPED]


def _delivery(number: int | None, state: DeliveryState, age: timedelta) -> Delivery:
    return Delivery(
        subscription_id=number, place="console:", local_date=DAY, state=state, created_at=NOW - age
    )
