"""The words in PostgreSQL: one table `search_text` with the analysed columns and a `tsvector` over them.

The vector is built from quoted lexemes, never by a parser of PostgreSQL's, so that words mean what the
analyser says. A lexeme begins with a letter for its column, and it has no positions: those end at 16,383,
so a phrase is looked up by its words and then looked for in the column itself.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Text,
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
from sqlalchemy import cast as sql_cast
from sqlalchemy import column as column_of
from sqlalchemy import select as sql_select
from sqlalchemy.dialects.postgresql import TSQUERY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from storage.search.conditions import TEXT_COLUMNS, AllOf, AnyOf, Column, Condition, Facts, Term, Without
from storage.search.documents import SearchDocument, SearchText
from storage.search.rooms import Words, has_words

_LETTERS = {Column.ABSTRACT: "a", Column.TITLE: "t", Column.KEYWORDS: "k", Column.AUTHORS: "n"}
_FORM_LETTERS = {Column.ABSTRACT: "A", Column.TITLE: "T", Column.KEYWORDS: "K"}
_PUT = text(
    "INSERT INTO search_text (key, abstract, title, keywords, authors, terms) "
    "VALUES (:key, :abstract, :title, :keywords, :authors, CAST(:terms AS tsvector))"
)
_REMOVE = text("DELETE FROM search_text WHERE key = :key")
_CLEAR = text("DELETE FROM search_text")
# A look at every row would be cheap only if the vectors did not lie beside the table, which no plan counts.
_PLAN = text("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")
# An offset of nothing: what stands before it is planned on its own, so the words are found by their index.
_ON_ITS_OWN: ColumnElement[int] = literal_column("0")
_WORDS = table("search_text", column_of("key"))


async def put(connection: AsyncConnection, words: Words) -> None:
    """See `Room`."""
    if words:
        await connection.execute(_PUT, [_row(key, said) for key, said in words])


async def remove(connection: AsyncConnection, words: Words) -> None:
    """See `Room`."""
    if words:
        await connection.execute(_REMOVE, [{"key": key} for key, _ in words])


async def clear(connection: AsyncConnection) -> None:
    """See `Room`."""
    await connection.execute(_CLEAR)


def _row(key: int, said: SearchText) -> dict[str, object]:
    columns = {
        "abstract": said["abstract"],
        "title": said["title"],
        "keywords": said["keywords"],
        "authors": said["authors"],
    }
    forms = {
        Column.ABSTRACT: said["abstract_forms"],
        Column.TITLE: said["title_forms"],
        Column.KEYWORDS: said["keyword_forms"],
    }
    lexemes = {_LETTERS[Column(name)] + token for name, tokens in columns.items() for token in tokens.split()}
    lexemes |= {_FORM_LETTERS[column] + token for column, tokens in forms.items() for token in tokens.split()}
    return {"key": key, **columns, "terms": " ".join(map(_quoted, lexemes))}


def _quoted(lexeme: str) -> str:
    """A lexeme in the grammar of tsvector and tsquery, in which nothing but these two signs has a meaning."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def preparation(condition: Condition) -> Executable | None:
    """See `Room`."""
    return _PLAN if has_words(condition) else None


def clause(condition: Condition) -> ColumnElement[bool]:
    """See `Room`."""
    if isinstance(condition, Facts):
        return condition.clause
    if isinstance(condition, Without):
        return not_(clause(condition.part))
    if _is_of_words(condition):
        found = sql_select(_WORDS.c.key).where(_said(condition)).offset(_ON_ITS_OWN)
        return col(SearchDocument.key).in_(found)
    assert not isinstance(condition, Term)
    together = _together(condition)
    taken = {id(part) for part in together}
    clauses = [clause(part) for part in condition.parts if id(part) not in taken]
    if together:
        clauses.append(clause(type(condition)(together)))
    return _combined(condition, clauses)


