"""Opening a database: its schema, its locks, and what it says when it cannot be used."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from storage import papers
from storage.database import BUSY_SECONDS, Database, DatabaseError, known_revisions, open_database
from storage.migrations.upgrade import config_for, downgrade, upgrade
from storage.models import Edition
from storage.search.rooms import is_of_models
from tests.factories import DAY, NOON, make_edition

TABLES = {
    "budget",
    "change",
    "installation",
    "mailbox",
    "opt_in",
    "private_feed",
    "person",
    *("delivery", "edition", "paper", "part", "search_document", "search_name", "search_state"),
    *("ranking_fit", "ranking_piece", "saved_search", "subscription", "vote_snapshot"),
}
NEWER = "UPDATE alembic_version SET version_num = '9999'"


def tables(engine: Engine) -> set[str]:
    """All tables but alembic's, and those that keep the words of the search index."""
    found = set(inspect(engine).get_table_names()) - {"alembic_version"}
    return {name for name in found if is_of_models(name, "table", None)}


def revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


async def test_a_new_database_gets_the_newest_schema_and_keeps_it(empty_url: str, engine: Engine) -> None:
    for _ in range(2):
        opened = await open_database(empty_url)
        await opened.close()
        await opened.close()

        assert tables(engine) == TABLES
        assert revision(engine) == known_revisions()[-1]


def test_processes_may_open_a_new_database_at_once(empty_url: str, engine: Engine) -> None:
    program = (
        "import asyncio, sys\n"
        "from storage.database import open_database\n"
        "async def opened():\n"
        "    await (await open_database(sys.argv[1])).close()\n"
        "asyncio.run(opened())\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    complaints = [process.communicate()[1] for process in started]

    assert complaints == ["", "", ""]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert tables(engine) == TABLES


async def test_a_newer_schema_is_refused_and_left_alone(empty_url: str, engine: Engine) -> None:
    await (await open_database(empty_url)).close()
    with engine.begin() as connection:
        connection.execute(text(NEWER))
    engine.dispose()
    before = content(empty_url)

    with pytest.raises(DatabaseError) as problem:
        await open_database(empty_url)

    assert str(problem.value) == (
        "this database belongs to a newer Daily Papers Bot (its schema is 9999, this version knows "
        f"{known_revisions()[-1]}): update the bot with `git pull && make setup`, "
        "or point DAILY_PAPERS_DATABASE_URL elsewhere"
    )
    assert revision(engine) == "9999"
    assert content(empty_url) == before


def content(url: str) -> bytes:
    """The file of a SQLite database; of another, nothing."""
    path = make_url(url).database or ""
    return Path(path).read_bytes() if url.startswith("sqlite") else b""


def test_the_migrations_lead_to_the_models(engine: Engine) -> None:
    with engine.begin() as connection:
        upgrade(connection)
        assert differences(connection) == []


def test_the_migrations_lead_down_and_up_again(engine: Engine) -> None:
    with engine.begin() as connection:
        upgrade(connection)
    with engine.begin() as connection:
        downgrade(connection, "base")
    assert tables(engine) == set()

    with engine.begin() as connection:
        upgrade(connection)
    with engine.begin() as connection:
        upgrade(connection)
        assert differences(connection) == []


def differences(connection: Connection) -> list[object]:
    """What autogenerate would change; types and defaults are compared too."""
    options = {"compare_type": True, "compare_server_default": default_differs, "include_name": is_of_models}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, SQLModel.metadata))


def default_differs(
    context: MigrationContext, stored: Any, column: Column[Any], default: str | None, *_: object
) -> bool | None:
    """Alembic's own comparison, but for JSON, of which PostgreSQL cannot say whether two are equal."""
    if not isinstance(column.type, JSON):
        return None
    written = getattr(column.server_default, "arg", None)
    return (default or "").partition("::")[0].strip("'") != str(written or "")


def test_the_known_revisions_are_those_of_alembic() -> None:
    with create_engine("sqlite://").connect() as connection:
        script = ScriptDirectory.from_config(config_for(connection))
    assert [step.revision for step in script.walk_revisions()][::-1] == known_revisions()
    assert script.get_heads() == known_revisions()[-1:]


async def test_sqlite_is_tuned(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path / 'papers.db'}")
    async with database.read() as session:
        connection = await session.connection()
        pragmas = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    await database.close()

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 1,
        "busy_timeout": BUSY_SECONDS * 1000,
        "foreign_keys": 1,
    }


async def count_up(database: Database, times: int) -> None:
    """Read a number and write it back one higher, as a careless update does."""
    for _ in range(times):
        async with database.write() as session:
            edition = await session.get_one(Edition, DAY, with_for_update=not database.is_sqlite)
            await asyncio.sleep(0)
            edition.papers += 1


async def test_who_reads_and_then_writes_loses_nothing(two_databases: tuple[Database, Database]) -> None:
    async with two_databases[0].write() as session:
        session.add(make_edition(papers=0))
    await asyncio.gather(*(count_up(database, 25) for database in (*two_databases, *two_databases)))

    async with two_databases[1].read() as session:
        assert (await papers.editions(session, DAY, DAY))[DAY].papers == 100


async def test_many_tasks_share_a_database_in_memory() -> None:
    database = await open_database("sqlite://")
    async with database.write() as session:
        session.add(make_edition(papers=0))

    async def look() -> None:
        async with database.read() as session:
            await papers.editions(session, DAY, DAY)

    await asyncio.gather(*(count_up(database, 10) for _ in range(4)), *(look() for _ in range(40)))
    async with database.read() as session:
        assert (await papers.editions(session, DAY, DAY))[DAY].papers == 40
    await database.close()


async def test_a_reader_waits_for_no_writer(two_databases: tuple[Database, Database]) -> None:
    first, second = two_databases
    async with first.write() as writing:
        writing.add(make_edition())
        await writing.flush()
        async with second.read() as reading:
            assert await papers.editions(reading, DAY, DAY) == {}


async def test_a_block_that_raises_writes_nothing(database: Database) -> None:
    async def note_and_fail() -> None:
        async with database.write() as session:
            await papers.record_polls(session, [DAY], NOON)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await note_and_fail()

    async with database.read() as session:
        assert await papers.editions(session, DAY, DAY) == {}


async def test_a_writer_that_was_given_up_leaves_no_lock_behind(tmp_path: Path) -> None:
    """Not even while a statement of it is still referred to, as a traceback does."""
    path = tmp_path / "papers.db"
    database = await open_database(f"sqlite:///{path}")
    half_read = []

    async def give_up() -> None:
        async with database.write() as session:
            connection = await session.connection()
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            half_read.append(await driver.execute("SELECT name FROM sqlite_master"))
            await half_read[0].fetchone()
            await connection.invalidate()
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await give_up()
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert other.in_transaction
    await database.close()


def test_a_store_in_memory_is_made_from_nothing() -> None:
    """In a process of its own: here such a store begins as a copy, see `conftest`."""
    script = """
import asyncio
from storage.database import open_database
from storage.subscriptions import subscription_by_id

async def main():
    database = await open_database("sqlite:///:memory:")
    async with database.read() as session:
        print(await subscription_by_id(session, 1))
    await database.close()

asyncio.run(main())
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "None\n"
