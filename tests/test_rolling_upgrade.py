"""An old and a new version side by side: what a version does on the schema of the next one."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

import pytest
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from storage.database import DatabaseError, known_revisions, number_of, open_database, works_on
from storage.migrations.upgrade import upgrade
from storage.models import DeliveryState
from tests.at_work import at_work
from tests.factories import DAY
from tests.logs import captured_logs
from tests.stored import list_papers, planned

NEWEST = number_of(known_revisions()[-1])
NEXT, NEXT_BUT_ONE = f"{NEWEST + 1:04}a", f"{NEWEST + 2:04}a"
CHANGED = ("delivery", "subscription", "paper", "part")


def migrate(engine: Engine, revision: str = NEXT) -> None:
    """What the next version will do to the database."""
    with engine.begin() as connection:
        for table in CHANGED:
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN later_note VARCHAR"))
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN later_count INTEGER DEFAULT 7 NOT NULL"))
        connection.execute(text("CREATE TABLE later_thing (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL)"))
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))


def added(engine: Engine) -> dict[str, set[tuple[str | None, int]]]:
    """What stands in the new columns, by table."""
    with engine.connect() as connection:
        rows = {
            table: connection.execute(text(f"SELECT later_note, later_count FROM {table}"))
            for table in CHANGED
        }
        return {table: {(row[0], row[1]) for row in found} for table, found in rows.items()}


async def test_a_version_that_starts_on_the_next_schema_plans_and_sends(
    empty_url: str, engine: Engine
) -> None:
    await (await open_database(empty_url)).close()
    migrate(engine)
    with captured_logs() as logs:
        async with at_work(empty_url) as bot:
            await bot.subscribe(bot.discord.place)
            await list_papers(bot.database, 1, 2)
            await bot.moment(DAY, 9)
            posted, rows = len(bot.posted(bot.discord.place)), await planned(bot.database)

    assert (posted, [row.state for row in rows]) == (3, [DeliveryState.SENT])
    assert added(engine) == {table: {(None, 7)} for table in CHANGED}
    [warned] = [entry for entry in logs if entry["log_level"] == "warning"]
    assert (warned["event"], warned["schema"]) == ("database_of_a_newer_version", NEXT)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == NEXT


async def test_a_version_that_runs_goes_on_while_the_next_one_migrates(
    empty_url: str, engine: Engine
) -> None:
    """With all that a connection keeps of its statements: the driver prepares what it has sent five times."""
    async with at_work(empty_url) as bot:
        await bot.subscribe(bot.discord.place)
        for days in range(10):
            day = DAY + timedelta(days=days)
            if days == 7:
                migrate(engine)
            await list_papers(bot.database, days + 1, day=day)
            await bot.moment(day, 9)
        rows = await planned(bot.database)

    assert [row.state for row in rows] == [DeliveryState.SENT] * 10
    assert added(engine) == {table: {(None, 7)} for table in CHANGED}


@pytest.mark.parametrize("revision", [NEXT.removesuffix("a"), NEXT_BUT_ONE])
async def test_a_schema_that_is_further_away_is_refused(
    empty_url: str, engine: Engine, revision: str
) -> None:
    await (await open_database(empty_url)).close()
    migrate(engine, revision)
    with pytest.raises(DatabaseError, match=f"newer Daily Papers Bot \\(its schema is {revision}, this"):
        await open_database(empty_url)


@pytest.mark.parametrize(
    ("revision", "newest", "works"),
    [
        ("0009a", "0008", True),
        ("0009a", "0008a", True),
        ("0009", "0008", False),
        ("0010a", "0008", False),
        ("0008a", "0008", False),
        ("9a", "0008", False),
        ("0009b", "0008", False),
    ],
)
def test_the_next_revision_that_only_adds_is_worked_on(revision: str, newest: str, works: bool) -> None:
    assert works_on(revision, newest) is works


# What may be called additive


def problems(connection: Connection, statements: Iterable[str]) -> list[str]:
    """What in these statements an older version would stumble over."""
    before = shape(connection)
    for statement in statements:
        connection.execute(text(statement))
    return sorted(differences(before, shape(connection)))


Shape = dict[str, dict[str, tuple[str, bool, bool]]]


def shape(connection: Connection) -> Shape:
    """Of each column its type, whether it may be empty, and whether the database has a value for it; and
    what must be unique."""
    seen = inspect(connection)
    found: Shape = {}
    for table in seen.get_table_names():
        found[table] = {
            column["name"]: (str(column["type"]), column["nullable"], column["default"] is not None)
            for column in seen.get_columns(table)
        }
        unique = [index["name"] for index in seen.get_indexes(table) if index["unique"]]
        unique += [constraint["name"] for constraint in seen.get_unique_constraints(table)]
        found[table] |= {f"unique {name}": ("unique", False, False) for name in unique}
    return found


def differences(before: Shape, after: Shape) -> Iterable[str]:
    for table, columns in before.items():
        now = after.get(table, {})
        for name in columns.keys() | now.keys():
            if name not in columns:
                _, nullable, has_default = now[name]
                if not (nullable or has_default):
                    yield f"{table}.{name} must be given"
            elif now.get(name) != columns[name]:
                yield f"{table}.{name} is another"


STEPS = {
    "a table": ("CREATE TABLE later (id INTEGER NOT NULL)", []),
    "a column that may be empty": ("ALTER TABLE part ADD COLUMN note VARCHAR", []),
    "one with a default": ("ALTER TABLE part ADD COLUMN note INTEGER DEFAULT 7 NOT NULL", []),
    "an index": ("CREATE INDEX ix_later ON part (ref)", []),
    "a unique index": ("CREATE UNIQUE INDEX ix_later ON part (ref)", ["part.unique ix_later must be given"]),
    "a column less": ("ALTER TABLE part DROP COLUMN tried_at", ["part.tried_at is another"]),
    "a new name": (
        "ALTER TABLE part RENAME COLUMN ref TO reference",
        ["part.ref is another"],
    ),
    "a table less": ("DROP TABLE budget", ["budget.free_at is another", "budget.name is another"]),
}


@pytest.mark.parametrize(("statement", "said"), STEPS.values(), ids=STEPS)
def test_what_an_older_version_would_stumble_over(statement: str, said: list[str]) -> None:
    with create_engine("sqlite://").connect() as connection:
        upgrade(connection)
        assert problems(connection, [statement]) == said


def test_every_migration_that_says_it_only_adds_does() -> None:
    revisions = known_revisions()
    for before, revision in pairwise(revisions):
        if revision.endswith("a"):
            with create_engine("sqlite://").connect() as connection:
                upgrade(connection, before)
                was = shape(connection)
                upgrade(connection, revision)
                assert sorted(differences(was, shape(connection))) == []
