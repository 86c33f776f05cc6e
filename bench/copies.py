"""Databases to measure in: one is filled, and each measurement begins with a copy of it."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL, make_url

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
_CONNECT_SECONDS = 3


class Copies(Protocol):
    """Makes databases of one kind, by their addresses."""

    @property
    def name(self) -> str:
        """The kind, for a row's name."""

    def empty(self) -> str:
        """The address of a new one without tables."""

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """One like another that nobody is connected to; it is gone when the block ends."""


class SqliteCopies:
    """Files in a folder that its maker removes."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def empty(self) -> str:
        """See `Copies`."""
        return f"sqlite:///{self._folder / secrets.token_hex(8)}.db"

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """See `Copies`."""
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other = self.empty()
        name = make_url(other).database or ""
        shutil.copyfile(make_url(url).database or "", name)
        try:
            yield other
        finally:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{name}{suffix}").unlink(missing_ok=True)


class PostgresCopies:
    """Databases on a server; all that it made are dropped at the end of its block."""

    name = "PostgreSQL"

    def __init__(self) -> None:
        self._server = make_url(POSTGRES_URL)
        self._made: set[str] = set()

    def problem(self) -> str | None:
        """Why the server cannot be used; None where it can."""
        try:
            self._run(SQL("SELECT 1"))
        except psycopg.Error as problem:
            return str(problem).splitlines()[0]
        return None

    def empty(self) -> str:
        """See `Copies`."""
        return self._create(SQL(""))

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """See `Copies`."""
        other = self._create(SQL(" TEMPLATE {}").format(Identifier(make_url(url).database or "")))
        try:
            yield other
        finally:
            self.drop(other)

    def __enter__(self) -> "PostgresCopies":
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._made):
            self._drop(name)

    def _create(self, after: SQL | object) -> str:
        name = f"daily_papers_bench_{secrets.token_hex(8)}"
        self._run(SQL("CREATE DATABASE {}{}").format(Identifier(name), after))
        self._made.add(name)
        return self._server.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Remove one now."""
        self._drop(make_url(url).database or "")

    def _drop(self, name: str) -> None:
        self._run(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        self._made.discard(name)

    def _run(self, statement: object) -> None:
        address: URL = self._server.set(drivername="postgresql")
        with psycopg.connect(
            address.render_as_string(hide_password=False), autocommit=True, connect_timeout=_CONNECT_SECONDS
        ) as connection:
            connection.execute(statement)  # type: ignore[call-overload]
