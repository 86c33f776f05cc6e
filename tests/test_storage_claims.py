"""Claims: each delivery has one sender at a time, and each place gets its deliveries in order."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from storage import cancelling, claims, contents, deliveries, subscriptions
from storage.claims import Claimant, Mark
from storage.database import Database, open_database
from storage.models import Delivery, DeliveryState, Part, PartKind, PartState, Subscription
from storage.rows import PartRow
from tests.conftest import PostgresServer
from tests.factories import DAY, NOON, PLACE, paper_id
from tests.stored import reserve, row_of, subscribe

LEASE = timedelta(minutes=5)
ELSEWHERE = "discord:1234"


def claimant(name: str = "me", now: datetime = NOON, dead: Collection[str] = ()) -> Claimant:
    return Claimant(name, now, LEASE, lambda owner: owner in dead)


async def claim(database: Database, who: Claimant | None = None, **options: Any) -> int | None:
    """Claim one delivery that may be sent; its number."""
    numbers = await claim_some(database, who, **options)
    return numbers[0] if numbers else None


async def claim_some(database: Database, who: Claimant | None = None, **options: Any) -> list[int]:
    """Claim what may be sent; the numbers."""
    taken = await database.change(lambda session: claims.claim(session, who or claimant(), **options))
    return [delivery.id for delivery in taken]


async def finish(database: Database, number: int, state: DeliveryState) -> None:
    delivery = await row_of(database, number)
    delivery.state, delivery.finished_at = state, NOON
    assert await write(database, Mark(delivery))


async def write(database: Database, *marks: Mark) -> bool:
    """Write marks; whether all of them were under a claim that stands."""
    return all(await database.change(lambda session: claims.keep_marks(session, marks)))


async def test_a_delivery_from_plan_to_sent(database: Database) -> None:
    number = await reserve(database, 1, 2, by_hand=True)
    parts = await parts_of(database, number)
    async with database.read() as session:
        assert [delivery.id for delivery in await deliveries.open_posts(session, PLACE)] == [number]
    assert [(part.position, part.state, part.papers) for part in parts] == [
        (0, PartState.PENDING, []),
        (1, PartState.PENDING, [paper_id(1)]),
        (2, PartState.PENDING, [paper_id(2)]),
    ]

    assert await claim(database) == number
    claimed = await row_of(database, number)
    assert (claimed.state, claimed.owner_until) == (DeliveryState.SENDING, NOON + LEASE)
    assert (claimed.owner or "").startswith("me:")

    for part in parts:
        part.state, part.ref, part.tried_at, part.sent_at = PartState.SENT, f"ref-{part.position}", NOON, NOON
        assert await write(database, Mark(claimed, part, NOON + 2 * LEASE))
    assert (await row_of(database, number)).owner_until == NOON + 2 * LEASE

    await finish(database, number, DeliveryState.SENT)
    async with database.read() as session:
        assert await deliveries.open_posts(session, PLACE) == []
    assert [
        (part.state, part.ref, part.tried_at, part.sent_at) for part in await parts_of(database, number)
    ] == [(PartState.SENT, f"ref-{position}", NOON, NOON) for position in range(3)]
    done = await row_of(database, number)
    assert (done.state, done.owner, done.owner_until, done.finished_at) == ("sent", None, None, NOON)
    assert await claim(database) is None


async def parts_of(database: Database, number: int) -> list[PartRow]:
    async with database.read() as session:
        return (await session.run_sync(contents.parts_of, [number]))[number]


async def test_the_last_part_ends_the_claim_in_the_same_breath(database: Database) -> None:
    number = await reserve(database, 1)
    await claim(database)
    delivery, parts = await row_of(database, number), await parts_of(database, number)
    parts[1].state, delivery.state, delivery.finished_at = PartState.SENT, DeliveryState.SENT, NOON
    assert await write(database, Mark(delivery, parts[1]))

    assert (await row_of(database, number)).owner is None
    assert (await parts_of(database, number))[1].state is PartState.SENT


async def test_of_many_marks_those_are_kept_whose_claims_stand(database: Database) -> None:
    numbers = [await reserve(database, number, place=f"slack:C{number}") for number in range(4)]
    await claim_some(database, most=4)
    held = [await row_of(database, number) for number in numbers]
    async with database.write() as session:
        (await session.get_one(Delivery, numbers[1])).owner = "another:1"
        await session.delete(await session.get_one(Delivery, numbers[2]))

    marks = []
    for delivery in held:
        head = PartRow(delivery.id, 0, PartKind.HEAD, state=PartState.SENT)
        marks.append(Mark(delivery, head, NOON + 2 * LEASE))
    held_still = await database.change(lambda session: claims.keep_marks(session, marks))
    assert held_still == [True, False, False, True]

    states = [(await parts_of(database, number))[0].state for number in (numbers[0], numbers[1], numbers[3])]
    assert states == [PartState.SENT, PartState.PENDING, PartState.SENT]


async def test_who_holds_a_delivery_holds_it_until_the_claim_ends(database: Database) -> None:
    number = await reserve(database, 1)
    assert await claim(database, claimant("first")) == number
    firsts = await row_of(database, number)

    just_before = NOON + LEASE - timedelta(microseconds=1)
    assert await claim(database, claimant("second", just_before)) is None
    assert await claim(database, claimant("first", just_before)) is None  # another task of that process
    assert await claim(database, claimant("second", NOON + LEASE)) == number

    seconds = await row_of(database, number)
    firsts.state = DeliveryState.SENT
    assert not await write(database, Mark(firsts, None, NOON + 3 * LEASE))
    assert not await write(database, Mark(firsts))
    assert await write(database, Mark(seconds, None, NOON + 3 * LEASE))
    assert (await row_of(database, number)).state is DeliveryState.SENDING


async def test_a_claim_that_has_ended_is_nobodys_of_the_same_process_either(database: Database) -> None:
    """Two tasks of one process, the first of which slept past the end of its claim."""
    number = await reserve(database, 1)
    await claim(database, claimant("me"))
    first = await row_of(database, number)
    assert await claim(database, claimant("me", NOON + LEASE)) == number

    assert not await write(database, Mark(first, None, NOON + 3 * LEASE))


async def test_what_is_planned_ends_with_its_subscription(database: Database) -> None:
    subscription = await subscribe(database)
    planned = await reserve(database, 1, subscription_id=subscription)
    by_hand = await reserve(database, 2, by_hand=True)
    async with database.write() as session:
        await cancelling.cancel_open(session, subscription, "It has ended.", NOON)

    ended = await row_of(database, planned)
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
        pytest.param({}, [2], id="what-may-go-now"),
        pytest.param({"most": 9}, [2, 3], id="all-that-may-go-now"),
        pytest.param({"only": 3}, [3], id="that-one"),
        pytest.param({"only": 1}, [1], id="that-one-although-it-waits"),
        pytest.param({"only": 4}, [], id="that-one-is-finished"),
        pytest.param({"only": 9}, [], id="no-such-one"),
        pytest.param({"most": 9, "full": ["slack:"]}, [], id="that-workspace-has-enough"),
        pytest.param({"most": 9, "room": lambda _: 1}, [2], id="one-of-a-workspace"),
    ],
)
async def test_which_are_taken(database: Database, options: dict[str, Any], taken: list[int]) -> None:
    await reserve(database, 1, place="slack:C1", not_before=NOON + timedelta(seconds=1))
    await reserve(database, 2, place="slack:C2", not_before=NOON)
    await reserve(database, 3, place="slack:C3")
    await reserve(database, 4, place="slack:C4", state=DeliveryState.SKIPPED)

    assert await claim_some(database, **options) == taken


async def test_who_is_in_a_hurry_need_not_wait_for_the_pause(database: Database) -> None:
    number = await reserve(database, 1, not_before=NOON + LEASE)
    assert await claim(database) is None
    async with database.write() as session:
        await claims.hurry(session)
    assert await claim(database) == number


async def test_channels_go_first_and_no_workspace_takes_all_the_room(database: Database) -> None:
    """The oldest are 300 of one workspace, more than one look at the queue shows."""
    flood = [await reserve(database, 1, place=f"slack:T1/@U{number}", direct=True) for number in range(300)]
    other = await reserve(database, 1, place="slack:T2/@U1", direct=True)
    home = await reserve(database, 1, place="slack:@U1", direct=True)
    channel = await reserve(database, 1, place="slack:T1/C1")
    elsewhere = await reserve(database, 1, place=ELSEWHERE)

    taken = await claim_some(
        database, most=10, room=lambda installation: 3 if installation == "slack:T1" else 2
    )

    assert taken == [channel, elsewhere, *flood[:2], other, home]


async def test_nothing_goes_to_a_place_while_a_later_one_is_on_its_way(database: Database) -> None:
    """A delivery that a person has put back is older than what its place gets just now."""
    old = await reserve(database, 1, state=DeliveryState.FAILED)
    await reserve(database, 2)
    assert await claim(database) == old + 1
    async with database.write() as session:
        (await session.get_one(Delivery, old)).state = DeliveryState.PENDING
    assert await claim(database) is None


async def test_a_delivery_that_is_put_back_keeps_its_failures(database: Database) -> None:
    number = await reserve(database, 1)
    await claim(database)
    delivery = await row_of(database, number)
    delivery.state, delivery.attempts, delivery.not_before = DeliveryState.PENDING, 3, NOON + LEASE
    assert await write(database, Mark(delivery))

    back = await row_of(database, number)
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
        (first,) = await session.run_sync(lambda _: claims.claim(session.sync_session, claimant("first")))
        assert await claim(database, claimant("second")) == 2
    assert first.id == 1
    await database.close()


async def test_forgetting_a_subscription_keeps_what_a_channel_got(database: Database) -> None:
    number = await subscribe(database)
    delivery = await reserve(database, 1, subscription_id=number)
    async with database.write() as session:
        await session.delete(await session.get_one(Subscription, number))

    assert (await row_of(database, delivery)).subscription_id is None
    async with database.read() as session:
        assert await subscriptions.subscription_by_id(session, number) is None
        assert await deliveries.papers_given(session, PLACE, DAY) == {paper_id(1)}
    assert await subscribe(database) > number  # a number is never given twice
    assert await claim(database) == delivery


async def test_what_becomes_of_an_envelope_becomes_of_all_that_it_holds(database: Database) -> None:
    envelope = await reserve(database)
    token = (await row_of(database, envelope)).token
    held = {"envelope": token, "state": DeliveryState.ENCLOSED}
    first, second = await reserve(database, 1, **held), await reserve(database, 2, **held)
    taken_out = await reserve(database, 3, envelope=token, state=DeliveryState.SKIPPED)
    async with database.read() as session:
        rows = (await session.run_sync(contents.enclosed_in, [token]))[token]
        assert [row.id for row in rows] == [first, second]

    assert await claim(database) == envelope
    assert await claim(database) is None  # what is enclosed is not sent on its own
    sent = await row_of(database, envelope)
    sent.state, sent.finished_at = DeliveryState.SENT, NOON
    assert await write(database, Mark(sent, encloses=True))
    assert [(await row_of(database, number)).state for number in (first, second, taken_out)] == [
        DeliveryState.SENT,
        DeliveryState.SENT,
        DeliveryState.SKIPPED,
    ]
    assert (await row_of(database, first)).finished_at == NOON


async def test_what_has_begun_is_finished_though_its_subscription_ends(database: Database) -> None:
    number = await subscribe(database)
    begun = await reserve(database, 1, subscription_id=number)
    async with database.write() as session:
        part = await session.get_one(Part, (begun, 0))
        part.state = PartState.SENT
    async with database.write() as session:
        await cancelling.cancel_open(session, number, "It has ended.", NOON)

    assert (await row_of(database, begun)).state is DeliveryState.PENDING


async def test_what_is_planned_for_a_closed_place_is_given_up(database: Database) -> None:
    here = [await reserve(database, 1), await reserve(database, 2, state=DeliveryState.ENCLOSED)]
    elsewhere = await reserve(database, 3, place=ELSEWHERE)
    async with database.write() as session:
        await cancelling.cancel_place(session, PLACE, "archived", NOON)

    rows = [await row_of(database, number) for number in here]
    assert [(row.state, row.reason) for row in rows] == [(DeliveryState.FAILED, "archived")] * 2
    assert await claim(database) == elsewhere


async def test_a_wait_that_a_wrong_clock_made_long_is_over(database: Database) -> None:
    """The clock was a day ahead when an attempt failed, and has been put back."""
    soon = await reserve(database, 1, not_before=NOON + timedelta(hours=1))
    mistaken = await reserve(database, 2, place=ELSEWHERE, not_before=NOON + timedelta(hours=23))
    assert await claim_some(database, most=5) == [mistaken]
    assert soon in await claim_some(database, claimant(now=NOON + timedelta(hours=1)), most=5)


async def test_who_takes_a_share_away_and_who_ends_the_whole_wait_for_each_other_in_turn(
    database: Database,
) -> None:
    """Each needs the envelope and what it holds; in different orders each would wait for the other."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    number = await subscribe(database, place=PLACE)
    envelope = await reserve(database, 1, token="e" * 16)
    shared = {"state": DeliveryState.ENCLOSED, "envelope": "e" * 16, "subscription_id": number}
    await reserve(database, 1, **shared)
    await claim(database)
    held = await row_of(database, envelope)
    held.state, held.finished_at = DeliveryState.FAILED, NOON

    async def pause() -> None:
        async with database.write() as session:
            await cancelling.cancel_open(session, number, "Paused.", NOON)

    async with database.write() as session:
        await session.exec(select(Delivery).where(col(Delivery.id) == envelope).with_for_update())
        pausing = asyncio.create_task(pause())
        async with asyncio.timeout(30):
            while not await somebody_waits(database):
                await asyncio.sleep(0)
        await session.run_sync(lambda _: claims.finish_enclosed(session.sync_session, held))
    await pausing


async def somebody_waits(database: Database) -> bool:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with database.read() as session:
        return bool((await (await session.connection()).execute(waiting)).scalar())
