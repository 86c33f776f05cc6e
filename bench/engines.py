"""What the search is measured against: FTS5 asked directly, and tantivy, each over the same documents."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from bench.library import Document, Question

BEST = 5
_WRITER_BYTES = 200_000_000


class Engine(Protocol):
    """Answers questions over documents that it was made of."""

    def ask(self, question: Question) -> list[str]:
        """The titles of the five best."""


class BareFts5:
    """One FTS5 table with SQLite's own stemming, and its own `bm25()`.

    Args:
        file: holds the documents already, see `fill`.
    """

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file)

    @staticmethod
    def fill(file: Path, documents: Iterable[Document]) -> None:
        """Make the table."""
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "CREATE VIRTUAL TABLE paper USING fts5(title, abstract, keywords, tokenize='porter unicode61')"
        )
        with connection:
            rows = ((each.title, each.abstract, " ".join(each.keywords)) for each in documents)
            connection.executemany("INSERT INTO paper VALUES (?, ?, ?)", rows)
        connection.close()

    def ask(self, question: Question) -> list[str]:
        """See `Engine`."""
        found = self._connection.execute(
            "SELECT title FROM paper WHERE paper MATCH ? ORDER BY bm25(paper) LIMIT ?",
            (fts5_expression(question), BEST),
        )
        return [title for (title,) in found]

    def close(self) -> None:
        self._connection.close()


def fts5_expression(question: Question) -> str:
    """The question in the language of FTS5; one for `upvotes` is not asked."""
    quoted = [f'"{word}"' for word in question.words]
    match question.kind:
        case "phrase":
            return f'"{" ".join(question.words)}"'
        case "field":
            return f"title : {quoted[0]}"
        case "prefix":
            return f'"{question.filter.rstrip("*")}" *'
    return (" AND " if question.every else " OR ").join(quoted)


class Tantivy:
    """The library that searches as Lucene does, with its English stemmer."""

    def __init__(self, folder: Path, documents: Iterable[Document]) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("title", stored=True, tokenizer_name="en_stem")
        for name in ("abstract", "keywords"):
            builder.add_text_field(name, tokenizer_name="en_stem")
        folder.mkdir()
        self._index: Any = tantivy.Index(builder.build(), path=str(folder))
        self._regex = tantivy.Query.regex_query
        writer = self._index.writer(_WRITER_BYTES)
        for each in documents:
            text = {"title": each.title, "abstract": each.abstract, "keywords": " ".join(each.keywords)}
            writer.add_document(tantivy.Document(**text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, question: Question) -> list[str]:
        """See `Engine`. Its prefixes are looked up in the abstracts alone."""
        hits = self._searcher.search(self._query(question), BEST).hits
        return [self._searcher.doc(address)["title"][0] for _, address in hits]

    def _query(self, question: Question) -> Any:
        columns = ["title"] if question.kind == "field" else ["title", "abstract", "keywords"]
        match question.kind:
            case "prefix":
                return self._regex(self._index.schema, "abstract", question.filter.rstrip("*") + ".*")
            case "phrase":
                return self._index.parse_query(f'"{" ".join(question.words)}"', columns)
        joined = (" AND " if question.every else " OR ").join(question.words)
        return self._index.parse_query(joined, columns)
