"""Many rows at once: what is put in comes out, whatever it is, on each kind of database."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select

from bot.decisions import new_row, stamped
from storage import plans
from storage.bulk import among, insert_rows
from storage.database import Database, open_database
from storage.models import Delivery, DeliveryState, Style, Subscription
from tests.factories import DAY, NOON
from tests.stored import planned, subscribe

HOSTILE = (
    "tab\tline\nreturn\r",
    "\\N",
    "\\",
    "\\.",
    '"{,}" NULL',
    "'; DROP TABLE delivery; --",
    "%s :x ¶ の詩 😀",
    "",
)
TABLE = SQLModel.metadata.tables["delivery"]


def rows(*places: str, **changes: Any) -> list[dict[str, Any]]:
    return stamped([new_row(place) | {"local_date": DAY} | changes for place in places], NOON)


@pytest.mark.parametrize("text", HOSTILE)
async def test_any_text_is_kept_and_found_as_it_is(database: Database, text: str) -> None:
    async with database.write() as session:
        await insert_rows(
            session, TABLE, rows(text, f"x{text}", reason=text, papers=[text, text], rest=[text])
        )

    first, second = await planned(database)
    assert (first.place, second.place) == (text, f"x{text}")
    assert (first.reason, first.papers, first.rest, first.rising) == (text, [text, text], [text], [])
    async with database.read() as session:
        found = await session.exec(
            select(col(Delivery.place)).where(among(col(Delivery.place), [text, "other"]))
        )
        assert list(found) == [text]


async def test_every_column_is_kept(database: Database) -> None:
    """The columns are the model's: one that comes later is written without a word here."""
    number = await subscribe(database)
    hour = timedelta(hours=1)
    given = {
        "subscription_id": number,
        "by_hand": True,
        "style": Style.COMPACT,
        "late_before": DAY,
        "away": True,
        "due_at": NOON - hour,
        "envelope": "e",
        "thread_of": 7,
        "notice": "n",
        "state": DeliveryState.FAILED,
        "reason": "r",
        "not_before": NOON + hour,
        "attempts": 3,
        "failing_since": NOON,
        "owner": "o",
        "owner_until": NOON,
        "rising": ["2607.00001"],
    }
    async with database.write() as session:
        await insert_rows(session, TABLE, rows("slack:C1", **given))

    [kept] = await planned(database)
    assert {name: getattr(kept, name) for name in given} == given
    assert (kept.local_date, kept.created_at, kept.finished_at) == (DAY, NOON, None)


async def test_what_no_row_has_is_the_model_s_default(database: Database) -> None:
    without = [{name: value for name, value in row.items() if name != "away"} for row in rows("a", "b")]
    async with database.write() as session:
        await insert_rows(session, TABLE, without)
        await insert_rows(session, TABLE, [])

    assert [(row.place, row.away, row.reason) for row in await planned(database)] == [
        ("a", False, None),
        ("b", False, None),
    ]


async def test_a_local_date_has_one_digest_whatever_is_put_in(database: Database) -> None:
    number = await subscribe(database)

    async def keep(*places: str) -> None:
        async with database.write() as session:
            await plans.insert_deliveries(session, rows(*places, subscription_id=number))

    with pytest.raises(IntegrityError):
        await keep("slack:C1", "slack:C2")
    assert await planned(database) == []
    await keep("slack:C1")
    with pytest.raises(IntegrityError):
        await keep("slack:C1")
    assert len(await planned(database)) == 1


async def test_numbers_are_found_among_many(database: Database) -> None:
    numbers = [await subscribe(database) for _ in range(3)]
    asked = select(col(Subscription.id)).order_by(col(Subscription.id))
    async with database.read() as session:
        for wanted, found in (([], []), (numbers[1:], numbers[1:]), (range(100_000), numbers)):
            assert list(await session.exec(asked.where(among(col(Subscription.id), wanted)))) == found


async def test_numbers_and_texts_are_found_by_index() -> None:
    """SQLite looks through the whole table as soon as anything is done with the answer of `IN`."""
    database = await open_database("sqlite:///:memory:")
    for column, values in ((col(Subscription.id), [1]), (col(Subscription.place), ["slack:C1"])):
        asked = select(Subscription).where(among(column, values))
        async with database.read() as session:
            connection = await session.connection()
            compiled = str(asked.compile(dialect=connection.dialect))
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", ("[]",))
            assert any("SEARCH subscription" in str(row) for row in plan)
    await database.close()


async def test_many_are_moved_on_in_one_statement(database: Database) -> None:
    numbers = [await subscribe(database) for _ in range(3)]
    async with database.write() as session:
        await plans.advance(session, {"seen": 4, "next_due_at": NOON + timedelta(days=1)}, numbers[:2])
        await plans.advance(session, {"seen": 9}, [])
    async with database.read() as session:
        kept = list(await session.exec(select(Subscription).order_by(col(Subscription.id))))

    assert [row.seen for row in kept] == [4, 4, 0]
    assert [row.next_due_at - NOON for row in kept] == [timedelta(days=1)] * 2 + [timedelta()]
