"""The outbox: each delivery has one sender at a time, and each place gets its deliveries in order."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage import cancelling, deliveries, subscriptions
from storage.database import Database, open_database
from storage.deliveries import Claimant
from storage.models import Delivery, DeliveryState, PartState, Subscription
from tests.conftest import PostgresServer
from tests.factories import DAY, NOON, PLACE, paper_id
from tests.stored import reserve, subscribe

LEASE = timedelta(minutes=5)
ELSEWHERE = "discord:1234"


def claimant(name: str = "me", now: datetime = NOON, dead: Collection[str] = ()) -> Claimant:
    return Claimant(name, now, LEASE, lambda owner: owner in dead)


async def claim(database: Database, who: Claimant | None = None, **options: Any) -> int | None:
    """Claim what may be sent; its number."""
    async with database.write() as session:
        delivery = await deliveries.claim(session, who or claimant(), **options)
    return delivery.id if delivery else None


async def read(database: Database, number: int) -> Delivery:
    async with database.read() as session:
        return await session.get_one(Delivery, number)


async def finish(database: Database, number: int, state: DeliveryState) -> None:
    delivery = await read(database, number)
    delivery.state, delivery.finished_at = state, NOON
    async with database.write() as session:
        assert await deliveries.hand_back(session, delivery)


async def test_a_delivery_from_plan_to_sent(database: Database) -> None:
    number = await reserve(database, 1, 2, by_hand=True)
    async with database.read() as session:
        parts = await deliveries.parts_of(session, number)
        assert [delivery.id for delivery in await deliveries.open_posts(session, PLACE)] == [number]
    assert [(part.position, part.state, part.papers) for part in parts] == [
        (0, PartState.PENDING, []),
        (1, PartState.PENDING, [paper_id(1)]),
        (2, PartState.PENDING, [paper_id(2)]),
    ]

    assert await claim(database) == number
    claimed = await read(database, number)
    assert (claimed.state, claimed.owner, claimed.owner_until) == (DeliveryState.SENDING, "me", NOON + LEASE)

    for part in parts:
        part.state, part.ref, part.sent_at = PartState.SENT, f"ref-{part.position}", NOON
        async with database.write() as session:
            assert await deliveries.renew(session, claimed, NOON + 2 * LEASE)
            await deliveries.mark_part(session, part)
    assert (await read(database, number)).owner_until == NOON + 2 * LEASE

    await finish(database, number, DeliveryState.SENT)
    async with database.read() as session:
        kept = await deliveries.parts_of(session, number)
        assert await deliveries.open_posts(session, PLACE) == []
    assert [(part.state, part.ref, part.sent_at) for part in kept] == [
        (PartState.SENT, f"ref-{position}", NOON) for position in range(3)
    ]
    done = await read(database, number)
    assert (done.state, done.owner, done.owner_until, done.finished_at) == ("sent", None, None, NOON)
    assert await claim(database) is None


async def test_who_holds_a_delivery_holds_it_until_the_claim_ends(database: Database) -> None:
    number = await reserve(database, 1)
    assert await claim(database, claimant("first")) == number
    firsts = await read(database, number)

    just_before = NOON + LEASE - timedelta(microseconds=1)
    assert await claim(database, claimant("second", just_before)) is None
    assert await claim(database, claimant("first", just_before)) is None  # another task of that process
    assert await claim(database, claimant("second", NOON + LEASE)) == number

    seconds = await read(database, number)
    firsts.state = DeliveryState.SENT
    async with database.write() as session:
        assert not await deliveries.renew(session, firsts, NOON + 3 * LEASE)
        assert not await deliveries.hand_back(session, firsts)
        assert await deliveries.renew(session, seconds, NOON + 3 * LEASE)
    assert (await read(database, number)).state is DeliveryState.SENDING


async def test_a_claim_that_has_ended_is_nobodys_of_the_same_process_either(database: Database) -> None:
    """Two tasks of one process, the first of which slept past the end of its claim."""
    number = await reserve(database, 1)
    await claim(database, claimant("me"))
    first = await read(database, number)
    assert await claim(database, claimant("me", NOON + LEASE)) == number

    async with database.write() as session:
        assert not await deliveries.renew(session, first, NOON + 3 * LEASE)


async def test_what_is_planned_ends_with_its_subscription(database: Database) -> None:
    subscription = await subscribe(database)
    planned = await reserve(database, 1, subscription_id=subscription)
    by_hand = await reserve(database, 2, by_hand=True)
    async with database.write() as session:
        await cancelling.cancel_open(session, subscription, "It has ended.", NOON)

    ended = await read(database, planned)
    assert (ended.state, ended.reason, ended.finished_at) == (DeliveryState.SKIPPED, "It has ended.", NOON)
    assert await claim(database) == by_hand


async def test_what_a_dead_process_held_is_taken_over_at_once(database: Database) -> None:
    number = await reserve(database, 1)
    await reserve(database, 2, place=ELSEWHERE)
    assert await claim(database, claimant("living"), only=number + 1) == number + 1
    assert await claim(database, claimant("dead")) == number

    assert await claim(database, claimant("heir", dead={"dead"})) == number
    assert await claim(database, claimant("heir", dead={"dead"})) is None


async def test_a_place_gets_its_deliveries_one_after_the_other(database: Database) -> None:
    first, second, elsewhere = (
        await reserve(database, 1),
        await reserve(database, 2),
        await reserve(database, 3, place=ELSEWHERE),
    )

    assert await claim(database) == first
    assert await claim(database) == elsewhere
    assert await claim(database) is None
    await finish(database, first, DeliveryState.FAILED)
    assert await claim(database) == second


async def test_one_that_waits_keeps_the_later_ones_of_its_place_waiting(database: Database) -> None:
    first = await reserve(database, 1, not_before=NOON + timedelta(minutes=1))
    second = await reserve(database, 2)

    assert await claim(database) is None
    assert await claim(database, only=second) is None
    assert await claim(database, claimant(now=NOON + timedelta(minutes=1))) == first


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        pytest.param({}, 2, id="what-may-go-now"),
        pytest.param({"impatient": True}, 1, id="what-waits-too"),
        pytest.param({"passed_over": {2}}, 3, id="not-that-one"),
        pytest.param({"passed_over": {1, 2, 3}, "impatient": True}, None, id="none-of-them"),
        pytest.param({"only": 3}, 3, id="that-one"),
        pytest.param({"only": 1}, 1, id="that-one-although-it-waits"),
        pytest.param({"only": 4}, None, id="that-one-is-finished"),
        pytest.param({"only": 9}, None, id="no-such-one"),
    ],
)
async def test_which_one_is_taken(database: Database, options: dict[str, Any], taken: int | None) -> None:
    await reserve(database, 1, place="slack:C1", not_before=NOON + timedelta(seconds=1))
    await reserve(database, 2, place="slack:C2", not_before=NOON)
    await reserve(database, 3, place="slack:C3")
    await reserve(database, 4, place="slack:C4", state=DeliveryState.SKIPPED)

    assert await claim(database, **options) == taken


async def test_a_delivery_that_is_put_back_keeps_its_failures(database: Database) -> None:
    number = await reserve(database, 1)
    await claim(database)
    delivery = await read(database, number)
    delivery.state, delivery.attempts, delivery.not_before = DeliveryState.PENDING, 3, NOON + LEASE
    async with database.write() as session:
        assert await deliveries.hand_back(session, delivery)

    back = await read(database, number)
    assert (back.state, back.attempts, back.owner) == (DeliveryState.PENDING, 3, None)
    assert await claim(database) is None
    assert await claim(database, claimant(now=NOON + LEASE)) == number


async def test_two_processes_never_claim_the_same_delivery(
    two_databases: tuple[Database, Database],
) -> None:
    for number in range(40):
        await reserve(two_databases[0], number, place=f"slack:C{number}")

    async def claim_all(database: Database, name: str) -> list[int]:
        taken = []
        while number := await claim(database, claimant(name)):
            taken.append(number)
        return taken

    names = [
        (database, f"{which}.{task}") for which, database in enumerate(two_databases) for task in range(4)
    ]
    taken = await asyncio.gather(*(claim_all(database, name) for database, name in names))

    assert sorted(number for of_one in taken for number in of_one) == list(range(1, 41))


async def test_a_claim_in_progress_keeps_no_other_process_from_the_rest(postgres: PostgresServer) -> None:
    """On PostgreSQL a claim locks one row, not all that it looked at; on SQLite a claim is alone."""
    database = await open_database(postgres.emptied())
    await reserve(database, 1, place="slack:C1")
    await reserve(database, 2, place="slack:C2")

    async with asyncio.timeout(30), database.write() as session:
        first = await deliveries.claim(session, claimant("first"))
        assert await claim(database, claimant("second")) == 2
    assert first is not None
    assert first.id == 1
    await database.close()


async def test_forgetting_a_subscription_keeps_what_a_channel_got(database: Database) -> None:
    number = await subscribe(database)
    delivery = await reserve(database, 1, subscription_id=number)
    async with database.write() as session:
        await session.delete(await session.get_one(Subscription, number))

    assert (await read(database, delivery)).subscription_id is None
    async with database.read() as session:
        assert await subscriptions.subscription_by_id(session, number) is None
        assert await deliveries.papers_given(session, PLACE, DAY) == {paper_id(1)}
    assert await subscribe(database) > number  # a number is never given twice
    assert await claim(database) == delivery


async def test_what_becomes_of_an_envelope_becomes_of_all_that_it_holds(database: Database) -> None:
    envelope = await reserve(database)
    token = (await read(database, envelope)).token
    held = {"envelope": token, "state": DeliveryState.ENCLOSED}
    first, second = await reserve(database, 1, **held), await reserve(database, 2, **held)
    taken_out = await reserve(database, 3, envelope=token, state=DeliveryState.SKIPPED)
    async with database.read() as session:
        assert [row.id for row in await deliveries.enclosed_in(session, token)] == [first, second]

    assert await claim(database) == envelope
    assert await claim(database) is None  # what is enclosed is not sent on its own
    await finish(database, envelope, DeliveryState.SENT)
    async with database.write() as session:
        await deliveries.finish_enclosed(session, await session.get_one(Delivery, envelope))
    assert [(await read(database, number)).state for number in (first, second, taken_out)] == [
        DeliveryState.SENT,
        DeliveryState.SENT,
        DeliveryState.SKIPPED,
    ]
    assert (await read(database, first)).finished_at == NOON


async def test_what_has_begun_is_finished_though_its_subscription_ends(database: Database) -> None:
    number = await subscribe(database)
    begun = await reserve(database, 1, subscription_id=number)
    async with database.write() as session:
        part = (await deliveries.parts_of(session, begun))[0]
        part.state = PartState.SENT
    async with database.write() as session:
        await cancelling.cancel_open(session, number, "It has ended.", NOON)

    assert (await read(database, begun)).state is DeliveryState.PENDING


async def test_what_is_planned_for_a_closed_place_is_given_up(database: Database) -> None:
    here = [await reserve(database, 1), await reserve(database, 2, state=DeliveryState.ENCLOSED)]
    elsewhere = await reserve(database, 3, place=ELSEWHERE)
    async with database.write() as session:
        await cancelling.cancel_place(session, PLACE, "archived", NOON)

    rows = [await read(database, number) for number in here]
    assert [(row.state, row.reason) for row in rows] == [(DeliveryState.FAILED, "archived")] * 2
    assert await claim(database) == elsewhere
