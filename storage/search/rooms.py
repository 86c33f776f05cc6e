"""The words of the papers, in the way of the database at hand: what each room offers."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Executable, Select, collate
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.search.conditions import AllOf, AnyOf, Condition, Term, Without
from storage.search.documents import SearchText

_WORD_TABLES = ("search_text", "search_forms")
"""The tables of words; FTS5 keeps each in several more whose names begin with it."""

Words = Sequence[tuple[int, SearchText]]
"""Analysed words by the key of their document."""


class Room(Protocol):
    """The tables of words in one database."""

    async def put(self, connection: AsyncConnection, words: Words) -> None:
        """Add the words of documents that have none."""

    async def remove(self, connection: AsyncConnection, words: Words) -> None:
        """Take words out.

        Args:
            words: exactly what was put.
        """

    async def clear(self, connection: AsyncConnection) -> None:
        """Take out all words."""

    def preparation(self, condition: Condition, /) -> Executable | None:
        """What the transaction is to execute before it is asked about `condition`, if anything."""

    def clause(self, condition: Condition) -> ColumnElement[bool]:
        """`condition` over the rows of `SearchDocument`. What was typed is in bound values alone."""

    def keys(self, condition: Condition) -> Select[Any]:
        """The column `key` of the standing documents that `condition` selects, in no order."""

    def listed(self, key: ColumnElement[int]) -> ColumnElement[str]:
        """Aggregates all keys into one text with commas, null for none."""


async def room_of(session: AsyncSession) -> tuple[AsyncConnection, Room]:
    """The session's connection and the room of its database."""
    connection = await session.connection()
    return connection, room_in(connection.dialect.name)


def room_in(dialect: str) -> Room:
    """The room of a database of this dialect."""
    if dialect == "sqlite":
        from storage.search import sqlite

        return sqlite
    from storage.search import postgresql  # a tenth of a second that SQLite's users need not wait

    return postgresql


def has_words(condition: Condition) -> bool:
    """Whether `condition` asks for words at all."""
    if isinstance(condition, AllOf | AnyOf):
        return any(map(has_words, condition.parts))
    return has_words(condition.part) if isinstance(condition, Without) else isinstance(condition, Term)


def by_code_points(dialect: str, column: Any) -> Any:
    """A column of text in the order of Python and SQLite, whatever the language of the database."""
    return column if dialect == "sqlite" else collate(column, "C")


def is_of_models(name: str | None, kind: str, _parents: object) -> bool:
    """Whether alembic may compare what has this name with the models, which know no tables of words."""
    return not (kind == "table" and name and name.startswith(_WORD_TABLES))