def _together(condition: AllOf | AnyOf) -> tuple[Condition, ...]:
    """The parts that one look into the vector answers: at least one of them says what must be there, and then
    others may say what must not."""
    found = tuple(part for part in condition.parts if _is_of_words(part))
    if not found or isinstance(condition, AnyOf):
        return found
    excluded = (part for part in condition.parts if isinstance(part, Without) and _is_of_words(part.part))
    return (*found, *excluded)


def keys(condition: Condition) -> Select[Any]:
    """See `Room`. Where words alone decide, no row of a document is read."""
    if _is_of_words(condition):
        fallen = sql_select(col(SearchDocument.key)).where(col(SearchDocument.standing) == false())
        key = _WORDS.c.key
        return sql_select(key.label("key")).where(_said(condition), key.not_in(fallen))
    return sql_select(col(SearchDocument.key).label("key")).where(
        clause(condition), col(SearchDocument.standing)
    )


def listed(key: ColumnElement[int]) -> ColumnElement[str]:
    """See `Room`."""
    return func.string_agg(sql_cast(key, Text), aggregate_order_by(literal_column("','"), key))


def _combined(condition: AllOf | AnyOf, clauses: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(true(), *clauses) if isinstance(condition, AllOf) else or_(false(), *clauses)


def _is_of_words(condition: Condition) -> bool:
    """Whether words alone decide, and some must be there: the vector's index is no help for what is not."""
    if isinstance(condition, AllOf):
        return bool(condition.parts) and len(_together(condition)) == len(condition.parts)
    if isinstance(condition, AnyOf):
        return bool(condition.parts) and all(map(_is_of_words, condition.parts))
    return isinstance(condition, Term)


def _said(condition: Condition) -> ColumnElement[bool]:
    """The clause over `search_text`: one look into the vector, and only phrases are looked at again."""
    if not _has_phrase(condition):
        return _looked_up(_query(condition))
    if isinstance(condition, Term):
        return _phrase(condition)
    if isinstance(condition, Without):
        return not_(_said(condition.part))
    assert not isinstance(condition, Facts)
    plain = tuple(part for part in condition.parts if not _has_phrase(part))
    clauses = [_said(part) for part in condition.parts if _has_phrase(part)]
    if plain:
        clauses.append(_said(type(condition)(plain)))
    return _combined(condition, clauses)


def _has_phrase(condition: Condition) -> bool:
    if isinstance(condition, AllOf | AnyOf):
        return any(map(_has_phrase, condition.parts))
    if isinstance(condition, Without):
        return _has_phrase(condition.part)
    return isinstance(condition, Term) and len(condition.tokens) > 1


def _phrase(term: Term) -> ColumnElement[bool]:
    phrase: ColumnElement[str] = bound("phrase", f" {' '.join(term.tokens)} ", unique=True)
    found = [
        func.strpos(literal_column(f"' ' || {column.value} || ' '"), phrase) > 0 for column in _columns(term)
    ]
    return and_(_looked_up(_query(term)), or_(*found))


def _columns(term: Term) -> tuple[Column, ...]:
    return (term.column,) if term.column else TEXT_COLUMNS


def _looked_up(query: str) -> ColumnElement[bool]:
    asked = sql_cast(bound("words", query, unique=True), TSQUERY)
    return literal_column("terms").op("@@", is_comparison=True)(asked)


def _query(condition: Condition) -> str:
    """A tsquery of a condition on words; of a phrase, that its words stand in one column."""
    if isinstance(condition, Term):
        return " | ".join(_in_column(condition, column) for column in _columns(condition))
    if isinstance(condition, Without):
        return f"!({_query(condition.part)})"
    assert not isinstance(condition, Facts)
    operator = " & " if isinstance(condition, AllOf) else " | "
    return operator.join(f"({_query(part)})" for part in condition.parts)


def _in_column(term: Term, column: Column) -> str:
    if term.prefix:
        return f"{_quoted(_FORM_LETTERS[column] + term.tokens[0])}:*"
    return "(" + " & ".join(_lexemes(term.tokens, column)) + ")"


def _lexemes(tokens: Iterable[str], column: Column) -> Iterator[str]:
    return (_quoted(_LETTERS[column] + token) for token in tokens)
