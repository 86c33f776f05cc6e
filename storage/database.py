"""The engine, sessions, and the schema: SQLite in one file, or PostgreSQL.

SQLite runs in WAL mode; a writing transaction takes the write lock when it begins (BEGIN IMMEDIATE),
because a deferred one that reads and then writes loses updates silently under the driver's default.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.resources import files
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

BUSY_SECONDS = 30
"""How long a SQLite writer waits for another before it gives up."""

_ADDITIVE = re.compile(r"([0-9]{4})a")

_Found = TypeVar("_Found")


class DatabaseError(Exception):
    """The database cannot be used. The text says in one sentence why and what to do."""


class Database:
    """One database: where transactions come from. Made by `open_database`; one event loop's.

    `newer_schema` is the revision of a newer version that has upgraded it already, see `works_on`; else None.

    Args:
        engine: speaks aiosqlite or psycopg.
        in_threads: the same database for `ask`, with a pool of its own; None where each connection would be
            a new database.
    """

    def __init__(self, engine: AsyncEngine, in_threads: Engine | None = None) -> None:
        self._engine = engine
        self._in_threads = in_threads
        self._writing = engine.execution_options(writes=True)
        self.newer_schema: str | None = None

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading; on SQLite it waits for no writer. Raises DatabaseError."""
        with _explained():
            async with AsyncSession(self._engine, expire_on_commit=False) as session:
                yield session

    async def ask(self, work: Callable[[Session], _Found]) -> _Found:
        """What `work` finds in one transaction for reading. Raises DatabaseError.

        It runs in one thread from first to last. In a session of `read` each statement changes threads
        several times, which takes longer than most statements do.
        """
        with _explained():
            if self._in_threads is not None:
                return await asyncio.to_thread(_asked, self._in_threads, work)
            async with AsyncSession(self._engine, expire_on_commit=False) as session:
                return await session.run_sync(lambda _: work(session.sync_session))

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end of the block, rolled back on error. Raises DatabaseError."""
        with _explained():
            async with AsyncSession(self._writing, expire_on_commit=False) as session, session.begin():
                yield session

    async def change(self, work: Callable[[Session], _Found]) -> _Found:
        """What `work` gives, in a transaction that is committed behind it. Raises DatabaseError.

        On SQLite it runs in one thread from first to last, as with `ask`: with a session of `write` each
        statement waits several times until another thread has its turn, which is long in a busy process.
        """
        with _explained():
            if self._in_threads is not None and self.is_sqlite:
                return await asyncio.to_thread(_changed, self._in_threads, work)
            async with AsyncSession(self._writing, expire_on_commit=False) as session, session.begin():
                return await session.run_sync(lambda _: work(session.sync_session))

    async def close(self) -> None:
        """Give back all connections. Safe to call twice."""
        await self._engine.dispose()
        if self._in_threads is not None:
            await asyncio.to_thread(self._in_threads.dispose)


def _asked(engine: Engine, work: Callable[[Session], _Found]) -> _Found:
    with Session(engine, expire_on_commit=False) as session:
        return work(session)


def _changed(engine: Engine, work: Callable[[Session], _Found]) -> _Found:
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session, session.begin():
        return work(session)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the server or the disk refuses into one sentence, without the statement and its values."""
    try:
        yield
    # A server that has become read only is an InternalError to psycopg.
    except (OperationalError, InterfaceError, InternalError, PoolTimeout) as problem:
        raise DatabaseError(f"the database cannot be used now ({_cause(problem)})") from problem


async def open_database(url: str) -> Database:
    """Connect and bring the schema to the newest version.

    Args:
        url: `sqlite:///file.db`, `sqlite://` (in memory) or `postgresql://…`.

    Raises DatabaseError where the database is out of reach, or belongs to a newer version with whose schema
    this one cannot work.
    """
    address = _with_driver(url)
    engine = create_async_engine(address, **_pool(address), hide_parameters=True)
    in_threads = (
        None
        if _is_in_memory(address)
        else create_engine(_plain(address), **_snapshots(address), hide_parameters=True)
    )
    if engine.dialect.name == "sqlite":
        for tuned in filter(None, (engine.sync_engine, in_threads)):
            _tune_sqlite(tuned)
    database = Database(engine, in_threads)
    try:
        if engine.dialect.name == "sqlite":
            _try_file(address)
        database.newer_schema = await _upgrade(engine)
    except DBAPIError as problem:
        await database.close()
        raise DatabaseError(_unreachable(address, problem)) from problem
    except BaseException:
        await database.close()
        raise
    return database


