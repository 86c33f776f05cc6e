"""The databases that are tortured: SQLite in a file, PostgreSQL on a server, PostgreSQL that is restarted."""

import asyncio
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

import psycopg
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy.engine import make_url

from tests.ports import free_address

_MILLISECONDS = 10_000
"""How long a connection that is thrown out may take to be gone."""


class Kind(Protocol):
    """Where databases come from."""

    name: str

    def created(self, folder: Path) -> AbstractAsyncContextManager[str]:
        """The address of a new database, which is gone in the end.

        Args:
            folder: the scenario's.
        """


class SqliteFiles:
    """A file in the scenario's folder."""

    name = "SQLite"

    @asynccontextmanager
    async def created(self, folder: Path) -> AsyncIterator[str]:
        yield f"sqlite:///{folder / 'papers.db'}"


class Server:
    """A PostgreSQL server that others use as well: a restart is one of a single database.

    Args:
        url: any database of the server, as a user who may create others.
    """

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = make_url(url)

    @asynccontextmanager
    async def created(self, folder: Path) -> AsyncIterator[str]:
        name = f"daily_papers_torture_{secrets.token_hex(8)}"
        await self._run(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield self._url.set(database=name).render_as_string(hide_password=False)
        finally:
            await self._run(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    async def restart(self, url: str) -> None:
        """Throw everybody out of a database, and let nobody in for a moment."""
        name = make_url(url).database or ""
        allow = SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        await self._run(allow.format(Identifier(name), SQL("false")))
        terminate = SQL("SELECT pg_terminate_backend(pid, {}) FROM pg_stat_activity WHERE datname = {}")
        await self._run(terminate.format(_MILLISECONDS, name))
        await self._run(allow.format(Identifier(name), SQL("true")))

    async def _run(self, statement: Composed) -> None:
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            await connection.execute(statement)


class Cluster(Server):
    """A PostgreSQL of our own, which is really stopped, without a word to anybody, and started."""

    def __init__(self, programs: Path, folder: Path, address: str) -> None:
        super().__init__(f"postgresql://postgres@{address}/postgres")
        self._programs, self._folder = programs, folder
        self._host, _, self._port = address.partition(":")

    def set_up(self) -> None:
        self._call("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8")
        self.start()

    def start(self) -> None:
        settings = (
            f"-h {self._host} -p {self._port} -c unix_socket_directories= -c fsync=off -c max_connections=200"
        )
        self._call("pg_ctl", "start", "--wait", f"--log={self._folder / 'log'}", f"--options={settings}")

    def stop(self) -> None:
        self._call("pg_ctl", "stop", "--wait", "--mode=immediate")

    async def restart(self, url: str) -> None:
        """Stop all of it as a crash does, and start it again."""
        await asyncio.to_thread(self.stop)
        await asyncio.to_thread(self.start)

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), f"--pgdata={self._folder / 'data'}", *arguments]
        subprocess.run(command, check=True, capture_output=True, user=_postgres_user(), cwd="/")


def _postgres_user() -> str | None:
    """PostgreSQL does not run as root."""
    return "postgres" if os.geteuid() == 0 else None


def postgres_programs() -> Path | None:
    """Where PostgreSQL's programs are on this machine, if they are there and can be run."""
    with suppress(KeyError):
        if (user := _postgres_user()) is not None:
            pwd.getpwnam(user)
        found = [shutil.which("pg_ctl"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))[::-1]]
        return next((Path(path).resolve().parent for path in found if path), None)
    return None


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """A PostgreSQL of our own, which is gone in the end."""
    folder = Path(mkdtemp(prefix="daily-papers-cluster-"))
    if (user := _postgres_user()) is not None:
        shutil.chown(folder, user)
    made = Cluster(programs, folder, free_address())
    try:
        made.set_up()
        yield made
    finally:
        with suppress(subprocess.CalledProcessError):
            made.stop()
        shutil.rmtree(folder)
