"""What is due becomes deliveries: told as the days of some subscriptions."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import update

from bot.adapter import Limits
from bot.digest import Wait
from bot.outcome import Outcome
from bot.planning import Plan, Planner
from bot.schedule import Schedule, next_due
from storage import contents, papers
from storage.database import Database
from storage.models import Delivery, DeliveryState, Style, Subscription, SubscriptionState
from tests.factories import (
    DAY,
    NOON,
    PLACE,
    RULES,
    at,
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
        assert (
            await session.run_sync(contents.parts_of, [delivery.id or 0]) == {}
        )  # made when it is first claimed
    stored = await stored_subscription(database)
    assert (stored.next_due_at, stored.planned_through, stored.seen) == (NOON + timedelta(days=1), DAY, 1)


async def test_style_and_most_papers_shape_the_delivery(database: Database) -> None:
    await list_papers(database, *range(1, 7))
    await subscribe(database, style=Style.COMPACT, max_papers=4)
    await planner(database).plan_due(NOON)

    (delivery,) = await planned(database)
    assert (delivery.style, delivery.papers, delivery.rest) == (Style.COMPACT, ids(1, 2, 3, 4), ids(5, 6))


async def test_only_what_its_filter_matches_comes_to_a_subscription(database: Database) -> None:
    await list_papers(database, 1, title="Diffusion for all")
    await list_papers(database, 2, title="A survey of diffusion")
    await list_papers(database, 3, withdrawn_at=NOON, title="Diffusion withdrawn")
    await subscribe(database, filter="diffusion -survey")
    await planner(database).plan_due(NOON)

    assert [delivery.papers for delivery in await planned(database)] == [ids(1)]


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
    stored = await stored_subscription(database)
    assert (stored.next_due_at, stored.wait_until) == (at(DAY, 9), NOON)
    assert await planner(database).plan_due(at(DAY, 10)) == Plan()  # nobody need look before

    assert await planner(database).plan_due(NOON) == Plan()
    (delivery,) = await planned(database)
    assert (delivery.local_date, delivery.papers) == (DAY, ids(1))
    stored = await stored_subscription(database)
    assert (stored.next_due_at, stored.wait_until) == (at(TOMORROW, 9), None)


async def test_an_edition_that_settles_wakes_who_waits_for_it(database: Database) -> None:
    await subscribe(database, local_time=time(9), next_due_at=at(DAY, 9))
    async with database.write() as session:
        await papers.keep_papers(session, [make_facts(1)], at(DAY, 9))
    await planner(database).plan_due(at(DAY, 9))
    await list_papers(database, 2)

    assert await planner(database).plan_due(at(DAY, 9, 20)) == Plan()
    assert [delivery.papers for delivery in await planned(database)] == [ids(1, 2)]


@pytest.mark.parametrize(
    ("listed", "changes", "now", "reason"),
    [
        pytest.param([], {}, NOON, "No papers were listed on Wed 29 Jul 2026.", id="weekend"),
        pytest.param(
            [1, 2],
            {"filter": "diffusion"},
            NOON,
            "2 new papers, and none matches.",
            id="none-matches",
        ),
        pytest.param(
            [1, 2],
            {"least_papers": 3},
            NOON,
            "2 papers so far, fewer than 3; the next digest has them.",
            id="too-few",
        ),
        pytest.param(
            None,
            {},
            at(DAY, 20),
            "The list of Wed 29 Jul 2026 has not been read yet; its papers come with the next digest.",
            id="never-read",
        ),
    ],
)
async def test_who_gets_nothing_is_told_why(
    database: Database, listed: list[int] | None, changes: dict[str, Any], now: datetime, reason: str
) -> None:
    if listed is not None:
        await list_papers(database, *listed)
    number = await subscribe(database, **changes)

    plan = await planner(database).plan_due(now)
    (skipped,) = await planned(database)
    assert plan.skipped == [Outcome(0, number, PLACE, DeliveryState.SKIPPED, reason)]
    assert (skipped.state, skipped.reason, skipped.finished_at) == ("skipped", reason, NOON)
    assert (await stored_subscription(database)).next_due_at == NOON + timedelta(days=1)


async def test_nothing_new_is_told_apart_from_nothing_that_matches(database: Database) -> None:
    await list_papers(database, 1)
    await subscribe(database)
    await planner(database).plan_due(NOON)
    async with database.write() as session:
        row = await session.get_one(Subscription, 1)
        row.next_due_at, row.local_time = at(DAY, 18), time(18)
        await session.exec(update(Delivery).values(by_hand=True))
    plan = await planner(database).plan_due(at(DAY, 18))

    assert [outcome.reason for outcome in plan.skipped] == [
        "Nothing new for Wed 29 Jul 2026: an earlier digest has looked through its 1 paper."
    ]


async def test_with_explain_on_silence_becomes_one_line(database: Database) -> None:
    await list_papers(database)
    await subscribe(database, explain=True)
    assert await planner(database).plan_due(NOON) == Plan()

    (delivery,) = await planned(database)
    assert (delivery.state, delivery.papers) == (DeliveryState.PENDING, [])
    assert delivery.notice == "No papers were listed on Wed 29 Jul 2026."


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


async def test_a_subscription_gets_a_paper_once_whatever_its_place_gets(database: Database) -> None:
    """A second subscription of the place, due an hour later, has a ledger of its own."""
    await list_papers(database, 1)
    first = await subscribe(database)
    second = await subscribe(database, next_due_at=at(DAY, 13), local_time=time(13))
    for moment in (NOON, at(DAY, 13), at(TOMORROW, 12), at(TOMORROW, 13)):
        await list_papers(database, day=moment.date())
        await planner(database).plan_due(moment)

    rows = await planned(database)
    assert [(row.subscription_id, row.papers) for row in rows if row.papers] == [
        (first, ids(1)),
        (second, ids(1)),
    ]


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
    first = datetime(2026, 3, 29, 1, tzinfo=UTC)
    await subscribe(
        database,
        zone="America/Nuuk",
        local_time=time(23, 30),
        first_day=saturday,
        next_due_at=first,
    )
    await planner(database).plan_due(first)
    await list_papers(database, 2, day=sunday)
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
