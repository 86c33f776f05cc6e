"""The ledger: what a place was given, and that a subscription has one delivery a date."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import deliveries, plans
from storage.database import Database
from storage.ledgers import ledgers_of
from storage.models import DeliveryState, Part, PartKind, PartState
from tests.factories import DAY, PLACE, make_delivery, make_parts, paper_id
from tests.stored import ids, keep, planned, reserve, subscribe

ELSEWHERE = "discord:1234"


async def test_a_subscription_has_one_delivery_a_date(database: Database) -> None:
    mine, yours = await subscribe(database), await subscribe(database)
    await reserve(database, 1, subscription_id=mine)
    await reserve(database, 1, subscription_id=yours)
    await reserve(database, 2, subscription_id=mine, local_date=DAY + timedelta(days=1))

    with pytest.raises(IntegrityError):
        await reserve(database, 3, subscription_id=mine)
    async with database.read() as session:
        reserved = await plans.reserved(session, [mine, yours], [DAY, DAY + timedelta(days=1)])
    assert reserved == {(mine, DAY), (yours, DAY), (mine, DAY + timedelta(days=1))}


async def test_deliveries_by_hand_may_share_a_date(database: Database) -> None:
    """What a person asked for, or what was added late, is not the digest of its date."""
    number = await subscribe(database)
    await reserve(database, 1, subscription_id=number)
    assert await reserve(database, 2, subscription_id=number, by_hand=True) < await reserve(
        database, 3, subscription_id=number, by_hand=True
    )
    assert await reserve(database, 1) < await reserve(database, 1)
    async with database.read() as session:
        assert await plans.reserved(session, [number], [DAY]) == {(number, DAY)}


async def ledger(database: Database, number: int, since: date = DAY) -> tuple[list[str], list[str]] | None:
    """What a subscription has got, and what failed digests have lost; None where it never had one."""
    async with database.read() as session:
        found = (await ledgers_of(session, [number], since)).get(number)
    return (sorted(found.given), sorted(found.lost)) if found else None


async def test_a_subscription_s_ledger(database: Database) -> None:
    mine, yours = await subscribe(database), await subscribe(database)
    assert await ledger(database, mine) is None

    await reserve(database, 9, subscription_id=mine, state=DeliveryState.SKIPPED)  # dropped by a pause
    assert await ledger(database, mine) == ([], [])
    await reserve(database, 1, subscription_id=mine, by_hand=True, rest=ids(2))
    await reserve(database, 3, subscription_id=mine, by_hand=True, state=DeliveryState.SENT)
    await reserve(database, 4, subscription_id=yours)
    assert await ledger(database, mine) == (ids(1, 2, 3), [])
    assert await ledger(database, mine, since=DAY + timedelta(days=1)) is None


async def test_a_digest_that_failed_has_given_what_was_sent_of_it(database: Database) -> None:
    number = await subscribe(database)
    delivery, parts = make_delivery(1, 2, subscription_id=number, rest=ids(3)), make_parts(1, 2)
    delivery.state = DeliveryState.FAILED
    parts[0].state = parts[1].state = PartState.SENT
    async with database.write() as session:
        await keep(session, delivery, parts)
    assert await ledger(database, number) == (ids(1), ids(2, 3))

    await reserve(database, 2, subscription_id=number, by_hand=True)
    assert await ledger(database, number) == (ids(1, 2), ids(3))


async def test_what_was_sent_of_an_envelope_counts_for_all_that_it_holds(database: Database) -> None:
    mine, yours = await subscribe(database), await subscribe(database)
    envelope, parts = make_delivery(state=DeliveryState.FAILED), make_parts(1, 2)
    parts[0].state = parts[1].state = PartState.SENT
    async with database.write() as session:
        await keep(session, envelope, parts)
    held = {"envelope": envelope.token, "state": DeliveryState.FAILED}
    await reserve(database, 1, subscription_id=mine, **held)
    await reserve(database, 1, 2, subscription_id=yours, **held)

    assert await ledger(database, mine) == (ids(1), [])
    assert await ledger(database, yours) == (ids(1), ids(2))


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
        await keep(session, delivery, parts)
    await reserve(database, 4, place=ELSEWHERE)
    async with database.write() as session:
        await keep(session, make_delivery(state=DeliveryState.SKIPPED), [])

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
