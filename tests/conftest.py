"""The databases that tests run on: SQLite in memory, SQLite in a file, and PostgreSQL.

A test that takes `database` runs on all three. `TEST_POSTGRES_URL` names a server on which databases may
be created; without it those tests are skipped with a reason.
"""

import os
import secrets
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

import storage.search.fits  # noqa: F401  (fills SQLModel.metadata)
from storage.database import Database, open_database
from storage.migrations.upgrade import upgrade

# How long an example takes says nothing but how busy the machine is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


_RESTART = SQL(
    """DO $$ DECLARE used text; BEGIN
    FOR used IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', used);
    END LOOP; END $$"""
)


class PostgresServer:
    """Makes databases on a server.

    To create and drop one takes a second, so tests share one with the newest schema, emptied for each; to
    truncate its tables would take ten times as long as to delete their few rows.

    Args:
        url: any database of the server, as a user who may create others.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._url = make_url(url)
        self._shared: str | None = None

    def create(self) -> str:
        """The address of a new database without tables; who asks for it drops it."""
        name = f"daily_papers_test_{secrets.token_hex(8)}"
        self._run(self._url, SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = Identifier(make_url(url).database or "")
        self._run(self._url, SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def emptied(self) -> str:
        """The address of the shared database, without rows and with numbers that begin at 1."""
        if self._shared is None:
            self._shared = self.create()
            engine = create_engine(make_url(self._shared).set(drivername="postgresql+psycopg"))
            with engine.begin() as connection:
                upgrade(connection)
            engine.dispose()
        tables = reversed(SQLModel.metadata.sorted_tables)  # those first that name rows of others
        deleted = [SQL("DELETE FROM {}").format(Identifier(table.name)) for table in tables]
        self._run(make_url(self._shared), SQL("; ").join([*deleted, _RESTART]))
        return self._shared

    def close(self) -> None:
        """Drop the shared database."""
        if self._shared:
            self.drop(self._shared)

    def _run(self, url: Any, statement: Any) -> None:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '10s'")
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL server that tests may use."""
    url = os.environ.get("TEST_POSTGRES_URL")
    if not url:
        pytest.skip("TEST_POSTGRES_URL is not set; it names a PostgreSQL server to test on")
    server = PostgresServer(url)
    yield server
    server.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema and without rows: to copy it is quicker than to migrate each."""
    path = tmp_path_factory.mktemp("migrated") / "papers.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    return path


@pytest.fixture(scope="session", autouse=True)
def _copied_into_memory(migrated: Path) -> Iterator[None]:
    """Databases in memory begin as a copy of `migrated` too."""
    source = sqlite3.connect(migrated, check_same_thread=False)

    @event.listens_for(Engine, "connect")
    def opened(connection: Any, _record: Any) -> None:
        if isinstance(connection, AsyncAdapt_aiosqlite_connection) and _is_in_memory(connection):
            # Its own thread must do it, and only these two names lead there.
            connection.run_async(lambda driver: driver._execute(source.backup, driver._conn))

    yield
    event.remove(Engine, "connect", opened)
    source.close()


def _is_in_memory(connection: AsyncAdapt_aiosqlite_connection) -> bool:
    cursor = connection.cursor()
    cursor.execute("PRAGMA database_list")
    _, _, path = cursor.fetchall()[0]
    cursor.close()
    return not path


def _address(kind: str, request: pytest.FixtureRequest) -> str:
    if kind == "memory":
        return "sqlite:///:memory:"
    if kind == "file":
        folder: Path = request.getfixturevalue("tmp_path")
        shutil.copyfile(request.getfixturevalue("migrated"), folder / "papers.db")
        return f"sqlite:///{folder / 'papers.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.emptied()


@pytest.fixture(params=["memory", "file", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without rows."""
    return _address(request.param, request)


@pytest.fixture(params=["file", "postgresql"])
def shared_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without rows that several processes can share."""
    return _address(request.param, request)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with the newest schema and no rows."""
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def two_databases(shared_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """One database opened twice, as two processes would have it."""
    first, second = await open_database(shared_url), await open_database(shared_url)
    yield first, second
    await first.close()
    await second.close()


@pytest.fixture(params=["file", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "file":
        yield f"sqlite:///{tmp_path / 'papers.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    """A plain connection maker beside the database under test."""
    url = make_url(empty_url)
    driver = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(url.set(drivername=driver))
    yield engine
    engine.dispose()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once for each reason how many tests it has skipped."""
    reports = terminalreporter.getreports("skipped")
    reasons = Counter(str(report.longrepr[2]) for report in reports if isinstance(report.longrepr, tuple))
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")
