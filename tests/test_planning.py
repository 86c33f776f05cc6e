"""What is due becomes deliveries: told as the days of some subscriptions."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.adapter import Limits
from bot.digest import Wait
from bot.outcome import Outcome
from bot.places import parse_place
from bot.planning import BATCH, Plan, Planner
from bot.schedule import Schedule, next_due
from storage import deliveries, papers, subscriptions
from storage.database import Database
from storage.models import Delivery, DeliveryState, PartKind, Style, Subscription, SubscriptionState
from tests.factories import (
    DAY,
    NOON,
    PLACE,
    RULES,
    at,
    make_delivery,
    make_edition,
    make_facts,
    make_parts,
    make_subscription,
    paper_id,
)

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
LINES = 3


def planner(database: Database) -> Planner:
    return Planner(database, lambda place: Limits(lines=LINES, cards=5), RULES, lambda: NOON)


async def list_papers(database: Database, *numbers: int, day: date = DAY, **changes: Any) -> None:
    """Put papers into the edition of a day, which has settled."""
    async with database.write() as session:
        facts = [make_facts(number, **{"listed_on": day, **changes}) for number in numbers]
        await papers.keep_papers(session, facts, at(day, 8))
        (edition,) = await papers.record_polls(session, [day], at(day, 9))
        edition.settled_at = at(day, 9)


async def subscribe(database: Database, **changes: Any) -> int:
    async with database.write() as session:
        return await subscriptions.add_subscription(session, make_subscription(**changes))


async def planned(database: Database) -> list[Delivery]:
    async with database.read() as session:
        return list(await session.exec(select(Delivery).order_by("id")))


async def subscription(database: Database, number: int = 1) -> Subscription:
    async with database.read() as session:
        return await session.get_one(Subscription, number)


def ids(*numbers: int) -> list[str]:
    return [paper_id(number) for number in numbers]


async def test_who_is_due_gets_the_papers_of_the_day(database: Database) -> None:
    await list_papers(database, 1, upvotes=3)
    await list_papers(database, 2, 3, upvotes=7)
    number = await subscribe(database)

    assert await planner(database).plan_due(NOON) == Plan()

    (delivery,) = await planned(database)
    assert (delivery.subscription_id, delivery.place, delivery.local_date) == (number, PLACE, DAY)
    assert (delivery.papers, delivery.state, delivery.created_at) == (ids(2, 3, 1), "pending", NOON)
    async with database.read() as session:
        parts = await deliveries.parts_of(session, delivery.id or 0)
    assert [(part.kind, part.papers) for part in parts] == [
        (PartKind.HEAD, []),
        (PartKind.CARD, ids(2)),
        (PartKind.CARD, ids(3)),
        (PartKind.CARD, ids(1)),
    ]
    assert (await subscription(database)).next_due_at == NOON + timedelta(days=1)


async def test_style_and_most_papers_and_the_platform_s_lines_shape_the_parts(database: Database) -> None:
    await list_papers(database, *range(1, 7))
    await subscribe(database, style=Style.COMPACT, max_papers=4)
    await planner(database).plan_due(NOON)

    (delivery,) = await planned(database)
    assert (delivery.style, delivery.papers, delivery.rest) == (Style.COMPACT, ids(1, 2, 3, 4), ids(5, 6))
    async with database.read() as session:
        parts = await deliveries.parts_of(session, delivery.id or 0)
    assert [(part.kind, part.papers) for part in parts] == [
        (PartKind.HEAD, ids(1, 2, 3)),
        (PartKind.MORE, ids(4)),
    ]


async def test_who_is_not_due_or_is_paused_gets_nothing(database: Database) -> None:
    await list_papers(database, 1)
    await subscribe(database, next_due_at=NOON + timedelta(seconds=1))
    await subscribe(database, state=SubscriptionState.PAUSED)

    assert await planner(database).plan_due(NOON) == Plan()
    assert await planned(database) == []


async def test_a_second_run_plans_nothing_twice(database: Database) -> None:
    await list_papers(database, 1)
    await subscribe(database)
    for _ in range(2):
        await planner(database).plan_due(NOON)

    assert len(await planned(database)) == 1


async def test_a_growing_list_is_waited_for_and_its_subscription_stays_due(database: Database) -> None:
    number = await subscribe(database, local_time=time(9), next_due_at=at(DAY, 9))
    async with database.write() as session:
        await papers.keep_papers(session, [make_facts(1)], at(DAY, 9))

    plan = await planner(database).plan_due(at(DAY, 9))
    assert [(row.id, wait) for row, wait in plan.waiting] == [(number, Wait(DAY, NOON))]
    assert (await planned(database), plan.skipped) == ([], [])
    assert (await subscription(database)).next_due_at == at(DAY, 9)

    assert await planner(database).plan_due(NOON) == Plan()
    (delivery,) = await planned(database)
    assert (delivery.local_date, delivery.papers) == (DAY, ids(1))
    assert (await subscription(database)).next_due_at == at(TOMORROW, 9)


@pytest.mark.parametrize(
    ("listed", "given", "now", "reason"),
    [
        pytest.param([], [], NOON, "No papers were listed on Wed 29 Jul 2026.", id="weekend"),
        pytest.param(
            [1, 2],
            [1, 2],
            NOON,
            "Nothing new for Wed 29 Jul 2026: 2 papers listed, all posted here before.",
            id="given-before",
        ),
        pytest.param(
            None,
            [],
            at(DAY, 20),
            "The list of Wed 29 Jul 2026 has not been read yet; its papers come with the next digest.",
            id="never-read",
        ),
    ],
)
async def test_who_gets_nothing_is_told_why(
    database: Database, listed: list[int] | None, given: list[int], now: datetime, reason: str
) -> None:
    if listed is not None:
        await list_papers(database, *listed)
    async with database.write() as session:
        await deliveries.reserve(session, make_delivery(*given, state=DeliveryState.SENT), [])
    number = await subscribe(database)

    plan = await planner(database).plan_due(now)
    (_, skipped) = await planned(database)
    assert plan.skipped == [Outcome(skipped.id or 0, number, PLACE, DeliveryState.SKIPPED, reason)]
    assert (skipped.state, skipped.reason, skipped.finished_at) == ("skipped", reason, NOON)
    assert (await subscription(database)).next_due_at == NOON + timedelta(days=1)


async def test_three_missed_days_are_caught_up_in_one_delivery_and_in_order(database: Database) -> None:
    monday, tuesday = DAY - timedelta(days=2), YESTERDAY
    for number, day in enumerate((monday, tuesday, DAY), 1):
        await list_papers(database, number, day=day, upvotes=number)
    await subscribe(database, first_day=monday, next_due_at=at(monday, 12))

    await planner(database).plan_due(at(DAY, 15))

    (delivery,) = await planned(database)
    assert (delivery.local_date, delivery.papers) == (DAY, ids(1, 2, 3))
    assert (await subscription(database)).next_due_at == at(TOMORROW, 12)


async def test_a_paper_that_came_late_is_in_the_next_digest(database: Database) -> None:
    await list_papers(database, 1)
    await subscribe(database)
    await planner(database).plan_due(NOON)
    await list_papers(database, 2)
    await list_papers(database, 3, day=TOMORROW)
    await planner(database).plan_due(at(TOMORROW, 12))

    assert [delivery.papers for delivery in await planned(database)] == [ids(1), ids(2, 3)]


async def test_a_new_subscription_gets_no_old_editions(database: Database) -> None:
    await list_papers(database, 1, day=YESTERDAY)
    await list_papers(database, 2)
    await subscribe(database, first_day=DAY)
    await planner(database).plan_due(NOON)

    assert [delivery.papers for delivery in await planned(database)] == [ids(2)]


async def test_two_subscriptions_of_one_place_post_a_paper_once(database: Database) -> None:
    await list_papers(database, 1)
    first, second = await subscribe(database), await subscribe(database)
    elsewhere = await subscribe(database, place="discord:1234")
    plan = await planner(database).plan_due(NOON)

    assert {row.subscription_id: row.papers for row in await planned(database)} == {
        first: ids(1),
        second: [],
        elsewhere: ids(1),
    }
    assert [outcome.subscription for outcome in plan.skipped] == [second]


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [
        pytest.param("Europe/Paris", DAY, id="paris"),
        pytest.param("Asia/Tokyo", YESTERDAY, id="tokyo"),
        pytest.param("Pacific/Auckland", YESTERDAY, id="auckland"),
        pytest.param("America/Los_Angeles", DAY, id="los-angeles"),
        pytest.param("Pacific/Kiritimati", YESTERDAY, id="kiritimati"),
    ],
)
async def test_nine_o_clock_round_the_world(database: Database, zone: str, wanted: date) -> None:
    """On Wednesday each gets the newest list that has settled, with Wednesday as its local date."""
    schedule = Schedule(time(9), ZoneInfo(zone), frozenset(range(7)))
    due = next_due(schedule, datetime.combine(DAY, time(0), ZoneInfo(zone)).astimezone(UTC))
    for number, day in enumerate((YESTERDAY, DAY, TOMORROW), 1):
        if due >= at(day, 7):
            await list_papers(database, number, day=day)
    await subscribe(database, zone=zone, local_time=time(9), next_due_at=due, first_day=wanted)
    await planner(database).plan_due(due)

    (delivery,) = await planned(database)
    assert (delivery.local_date, delivery.papers) == (DAY, ids(1 if wanted == YESTERDAY else 2))
    assert (await subscription(database)).next_due_at == due + timedelta(days=1)


async def test_a_gap_that_carries_a_digest_past_midnight_leaves_the_next_one_its_date(
    database: Database,
) -> None:
    """In Nuuk, Saturday's 23:30 is skipped: it comes on Sunday at 00:00, and Sunday's at 23:30."""
    saturday, sunday = date(2026, 3, 28), date(2026, 3, 29)
    await list_papers(database, 1, day=saturday)
    await list_papers(database, 2, day=sunday)
    first = datetime(2026, 3, 29, 1, tzinfo=UTC)
    await subscribe(
        database,
        zone="America/Nuuk",
        local_time=time(23, 30),
        first_day=saturday,
        next_due_at=first,
    )
    await planner(database).plan_due(first)
    second = (await subscription(database)).next_due_at
    await planner(database).plan_due(second)

    assert second == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    assert [(row.local_date, row.papers) for row in await planned(database)] == [
        (saturday, ids(1)),
        (sunday, ids(2)),
    ]


async def test_a_date_that_has_its_delivery_is_passed_over(database: Database) -> None:
    """Who sets the clock back with `--now` does not get a date twice, and stops nobody else."""
    await list_papers(database, 1)
    moved = await subscribe(database)
    await planner(database).plan_due(NOON)
    async with database.write() as session:
        row = await session.get_one(Subscription, moved)
        row.next_due_at = NOON
    other = await subscribe(database, place="discord:1234")

    assert await planner(database).plan_due(NOON) == Plan()
    assert [row.subscription_id for row in await planned(database)] == [moved, other]
    assert (await subscription(database)).next_due_at == NOON + timedelta(days=1)


async def test_many_subscriptions_are_planned_in_batches(database: Database) -> None:
    await list_papers(database, 1)
    count = 2 * BATCH + 50
    async with database.write() as session:
        session.add_all(make_subscription(place=f"slack:C{number}") for number in range(count))
    plan = await planner(database).plan_due(NOON)

    assert (plan.skipped, plan.waiting) == ([], [])
    assert {delivery.subscription_id for delivery in await planned(database)} == set(range(1, count + 1))


async def test_a_batch_that_all_waits_does_not_stop_the_next(database: Database) -> None:
    async with database.write() as session:
        session.add(make_edition(settled_at=None))
        session.add_all(
            make_subscription(next_due_at=at(DAY, 9), local_time=time(9)) for _ in range(BATCH + 1)
        )
    plan = await planner(database).plan_due(at(DAY, 9))

    assert [row.id for row, _ in plan.waiting] == list(range(1, BATCH + 2))


async def test_two_processes_plan_at_once_and_nothing_is_doubled(
    two_databases: tuple[Database, Database],
) -> None:
    await list_papers(two_databases[0], 1, 2)
    for number in range(30):
        await subscribe(two_databases[0], place=f"slack:C{number % 15}")
    await asyncio.gather(*(planner(database).plan_due(NOON) for database in two_databases * 2))

    rows = await planned(two_databases[0])
    assert sorted(row.subscription_id or 0 for row in rows) == list(range(1, 31))
    posting = sorted(row.place for row in rows if row.papers)
    assert posting == sorted(f"slack:C{number}" for number in range(15))


async def test_a_place_is_decided_on_by_one_process_at_a_time(
    two_databases: tuple[Database, Database],
) -> None:
    """Two people post the same edition to one channel in the same moment."""
    await list_papers(two_databases[0], 1)
    results = await asyncio.gather(
        *(post(database, again=False) for database in (*two_databases, *two_databases))
    )

    assert len(set(results)) == 1
    assert len(await planned(two_databases[0])) == 1


async def post(database: Database, again: bool, **options: Any) -> int | Outcome:
    async with database.read() as session:
        edition = (await papers.editions(session, DAY, DAY))[DAY]
    style, most = options.get("style", Style.THREAD), options.get("most")
    return await planner(database).plan_post(parse_place(PLACE), edition, style, most, again)


async def test_an_edition_is_posted_by_hand(database: Database) -> None:
    await list_papers(database, 1, 2)
    await list_papers(database, 3, withdrawn_at=NOON)
    number = await post(database, again=False, most=1)

    (delivery,) = await planned(database)
    assert (delivery.id, delivery.subscription_id, delivery.local_date) == (number, None, DAY)
    assert (delivery.papers, delivery.rest) == (ids(1), ids(2))


async def finish(database: Database) -> None:
    async with database.write() as session:
        for delivery in await session.exec(select(Delivery)):
            delivery.state = DeliveryState.SENT


async def test_what_a_place_got_before_is_posted_by_hand_only_again(database: Database) -> None:
    await list_papers(database, 1)
    first = await post(database, again=False)
    await finish(database)
    reason = "Nothing new for Wed 29 Jul 2026: 1 paper listed, all posted here before."

    assert await post(database, again=False) == Outcome(0, None, PLACE, DeliveryState.SKIPPED, reason)
    assert len(await planned(database)) == 1
    second = await post(database, again=True)
    assert second != first
    assert [delivery.papers for delivery in await planned(database)] == [ids(1), ids(1)]

    await finish(database)
    await list_papers(database, 2)
    await post(database, again=False)
    assert [delivery.papers for delivery in await planned(database)][2] == ids(2)


async def test_a_post_that_was_interrupted_is_gone_on_with(database: Database) -> None:
    await list_papers(database, 1)
    first = await post(database, again=False)

    assert await post(database, again=False) == first
    assert await post(database, again=True) == first
    assert len(await planned(database)) == 1


async def test_another_day_s_unfinished_post_and_a_subscription_s_delivery_are_not_taken_for_it(
    database: Database,
) -> None:
    await list_papers(database, 1, 2, 3)
    number = await subscribe(database, place=PLACE)
    async with database.write() as session:
        await deliveries.reserve(session, make_delivery(1, local_date=YESTERDAY), make_parts(1))
        await deliveries.reserve(session, make_delivery(2, subscription_id=number), make_parts(2))

    assert await post(database, again=False) == 3
    assert (await planned(database))[2].papers == ids(3)


async def test_a_day_without_papers_is_not_posted(database: Database) -> None:
    await list_papers(database)
    reason = "No papers were listed on Wed 29 Jul 2026."

    assert await post(database, again=True) == Outcome(0, None, PLACE, DeliveryState.SKIPPED, reason)
    assert await planned(database) == []
