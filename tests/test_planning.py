"""What is due becomes deliveries: told as the days of some subscriptions."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.adapter import Limits
from bot.digest import Wait
from bot.outcome import Outcome
from bot.planning import Plan, Planner
from bot.schedule import Schedule, next_due
from storage import deliveries, papers
from storage.database import Database
from storage.models import DeliveryState, PartKind, Style, Subscription, SubscriptionState
from tests.factories import (
    DAY,
    NOON,
    PLACE,
    RULES,
    at,
    make_delivery,
    make_facts,
)
from tests.stored import ids, list_papers, planned, stored_subscription, subscribe

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
LINES = 3


def planner(database: Database) -> Planner:
    return Planner(database, lambda place: Limits(lines=LINES, cards=5), RULES, lambda: NOON)


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
    assert (await stored_subscription(database)).next_due_at == NOON + timedelta(days=1)


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
    assert (await stored_subscription(database)).next_due_at == at(DAY, 9)

    assert await planner(database).plan_due(NOON) == Plan()
    (delivery,) = await planned(database)
    assert (delivery.local_date, delivery.papers) == (DAY, ids(1))
    assert (await stored_subscription(database)).next_due_at == at(TOMORROW, 9)


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
    assert (await stored_subscription(database)).next_due_at == NOON + timedelta(days=1)


async def test_three_missed_days_are_caught_up_in_one_delivery_and_in_order(database: Database) -> None:
    monday, tuesday = DAY - timedelta(days=2), YESTERDAY
    for number, day in enumerate((monday, tuesday, DAY), 1):
        await list_papers(database, number, day=day, upvotes=number)
    await subscribe(database, first_day=monday, next_due_at=at(monday, 12))

    await planner(database).plan_due(at(DAY, 15))

    (delivery,) = await planned(database)
    assert (delivery.local_date, delivery.papers) == (DAY, ids(1, 2, 3))
    assert (await stored_subscription(database)).next_due_at == at(TOMORROW, 12)


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
    assert (await stored_subscription(database)).next_due_at == due + timedelta(days=1)


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
    second = (await stored_subscription(database)).next_due_at
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
    assert (await stored_subscription(database)).next_due_at == NOON + timedelta(days=1)
