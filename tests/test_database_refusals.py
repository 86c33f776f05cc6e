"""What is said of a database that cannot be used: one sentence, and never the password."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from storage.database import Database, DatabaseError, open_database
from tests.conftest import PostgresServer
from tests.factories import make_delivery


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param(
            "postgresql://ada:hunter2@127.0.0.1:1/papers",
            "the database at 127.0.0.1 cannot be used (connection failed: connection to server at "
            '"127.0.0.1", port 1 failed: Connection refused); check DAILY_PAPERS_DATABASE_URL',
            id="no-server",
        ),
        pytest.param(
            "postgresql://ada:hunter2@127.0.0.1:port/papers",
            "the database address cannot be read; write sqlite:///file.db or "
            "postgresql://user:password@host/database",
            id="no-port",
        ),
        pytest.param(
            "hunter2",
            "the database address cannot be read; write sqlite:///file.db or "
            "postgresql://user:password@host/database",
            id="no-address",
        ),
        pytest.param(
            "postgresql://ada:hunter2@127.0.0.1/papers?password_of_mine=hunter2",
            'the database at 127.0.0.1 cannot be used (invalid connection option "password_of_mine"); '
            "check DAILY_PAPERS_DATABASE_URL",
            id="no-such-option",
        ),
    ],
)
async def test_an_address_that_leads_nowhere(url: str, sentence: str) -> None:
    with pytest.raises(DatabaseError) as problem:
        await open_database(url)
    assert str(problem.value) == sentence
    assert "hunter2" not in str(problem.value)


async def test_a_statement_that_fails_does_not_show_its_values(database: Database) -> None:
    """An unexpected error goes to the log with its text, and a paper's words do not belong there."""
    async with database.read() as session:
        session.add(make_delivery(1, notice="quiet words", subscription_id=99))
        with pytest.raises(DBAPIError) as problem:
            await session.flush()
    assert "INSERT INTO delivery" in str(problem.value)
    assert "quiet words" not in str(problem.value)


async def test_a_server_that_refuses_shows_no_password(postgres: PostgresServer) -> None:
    url = make_url(postgres.emptied()).set(database="no_such_database", password="hunter2")

    with pytest.raises(DatabaseError, match='database "no_such_database" does not exist') as problem:
        await open_database(url.render_as_string(hide_password=False))
    assert "hunter2" not in str(problem.value)


@pytest.mark.parametrize("kind", ["a-folder", "no-database", "missing/papers.db", "read-only"])
async def test_a_file_that_cannot_be_used(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "no-database").write_text("dear diary\n" * 500)
    with closing(sqlite3.connect(tmp_path / "read-only")) as connection:
        connection.execute("CREATE TABLE something_else (id)")
    path = tmp_path / kind
    reasons = {
        "a-folder": "unable to open database file",
        "no-database": "file is not a database",
        "missing/papers.db": "unable to open database file",
        "read-only": "attempt to write a readonly database",
    }
    url, where = f"sqlite:///{path}", str(path)
    if kind == "read-only":  # by SQLite's own means: to root every folder can be written
        url, where = f"sqlite:///file:{path}?mode=ro&uri=true", f"file:{path}"

    with pytest.raises(DatabaseError) as problem:
        await open_database(url)
    assert str(problem.value) == (
        f"the database at {where} cannot be used ({reasons[kind]}); check DAILY_PAPERS_DATABASE_URL"
    )


async def test_a_database_of_another_program_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE paper (title)")

    with pytest.raises(DatabaseError, match="table paper already exists"):
        await open_database(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("paper",)]
