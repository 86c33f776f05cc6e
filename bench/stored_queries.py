"""PostgreSQL matches by itself: a `tsquery` for each subscription, a `tsvector` for each paper, and a join.

What a `tsquery` cannot say of numbers and names is said in lexemes that the papers carry, so that it gives
the same answers as ours: `upvotes>=20` is one, `author/song` another.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import psycopg
from psycopg.sql import SQL

from bot.filters.analysis import stem
from bot.filters.canonical import written
from bot.filters.facts import holds
from bot.filters.paper_text import paper_text
from bot.filters.syntax import And, Author, Filter, Has, Node, Not, Number, Or, Part, Text
from storage.models import Paper

_WEIGHTS = {Part.TITLE: "A", Part.ABSTRACT: "B", Part.KEYWORD: "C"}
_GAP = 10
"""Positions between two columns: no phrase reaches across."""
_MOST_POSITION = 16_383
"""PostgreSQL counts no further (postgresql.org/docs/current/textsearch-limitations.html)."""


class StoredQueries:
    """A database of its own with the papers and the filters in it."""

    def __init__(self, url: str, papers: Sequence[Paper], filters: Sequence[Filter], today: date) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        facts = {leaf for wanted in filters for leaf in _facts(wanted.root)}
        run = self._connection.execute
        run("CREATE TABLE paper_words (id int, words tsvector)")
        run("CREATE TABLE asked (id int, query tsquery)")
        for number, paper in enumerate(papers):
            run("INSERT INTO paper_words VALUES (%s, %s::tsvector)", (number, _vector(paper, facts, today)))
        with self._connection.cursor().copy("COPY asked FROM STDIN") as copy:
            for number, wanted in enumerate(filters):
                copy.write_row((number, _query(wanted.root)))
        run("CREATE INDEX ON paper_words USING gin (words)")
        run("ANALYZE paper_words, asked")
        run("SET max_parallel_workers_per_gather = 0")
        run("SET jit = off")

    def match(self, by_index: bool) -> tuple[float, int]:
        """How many seconds the join takes, and how many pairs it finds."""
        self._connection.execute(SQL("SET enable_bitmapscan = {}").format("on" if by_index else "off"))
        began = time.perf_counter()
        joined = "SELECT count(*) FROM asked JOIN paper_words ON words @@ query"
        row = self._connection.execute(joined).fetchone()
        assert row is not None
        return time.perf_counter() - began, row[0]

    def close(self) -> None:
        """Give the connection back; the tables go with their database."""
        self._connection.close()


def _query(node: Node | None) -> str:
    """A filter as the text of a tsquery."""
    match node:
        case And(terms):
            return f"({' & '.join(map(_query, terms))})"
        case Or(terms):
            return f"({' | '.join(map(_query, terms))})"
        case Not(term):
            return f"!{_query(term)}"
        case Text(words, part, prefix):
            weight = _WEIGHTS[part] if part else ""
            if prefix:
                return f"{_quoted(f'form/{words[0]}')}:*{weight}"
            suffix = f":{weight}" if weight else ""
            return "(" + " <-> ".join(f"{_quoted(stem(word))}{suffix}" for word in words) + ")"
        case Author(words):
            return "(" + " <-> ".join(_quoted(f"author/{word}") for word in words) + ")"
        case None:
            return "'every/paper'"
        case _:
            return _quoted(written(Filter(node)))


def _facts(node: Node | None) -> Iterator[Number | Has]:
    match node:
        case And(terms) | Or(terms):
            for term in terms:
                yield from _facts(term)
        case Not(term):
            yield from _facts(term)
        case Number() | Has():
            yield node


def _vector(paper: Paper, facts: Iterable[Number | Has], today: date) -> str:
    text = paper_text(paper)
    columns = [(text["title"], "A"), (text["abstract"], "B"), (text["keywords"], "C")]
    forms = [(text["title_forms"], "A"), (text["abstract_forms"], "B"), (text["keyword_forms"], "C")]
    lexemes: list[str] = ["'every/paper'"]
    at = 1
    for words, weight in columns:
        for word in words.split():
            lexemes.append(f"{_quoted(word)}:{at}{weight}")
            at = min(at + 1, _MOST_POSITION)
        at += _GAP
    lexemes += [f"{_quoted(f'form/{word}')}:1{weight}" for words, weight in forms for word in words.split()]
    for word in text["authors"].split():
        lexemes.append(f"{_quoted(f'author/{word}')}:{at}")
        at += 1
    lexemes += [_quoted(written(Filter(fact))) for fact in facts if holds(fact, paper, today)]
    return " ".join(lexemes)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
