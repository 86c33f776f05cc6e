"""The words in SQLite: two FTS5 tables without content, `search_text` and `search_forms`.

Both are fed with words that are analysed already; FTS5's own tokenizer only splits at blanks. To make them
small, a token's column is part of the token wherever that spares a position list: authors' tokens begin
with a sign of their own, and the unstemmed ones with a letter for their column. The abstract comes first,
as FTS5 spends bytes on naming every column but the first.

FTS5 can only take out of such a table what it is told was in it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    false,
    func,
    literal_column,
    not_,
    or_,
    table,
    text,
    true,
)
from sqlalchemy import bindparam as bound
from sqlalchemy import select as sql_select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from storage.search.conditions import AllOf, AnyOf, Column, Condition, Facts, Term, Without
from storage.search.documents import SearchDocument, SearchText
from storage.search.rooms import Words

_AUTHOR = "§"
_LETTERS = {Column.ABSTRACT: "a", Column.TITLE: "t", Column.KEYWORDS: "k"}
_TEXT, _FORMS = "search_text", "search_forms"
WORD_TABLES = {_TEXT: ("abstract", "title", "keywords", "authors"), _FORMS: ("forms",)}
"""The tables of words and their columns."""

_ROWID: ColumnElement[int] = literal_column("rowid", Integer)


async def put(connection: AsyncConnection, words: Words) -> None:
    """See `Room`."""
    for name, columns in WORD_TABLES.items():
        statement = f"INSERT INTO {name}(rowid, {_named(columns)}) VALUES (:key, {_bound(columns)})"  # noqa: S608
        await _write(connection, statement, words)


async def remove(connection: AsyncConnection, words: Words) -> None:
    """See `Room`."""
    for name, columns in WORD_TABLES.items():
        statement = (
            f"INSERT INTO {name}({name}, rowid, {_named(columns)}) "  # noqa: S608
            f"VALUES ('delete', :key, {_bound(columns)})"
        )
        await _write(connection, statement, words)


async def clear(connection: AsyncConnection) -> None:
    """See `Room`."""
    for name in WORD_TABLES:
        await connection.execute(text(f"INSERT INTO {name}({name}) VALUES ('delete-all')"))  # noqa: S608


def _named(columns: Iterable[str]) -> str:
    return ", ".join(columns)


def _bound(columns: Iterable[str]) -> str:
    return ", ".join(f":{name}" for name in columns)


async def _write(connection: AsyncConnection, statement: str, words: Words) -> None:
    if words:
        await connection.execute(text(statement), [word_row(key, said) for key, said in words])


def word_row(key: int, said: SearchText) -> dict[str, object]:
    """What stands in the tables of words of one document, by column; `key` is the rowid."""
    forms = (
        (Column.ABSTRACT, said["abstract_forms"]),
        (Column.TITLE, said["title_forms"]),
        (Column.KEYWORDS, said["keyword_forms"]),
    )
    return {
        "key": key,
        "abstract": said["abstract"],
        "title": said["title"],
        "keywords": said["keywords"],
        "authors": _marked(_AUTHOR, said["authors"]),
        "forms": " ".join(_marked(_LETTERS[column], tokens) for column, tokens in forms if tokens),
    }


def _marked(mark: str, tokens: str) -> str:
    return mark + tokens.replace(" ", f" {mark}") if tokens else ""


def preparation(_condition: Condition) -> None:
    """See `Room`."""


def clause(condition: Condition) -> ColumnElement[bool]:
    """See `Room`. What one table can answer is asked of it at once: that is many times faster."""
    if isinstance(condition, Facts):
        return condition.clause
    if isinstance(condition, Without):
        return not_(clause(condition.part))
    for name in WORD_TABLES:
        if expression := _expression(condition, name):
            return col(SearchDocument.key).in_(_matching(name, expression))
    assert not isinstance(condition, Term)
    together = [_together(condition, name) for name in WORD_TABLES]
    taken = {id(part) for parts in together for part in parts}
    clauses = [_at_once(condition, parts) for parts in together if parts]
    clauses += [clause(part) for part in condition.parts if id(part) not in taken]
    return and_(true(), *clauses) if isinstance(condition, AllOf) else or_(false(), *clauses)


def _together(condition: AllOf | AnyOf, name: str) -> list[Condition]:
    """The parts that table `name` answers; where all must hold, what it excludes too."""
    excluding = isinstance(condition, AllOf)
    return [
        part
        for part in condition.parts
        if _expression(part.part if excluding and isinstance(part, Without) else part, name)
    ]


def _at_once(condition: AllOf | AnyOf, parts: Sequence[Condition]) -> ColumnElement[bool]:
    """The clause of some parts that one table answers."""
    if len(parts) == len(condition.parts):
        excluded = tuple(part.part for part in parts if isinstance(part, Without))
        return clause(Without(AnyOf(excluded) if len(excluded) > 1 else excluded[0]))
    if len(parts) == 1:
        return clause(parts[0])
    return clause(type(condition)(tuple(parts)))


def _matching(name: str, expression: str) -> Select[Any]:
    return sql_select(_ROWID.label("key")).select_from(table(name)).where(_matches(name, expression))


def _matches(name: str, expression: str) -> ColumnElement[bool]:
    return literal_column(name).op("MATCH", is_comparison=True)(bound("words", expression, unique=True))


def keys(condition: Condition) -> Select[Any]:
    """See `Room`. Where words alone decide, no row of a document is read."""
    for name in WORD_TABLES:
        if expression := _expression(condition, name):
            fallen = sql_select(col(SearchDocument.key)).where(col(SearchDocument.standing) == false())
            return _matching(name, expression).where(_ROWID.not_in(fallen))
    key = col(SearchDocument.key)
    return sql_select(key.label("key")).where(clause(condition), col(SearchDocument.standing))


def listed(key: ColumnElement[int]) -> ColumnElement[str]:
    """See `Room`."""
    return func.group_concat(key)


def _expression(condition: Condition, name: str) -> str | None:
    """What FTS5 is to match in table `name` alone for `condition`; None where that does not say it all."""
    if isinstance(condition, Term):
        return _term(condition) if name == (_FORMS if condition.prefix else _TEXT) else None
    if isinstance(condition, AnyOf):
        return _joined("OR", (_expression(part, name) for part in condition.parts))
    if not isinstance(condition, AllOf):
        return None
    wanted = [part for part in condition.parts if not isinstance(part, Without)]
    excluded = [part.part for part in condition.parts if isinstance(part, Without)]
    found = _joined("AND", (_expression(part, name) for part in wanted))
    if not found or not excluded:
        return found
    dropped = _joined("OR", (_expression(part, name) for part in excluded))
    return f"({found}) NOT ({dropped})" if dropped else None


def _joined(operator: str, expressions: Iterable[str | None]) -> str | None:
    """The expressions with `operator` between them; None where one is missing or there is none."""
    found = []
    for expression in expressions:
        if expression is None:
            return None
        found.append(expression)
    return found[0] if len(found) == 1 else f" {operator} ".join(f"({one})" for one in found) or None


def _term(term: Term) -> str:
    if term.prefix:
        columns = [term.column] if term.column else list(_LETTERS)
        return " OR ".join(f"{_quoted(_LETTERS[column] + term.tokens[0])} *" for column in columns)
    if term.column is Column.AUTHORS:
        return _quoted(" ".join(_AUTHOR + token for token in term.tokens))
    phrase = _quoted(" ".join(term.tokens))
    return f"{{{term.column.value}}} : {phrase}" if term.column else phrase


def _quoted(tokens: str) -> str:
    """A string in FTS5's grammar, in which nothing but the doubled quote has a meaning."""
    return '"' + tokens.replace('"', '""') + '"'