def _with_driver(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as problem:
        raise DatabaseError(
            "the database address cannot be read; write sqlite:///file.db or "
            "postgresql://user:password@host/database"
        ) from problem
    if "@" in (address.host or ""):
        raise DatabaseError("the database address has an @ in its password; write it as %40")
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgres": "postgresql+psycopg",
        "postgresql": "postgresql+psycopg",
    }
    return address.set(drivername=drivers.get(address.drivername, address.drivername))


def _is_in_memory(address: URL) -> bool:
    return address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:")


def _plain(address: URL) -> URL:
    """With a driver that waits; psycopg does both."""
    return address.set(drivername="sqlite") if address.get_backend_name() == "sqlite" else address


def _snapshots(address: URL) -> dict[str, Any]:
    """A pool whose transactions see one state of the database throughout, as SQLite's do anyway."""
    isolated = {} if address.get_backend_name() == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    return _pool(address) | isolated


def _pool(address: URL) -> dict[str, Any]:
    """In memory there is one connection, which sessions take in turn: each new one is a new database."""
    if address.get_backend_name() != "sqlite":
        return {"pool_pre_ping": True}
    if _is_in_memory(address):
        from sqlalchemy.pool import AsyncAdaptedQueuePool

        return {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
    return {}


def _try_file(address: URL) -> None:
    """Open the file and set its mode, which it keeps. Raises sqlalchemy.exc.DBAPIError.

    Not left to aiosqlite: where that cannot open a file it leaves a thread behind, which now and then
    writes a traceback to standard error while the program ends.
    """
    engine = create_engine(_plain(address))
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    finally:
        engine.dispose()


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        cursor = connection.cursor()
        for pragma in ("synchronous=NORMAL", f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "invalidate")
    def given_up(connection: Any, _record: Any, _problem: BaseException | None) -> None:
        # A cancelled statement lives on in the traceback, and SQLite keeps a closed connection, and its lock,
        # until the last statement has gone. Rolled back, it has no lock to keep.
        with suppress(Exception):
            connection.rollback()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def _upgrade(engine: AsyncEngine) -> str | None:
    """Compare the stored revision with those this version knows, and migrate where it is behind.

    Returns the revision where it is a newer one that this version can work on.
    """
    known = known_revisions()
    async with engine.connect() as connection:
        current = await connection.run_sync(_stored_revision)
    if current == known[-1]:
        return None
    if current is not None and current not in known:
        if works_on(current, known[-1]):
            return current
        raise DatabaseError(
            f"this database belongs to a newer Daily Papers Bot (its schema is {current}, this version knows "
            f"{known[-1]}): update the bot with `git pull && make setup`, or point DAILY_PAPERS_DATABASE_URL "
            "elsewhere"
        )
    from storage.migrations.upgrade import upgrade  # alembic costs half a second; only who needs it pays

    async with engine.execution_options(writes=True).begin() as connection:
        await connection.run_sync(upgrade)
    return None


def works_on(revision: str, newest: str) -> bool:
    """Whether a version whose newest revision is `newest` can work on a database at `revision`.

    It can on the next one if that only adds what an older version need not know; such a revision ends in
    "a", as in `0009a_reading_lists.py`. So an old and a new version run side by side while one replaces the
    other.
    """
    found = _ADDITIVE.fullmatch(revision)
    return found is not None and int(found[1]) == number_of(newest) + 1


def number_of(revision: str) -> int:
    """The number of a revision, of "0009a" as of "0009" 9."""
    return int(revision.removesuffix("a"))


def known_revisions() -> list[str]:
    """The schema revisions of this version, oldest first: what the migrations' file names begin with."""
    versions = files("storage.migrations") / "versions"
    return sorted(item.name.partition("_")[0] for item in versions.iterdir() if item.name[0].isdigit())


def _stored_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _unreachable(address: URL, problem: Exception) -> str:
    where = address.database if address.get_backend_name() == "sqlite" else address.host
    return f"the database at {where} cannot be used ({_cause(problem)}); check DAILY_PAPERS_DATABASE_URL"


def _cause(problem: Exception) -> str:
    """The first line of what the driver says."""
    return next(iter(str(getattr(problem, "orig", problem)).strip().splitlines()), type(problem).__name__)
