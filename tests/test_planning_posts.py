"""An edition that a person posts by hand: once, unless it is asked for again."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.adapter import Limits
from bot.outcome import Outcome
from bot.places import parse_place
from bot.planning import Planner
from bot.posting import Poster
from storage import papers
from storage.database import Database
from storage.models import Delivery, DeliveryState, Edition, Style
from tests.factories import DAY, NOON, PLACE, RULES, at, make_delivery, make_parts
from tests.planning import create, plan
from tests.stored import ids, keep, list_papers, planned, subscribe

YESTERDAY = DAY - timedelta(days=1)


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


def poster(database: Database) -> Poster:
    planner = Planner(database, lambda place: Limits(20, 5), RULES, lambda: NOON)
    return Poster(database, planner, RULES, lambda: NOON)


async def post(database: Database, again: bool, most: int | None = None) -> int | Outcome:
    async with database.read() as session:
        edition = (await papers.editions(session, DAY, DAY))[DAY]
    return await poster(database).plan_post(parse_place(PLACE), edition, Style.THREAD, most, again)


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
        await keep(session, make_delivery(1, local_date=YESTERDAY), make_parts(1))
        await keep(session, make_delivery(2, subscription_id=number), make_parts(2))

    assert await post(database, again=False) == 3
    assert (await planned(database))[2].papers == ids(3)


async def test_a_day_without_papers_is_not_posted(database: Database) -> None:
    await list_papers(database)
    reason = "No papers were listed on Wed 29 Jul 2026."

    assert await post(database, again=True) == Outcome(0, None, PLACE, DeliveryState.SKIPPED, reason)
    assert await planned(database) == []


# A subscription's next digest, now


async def now(database: Database, number: int = 1, moment: datetime = NOON) -> Any:
    """Ask for it: the papers, why there are none, or None where there is no such subscription."""
    found = await poster(database).plan_now(number, moment)
    return found and (found["papers"] or found["reason"])


async def now_at(database: Database, moment: datetime) -> list[Delivery]:
    """Ask for it at another moment; the delivery that this brings."""
    before = len(await planned(database))
    await poster(database).plan_now(1, moment)
    return (await planned(database))[before:]


async def test_a_digest_that_is_wanted_now_comes_once(database: Database) -> None:
    await list_papers(database, 1, 2)
    await subscribe(database, next_due_at=NOON + timedelta(hours=6), local_time=time(18))
    assert await now(database) == ids(1, 2)
    assert await now(database) == (
        "Nothing new for Wed 29 Jul 2026: an earlier digest has looked through its 2 papers."
    )

    evening = NOON + timedelta(hours=6)
    await Planner(database, lambda place: Limits(20, 5), RULES, lambda: evening).plan_due(evening)
    by_hand, scheduled = await planned(database)
    assert (by_hand.by_hand, by_hand.subscription_id, by_hand.state) == (True, 1, DeliveryState.PENDING)
    assert (scheduled.state, scheduled.papers) == (DeliveryState.SKIPPED, [])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"least_papers": 5}, id="fewer-than-it-wants-at-once"),
        pytest.param({"explain": True}, id="it-explains-silence"),
        pytest.param({"first_day": DAY + timedelta(days=1)}, id="it-begins-tomorrow"),
        pytest.param({"filter": "upvotes>=5", "rechecks": True}, id="its-filter-is-asked-again"),
    ],
)
async def test_what_there_is_comes_now(database: Database, changes: dict[str, Any]) -> None:
    await list_papers(database, 9, day=YESTERDAY)
    await list_papers(database, 1)
    await subscribe(database, next_due_at=NOON + timedelta(hours=6), **changes)

    assert await now(database) == ids(1)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(at(DAY + timedelta(days=1), 6), id="before-a-list-can-be-there"),
        pytest.param(at(DAY + timedelta(days=1), 8), id="before-it-is-read"),
        pytest.param(at(DAY + timedelta(days=3), 13), id="days-without-papers"),
    ],
)
@pytest.mark.parametrize("filter_text", ["", "upvotes>=5"])
async def test_who_is_new_is_shown_the_last_list_and_not_again(
    database: Database, moment: datetime, filter_text: str
) -> None:
    await list_papers(database, 1, day=YESTERDAY)
    await list_papers(database, 2)
    await list_papers(database, day=DAY + timedelta(days=2))
    await create(database, "daily 09:00 on mon-sun", moment, filter_text)
    [row] = await now_at(database, moment)
    assert (row.papers, row.late_before) == (ids(2), DAY)
    assert await now_at(database, moment) == []

    tomorrow = moment.date() + timedelta(days=1)
    await list_papers(database, day=moment.date())
    await list_papers(database, 4, day=tomorrow)
    came = [await plan(database, at(day, 13)) for day in (moment.date(), tomorrow)]
    assert [row.papers for rows in came for row in rows] == [ids(4)]


async def test_who_has_looked_the_last_list_through_gets_nothing_on_a_weekend(database: Database) -> None:
    await list_papers(database, 1, title="Agents")
    await create(database, "daily 09:00 on mon-sun", at(DAY, 6), "diffusion")
    assert await plan(database, at(DAY, 12)) == []
    await list_papers(database, 1, title="Diffusion")

    assert await now_at(database, at(DAY + timedelta(days=1), 8)) == []


async def test_there_may_be_nothing_now(database: Database) -> None:
    await list_papers(database, 1)
    await subscribe(database, filter="diffusion")

    assert await now(database) == "1 new paper, and none matches."
    assert await now(database, number=7) is None
    assert await planned(database) == []


@pytest.mark.parametrize("numbers", [(), (1, 2)], ids=["empty so far", "with papers"])
async def test_a_list_that_grows_is_not_called_empty_or_sent(
    database: Database, numbers: tuple[int, ...]
) -> None:
    await list_papers(database, *numbers)
    async with database.write() as session:
        edition = await session.get(Edition, DAY)
        assert edition
        edition.settled_at = None
    await subscribe(database)

    assert await now(database, moment=NOON - timedelta(hours=2)) == (
        "The list of Wed 29 Jul 2026 is still growing; its papers come with the next digest."
    )
