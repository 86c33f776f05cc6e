"""The ledger: what a place was given, and that a subscription has one delivery a date."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import deliveries
from storage.database import Database
from storage.models import DeliveryState, Part, PartKind, PartState
from tests.factories import DAY, PLACE, make_delivery, make_parts, paper_id
from tests.stored import planned, reserve, subscribe

ELSEWHERE = "discord:1234"


async def test_a_subscription_has_one_delivery_a_date(database: Database) -> None:
    mine, yours = await subscribe(database), await subscribe(database)
    await reserve(database, 1, subscription_id=mine)
    await reserve(database, 1, subscription_id=yours)
    await reserve(database, 2, subscription_id=mine, local_date=DAY + timedelta(days=1))

    with pytest.raises(IntegrityError):
        await reserve(database, 3, subscription_id=mine)
    async with database.read() as session:
        assert await deliveries.is_reserved(session, mine, DAY)
        assert not await deliveries.is_reserved(session, yours, DAY + timedelta(days=1))
        assert len(await deliveries.open_deliveries(session, PLACE)) == 3


async def test_deliveries_by_hand_may_share_a_date(database: Database) -> None:
    assert await reserve(database, 1) < await reserve(database, 1)


@pytest.mark.parametrize(
    ("state", "sent_parts", "given"),
    [
        pytest.param(DeliveryState.PENDING, 0, {1, 2, 3}, id="pending"),
        pytest.param(DeliveryState.SENDING, 1, {1, 2, 3}, id="sending"),
        pytest.param(DeliveryState.SENT, 3, {1, 2, 3}, id="sent"),
        pytest.param(DeliveryState.FAILED, 0, set(), id="failed-before-the-head"),
        pytest.param(DeliveryState.FAILED, 1, set(), id="failed-behind-the-head"),
        pytest.param(DeliveryState.FAILED, 2, {1}, id="failed-behind-a-card"),
    ],
)
async def test_the_papers_that_a_place_was_given(
    database: Database, state: DeliveryState, sent_parts: int, given: set[int]
) -> None:
    delivery, parts = make_delivery(1, 2, rest=[paper_id(3)], state=state), make_parts(1, 2)
    for part in parts[:sent_parts]:
        part.state = PartState.SENT
    async with database.write() as session:
        await deliveries.reserve(session, delivery, parts)
    await reserve(database, 4, place=ELSEWHERE)
    async with database.write() as session:
        await deliveries.reserve(session, make_delivery(state=DeliveryState.SKIPPED), [])

    async with database.read() as session:
        assert await deliveries.papers_given(session, PLACE, DAY) == {paper_id(number) for number in given}
        shown = await deliveries.papers_given(session, PLACE, DAY, rest=False)
        assert shown == {paper_id(number) for number in given - {3}}
        assert await deliveries.papers_given(session, PLACE, DAY + timedelta(days=2)) == set()
        assert await deliveries.papers_given(session, "slack:C0NEW", DAY) == set()


async def test_every_delivery_has_a_token_of_its_own(database: Database) -> None:
    for number in range(20):
        await reserve(database, number)
    tokens = {delivery.token for delivery in await planned(database)}

    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {16}


async def test_parts_of_an_unknown_delivery_are_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(Part(delivery_id=99, position=0, kind=PartKind.HEAD))
