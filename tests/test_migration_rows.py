"""A database of the version before keeps all its rows when the schema goes on, and back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, insert, select
from sqlalchemy.exc import IntegrityError

from storage.migrations.upgrade import downgrade, upgrade
from tests.factories import DAY

BEFORE, AFTER = "0004", "0005"
NOON = datetime(2026, 7, 29, 12, tzinfo=UTC)
TABLES = ("edition", "paper", "subscription", "delivery", "part")
Rows = dict[str, list[dict[str, Any]]]


def subscription(number: int, **changes: Any) -> dict[str, Any]:
    columns = {
        **{"id": number, "place": f"slack:C{number}", "filter": "", "local_time": NOON.time()},
        **{"zone": "UTC", "weekdays": "mon", "style": "thread", "max_papers": 5, "state": "active"},
        **{"reason": None, "first_day": DAY, "next_due_at": NOON, "created_at": NOON, "created_by": "ada"},
    }
    return {**columns, **changes}


def delivery(number: int, **changes: Any) -> dict[str, Any]:
    columns = {
        **{"id": number, "token": f"token-{number}", "subscription_id": 1, "place": "slack:C1"},
        **{"by_hand": False, "local_date": DAY, "style": "compact", "papers": ["2607.00001"], "rest": []},
        **{"state": "sent", "reason": None, "not_before": None, "attempts": 2, "failing_since": None},
        **{"owner": None, "owner_until": None, "created_at": NOON, "finished_at": NOON},
    }
    return {**columns, **changes}


def part(number: int, position: int) -> dict[str, Any]:
    columns = {"kind": "card", "papers": ["2607.00001"], "state": "sent", "ref": "1.0", "sent_at": NOON}
    return {"delivery_id": number, "position": position, **columns}


PAPER = {
    **{"id": "2607.00001", "listed_on": DAY, "title": "A paper", "abstract": "", "authors": ["Ada"]},
    **{"upvotes": 3, "comments": 0, "keywords": [], "media_urls": [], "first_seen_at": NOON},
}
ROWS: Rows = {
    "edition": [{"day": DAY, "papers": 1, "changed_at": NOON, "polled_at": NOON, "settled_at": NOON}],
    "paper": [PAPER],
    "subscription": [subscription(1), subscription(7, state="paused", reason="the channel is archived")],
    "delivery": [
        delivery(1, local_date=DAY.replace(day=28)),
        delivery(2, state="sending", owner="host:1:0", owner_until=NOON, finished_at=None),
        delivery(5, subscription_id=None, by_hand=True, state="failed", reason="given up"),
    ],
    "part": [part(number, position) for number in (1, 2, 5) for position in range(3)],
}


def keep(connection: Connection, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Write rows as the version before does: it names its own columns and knows no others."""
    metadata = MetaData()
    metadata.reflect(connection, only=TABLES)
    for table, some in rows.items():
        connection.execute(insert(metadata.tables[table]), some)


def stored(connection: Connection) -> Rows:
    """What stands in the tables, by the columns that `ROWS` names."""
    metadata = MetaData()
    metadata.reflect(connection, only=TABLES)
    found: Rows = {}
    for name in TABLES:
        table = metadata.tables[name]
        rows = connection.execute(select(table).order_by(*table.primary_key)).mappings()
        found[name] = [
            {column: _utc(row[column]) for column in kept} for row, kept in zip(rows, ROWS[name], strict=True)
        ]
    return found


def _utc(value: Any) -> Any:
    """SQLite says a moment without its zone."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A database of the version before, with rows."""
    with engine.begin() as connection:
        upgrade(connection, BEFORE)
    with engine.begin() as connection:
        keep(connection, ROWS)
    return engine


def test_every_row_survives_the_way_up(filled: Engine) -> None:
    with filled.begin() as connection:
        before = stored(connection)
        upgrade(connection, AFTER)
    with filled.begin() as connection:
        assert stored(connection) == before


def test_every_row_survives_the_way_up_and_down_again(filled: Engine) -> None:
    with filled.begin() as connection:
        before = stored(connection)
        upgrade(connection, AFTER)
    with filled.begin() as connection:
        downgrade(connection, BEFORE)
    with filled.begin() as connection:
        assert stored(connection) == before
        upgrade(connection, AFTER)


def test_a_subscription_goes_on_behind_its_last_digest(filled: Engine) -> None:
    with filled.begin() as connection:
        upgrade(connection, AFTER)
        metadata = MetaData()
        metadata.reflect(connection, only=TABLES)
        rows = connection.execute(select(metadata.tables["subscription"])).mappings()
        found = {row["id"]: row for row in rows}

    assert found[1]["planned_through"] == DAY
    assert found[7]["planned_through"] is None
    assert {row["seen"] for row in found.values()} == {0}
    assert {row["cadence"] for row in found.values()} == {"daily"}


def test_a_process_of_the_version_before_goes_on_writing(filled: Engine) -> None:
    """While machines are updated one after the other, both versions run side by side."""
    with filled.begin() as connection:
        upgrade(connection, AFTER)
    with filled.begin() as connection:
        keep(connection, {"subscription": [subscription(8)]})
        keep(connection, {"delivery": [delivery(9, subscription_id=8)], "part": [part(9, 0)]})
    with filled.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT delivery.subscription_id, part.position FROM delivery "
            "JOIN part ON part.delivery_id = delivery.id WHERE delivery.id = 9"
        )
        assert [tuple(row) for row in kept] == [(8, 0)]


@pytest.mark.parametrize("revision", [BEFORE, AFTER])
def test_a_date_of_a_schedule_has_one_delivery(filled: Engine, revision: str) -> None:
    with filled.begin() as connection:
        upgrade(connection, revision)

    with pytest.raises(IntegrityError), filled.begin() as connection:
        keep(connection, {"delivery": [delivery(9)]})


def test_what_is_sent_by_hand_may_share_a_date(filled: Engine) -> None:
    with filled.begin() as connection:
        upgrade(connection, AFTER)
    with filled.begin() as connection:
        keep(connection, {"delivery": [delivery(9, by_hand=True)]})
    with filled.connect() as connection:
        told = connection.exec_driver_sql(
            "SELECT subscription_id, local_date FROM delivery WHERE id IN (2, 9)"
        )
        first, second = told.all()
        assert first == second


def test_parts_go_with_their_delivery_and_a_delivery_outlives_its_subscription(filled: Engine) -> None:
    with filled.begin() as connection:
        upgrade(connection, AFTER)
    with filled.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql("DELETE FROM delivery WHERE id = 2")
        connection.exec_driver_sql("DELETE FROM subscription WHERE id = 1")
        parts = connection.exec_driver_sql("SELECT DISTINCT delivery_id FROM part ORDER BY 1").scalars()
        left = connection.exec_driver_sql("SELECT id, subscription_id FROM delivery ORDER BY 1").all()
        assert list(parts) == [1, 5]
        assert [tuple(row) for row in left] == [(1, None), (5, None)]
