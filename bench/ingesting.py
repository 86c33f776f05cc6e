"""Thirty recorded editions into SQLite, from bytes in memory: parse, clean, merge, count, settle, index."""

import asyncio
import gzip
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from adapters.huggingface.records import parse_listing
from bench.rows import Row, compare
from bot.filters.paper_text import search_text
from bot.ingest import Ingest
from bot.settling import SettleRules
from bot.source import Listing
from storage.database import open_database
from storage.search.sqlite import WORD_TABLES, word_row

RECORDED = Path(__file__).parents[2] / "shared" / "data" / "hf_daily"
_RULES = SettleRules(time_of_day(7), timedelta(minutes=60), time_of_day(12))
_TABLES = ("edition", "paper", "vote_snapshot", "search_document", "search_name")
_TEXTS = "SELECT key, title, abstract, keywords, authors FROM paper JOIN search_document ON id = paper_id"


class _Recorded:
    """The recorded answers as a source: the decoding and parsing of the real one, without a network."""

    name = "recorded"

    def __init__(self, answers: dict[date, bytes]) -> None:
        self._answers = answers

    async def fetch(self, day: date) -> Listing:
        return parse_listing(json.loads(self._answers[day]), day)

    async def newest(self) -> Listing:
        return await self.fetch(max(self._answers))

    async def close(self) -> None:
        pass


def rows() -> Iterator[Row | str]:
    """Ingest against `json.loads` and one `executemany` a table of the rows that came of it."""
    if not RECORDED.is_dir():
        yield "ingesting: skipped, ../shared/data is not here"
        return
    answers = {
        date.fromisoformat(path.name[:10]): gzip.decompress(path.read_bytes())
        for path in sorted(RECORDED.glob("*.json.gz"))
    }
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(answers, Path(folder))
        asyncio.run(bench.prepare())
        yield compare(
            f"ingest of {len(answers)} editions",
            bench.ingest,
            "json.loads + executemany of the same rows",
            bench.bare,
            goal=3.0,
            rounds=7,
        )


class _Bench:
    def __init__(self, answers: dict[date, bytes], folder: Path) -> None:
        self._answers = answers
        self._empty = folder / "empty.db"
        self._file = folder / "bench.db"
        self._contents: dict[str, list[tuple[object, ...]]] = {}

    async def prepare(self) -> None:
        """A migrated file to begin each round with, and the rows that ingesting makes."""
        await (await open_database(f"sqlite:///{self._empty}")).close()
        with closing(sqlite3.connect(self._empty)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await asyncio.to_thread(self.ingest)
        with closing(sqlite3.connect(self._file)) as connection:
            for table in _TABLES:
                self._contents[table] = connection.execute(f"SELECT * FROM {table}").fetchall()
            for key, title, abstract, keywords, authors in connection.execute(_TEXTS):
                said = search_text(title, abstract, json.loads(keywords), json.loads(authors))
                row = word_row(key, said)
                for table, columns in WORD_TABLES.items():
                    words = (key, *(row[column] for column in columns))
                    self._contents.setdefault(table, []).append(words)

    def ingest(self) -> float:
        """Seconds that the bot's own ingest takes."""
        self._begin()
        return asyncio.run(self._ingest())

    async def _ingest(self) -> float:
        database = await open_database(f"sqlite:///{self._file}")
        ingest = Ingest(database, _Recorded(self._answers), _RULES, lambda: datetime.now(UTC))
        began = time.perf_counter()
        async for _ in ingest.days(self._answers, lambda: None):
            pass
        taken = time.perf_counter() - began
        await database.close()
        return taken

    def bare(self) -> float:
        """Seconds that decoding and writing the same rows takes at the least."""
        self._begin()
        connection = sqlite3.connect(self._file)
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        )
        began = time.perf_counter()
        for answer in self._answers.values():
            json.loads(answer)
        for table, contents in self._contents.items():
            marks = ", ".join("?" * len(contents[0]))
            named = f"(rowid, {', '.join(WORD_TABLES[table])})" if table in WORD_TABLES else ""
            connection.executemany(f"INSERT INTO {table}{named} VALUES ({marks})", contents)
        connection.commit()
        taken = time.perf_counter() - began
        connection.close()
        return taken

    def _begin(self) -> None:
        for suffix in ("-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        self._file.write_bytes(self._empty.read_bytes())
