"""Many rows in one statement, by the quickest way that a database has."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Dialect,
    Enum,
    Integer,
    Table,
    Text,
    bindparam,
    insert,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from sqlmodel.ext.asyncio.session import AsyncSession


class _List(TypeDecorator[Collection[Any]]):
    """A list as one text: PostgreSQL's form of an array, or JSON for SQLite."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        if dialect.name != "postgresql":
            return json.dumps(list(value))
        return f"{{{','.join(map(_item, value))}}}"


def _item(value: int | str) -> str:
    """An item of an array as PostgreSQL reads it (postgresql.org/docs/current/arrays.html#ARRAYS-IO)."""
    if isinstance(value, int):
        return str(value)
    return '"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"'))


class _Among(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()
    _is_implicitly_boolean = True  # else it is compared with 1 on SQLite, which then looks by no index


def among(column: Any, values: Collection[int] | Collection[str]) -> FunctionElement[bool]:
    """Whether a column is one of many numbers or texts. They are one value of the statement: `in_` makes
    each a value of its own, and to write thousands of them takes longer than to find their rows."""
    return _Among(column, bindparam(None, values, type_=_List()))


def among_given(column: Any, name: str) -> FunctionElement[bool]:
    """The same in a statement that is made beforehand: the values are given under `name`."""
    return _Among(column, bindparam(name, type_=_List()))


@compiles(_Among, "postgresql")
def _any_of(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    kind = "BIGINT" if isinstance(next(iter(element.clauses)).type, Integer) else "TEXT"
    return f"{column} = ANY (CAST({values} AS {kind}[]))"


@compiles(_Among, "sqlite")
def _each_of(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  # both are compiled


async def insert_rows(session: AsyncSession, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Put rows into a table: by COPY on PostgreSQL. Raises sqlalchemy.exc.IntegrityError.

    Args:
        rows: by column, all with the same ones; a column that is missing has the model's default. Lists that
            several rows share are written out once, so it is worth sharing them.
    """
    if not rows:
        return
    connection = await session.connection()
    rest = {
        column.name: cast(Any, column.default).arg
        for column in table.columns
        if column.name not in rows[0] and column.default is not None and column.default.is_scalar
    }
    full = [row | rest for row in rows] if rest else rows
    named = [column for column in table.columns if column.name in full[0]]
    cells = {column.name: _cells(column, full, connection.dialect) for column in named}
    filled = {name: values for name, values in cells.items() if any(value is not None for value in values)}
    lines = zip(*filled.values(), strict=True)
    if connection.dialect.name == "postgresql":
        await _copy((await connection.get_raw_connection()).driver_connection, table.name, filled, lines)
    else:
        statement = insert(table).compile(dialect=connection.dialect, column_keys=list(filled))
        await connection.exec_driver_sql(str(statement), list(lines))


def _cells(column: Column[Any], rows: Sequence[dict[str, Any]], dialect: Dialect) -> list[Any]:
    """One column of the rows as the driver takes it. What is one object in many rows is converted once."""
    name = column.name
    convert = _conversion(column, dialect)
    if convert is None:
        return [row[name] for row in rows]
    known: dict[int, Any] = {id(None): None}
    cells = []
    for row in rows:
        value = row[name]
        cell = known.get(id(value), known)
        if cell is known:
            cell = known[id(value)] = convert(value)
        cells.append(cell)
    return cells


def _conversion(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a value one that the driver writes as quickly as it can; None where it is so already."""
    if isinstance(column.type, JSON):
        return json.dumps
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if dialect.name != "postgresql" or isinstance(column.type, Enum):
        return process
    if column.type.python_type in (int, bool, str):
        return process
    return lambda value: str(process(value) if process else value)


async def _copy(driver: Any, table: str, names: Iterable[str], lines: Iterable[tuple[Any, ...]]) -> None:
    import psycopg  # only who has PostgreSQL needs it
    from psycopg.sql import SQL, Identifier

    columns = SQL(", ").join(map(Identifier, names))
    statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), columns)
    try:
        async with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for line in lines:
                await copy.write_row(line)
    except psycopg.Error as problem:
        raise DBAPIError.instance(f"COPY {table}", None, problem, psycopg.Error) from problem
