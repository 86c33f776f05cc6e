"""Searching a hundred thousand papers, against FTS5 asked directly and against tantivy."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from rich.table import Table

from bench.badinput import strings
from bench.engines import BareFts5, Engine, Tantivy
from bench.library import CORPUS, Document, Question, documents, questions
from bench.rows import Row
from bench.stock import TODAY, Effort, fill, opened
from bot.filters.errors import FilterError
from bot.filters.question import read_question
from bot.search import Search

PAPERS = 100_000
EACH = 60
"""Questions of each kind."""
_WARMING = 5
_STRINGS = 10_000
_AT_MOST = 50.0
"""Milliseconds in which everything is to be answered."""

Times = dict[str, list[float]]
"""Milliseconds of the questions by their kind."""


def rows() -> Iterator[Row | Table | str]:
    """The speed of each kind of question, the size of the index, and what bad input costs."""
    if not CORPUS.is_file():
        yield "searching: skipped, ../shared/data/search is not here"
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from asyncio.run(_measured(folder, list(documents(PAPERS))))


async def _measured(folder: Path, library: list[Document]) -> list[Row | Table | str]:
    effort = await fill(folder / "ours.db", library)
    BareFts5.fill(folder / "bare.db", library)
    bare = BareFts5(folder / "bare.db")
    tantivy = Tantivy(folder / "tantivy", library) if find_spec("tantivy") else None
    library.clear()
    async with opened(f"sqlite:///{folder / 'ours.db'}") as store:
        others: list[Engine] = [bare, tantivy] if tantivy else [bare]
        await compared(store.search, others, questions(_WARMING, seed=20))
        times = await compared(store.search, others, questions(EACH))
        found: list[Row | Table | str] = [_by_kind(times), *_goals(times), *_sizes(effort)]
        found += await _bad_input(store.search)
    bare.close()
    if tantivy is None:
        found.append("tantivy is not installed: uv sync --group bench")
    return found


async def compared(search: Search, others: Sequence[Engine], asked: Sequence[Question]) -> list[Times]:
    """The times of our search and of the others. They answer each question in turn, so that what else the
    machine does falls on all."""
    times: list[Times] = [{} for _ in range(1 + len(others))]
    for question in asked:
        began = time.perf_counter()
        await search.find(read_question(question.filter), TODAY)
        times[0].setdefault(question.kind, []).append((time.perf_counter() - began) * 1e3)
        for engine, taken in zip(others, times[1:], strict=True):
            began = time.perf_counter()
            engine.ask(question)
            taken.setdefault(question.kind, []).append((time.perf_counter() - began) * 1e3)
    return times


def mixed(times: Times) -> list[float]:
    """The times of all kinds together."""
    return [each for taken in times.values() for each in taken]


def percentiles(taken: Sequence[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    middle, slow = np.percentile(taken, (50, 99))
    return float(middle), float(slow)


def _by_kind(times: list[Times]) -> Table:
    names = ("ours", "FTS5", "tantivy")[: len(times)]
    columns = [f"{name} {measure}" for name in names for measure in ("p50", "p99")]
    table = Table(
        "milliseconds", *columns, title=f"Searching {PAPERS:,} papers, {EACH} questions of each kind"
    )
    for kind in times[0]:
        figures = [figure for each in times for figure in percentiles(each[kind])]
        table.add_row(kind, *(f"{figure:.2f}" for figure in figures))
    figures = [figure for each in times for figure in percentiles(mixed(each))]
    table.add_row("the mix", *(f"{figure:.2f}" for figure in figures))
    return table


def _goals(times: list[Times]) -> Iterator[Row]:
    middle, slow = percentiles(mixed(times[0]))
    name = f"search of {PAPERS:,} papers"
    yield Row(f"{name}, p99 of the mix", "the goal", slow, _AT_MOST, slow / _AT_MOST, 1.0, "ms")
    for other, taken, goal in zip(("bare FTS5", "tantivy"), times[1:], (None, 2.0), strict=False):
        its, its_slow = percentiles(mixed(taken))
        yield Row(f"{name}, median of the mix", other, middle, its, middle / its, goal, "ms")
        yield Row(f"{name}, p99 of the mix", other, slow, its_slow, slow / its_slow, None, "ms")


def _sizes(effort: Effort) -> Iterator[Row | str]:
    text, kept = effort.text_bytes / 1e6, (effort.index_bytes + effort.ranking_bytes) / 1e6
    yield Row(
        "bytes of the index with what ranking learnt", "of the text", kept, text, kept / text, 1.5, "MB"
    )
    yield (
        f"{PAPERS:,} papers: indexed in {effort.index_seconds:.0f} s, learnt from in "
        f"{effort.learn_seconds:.0f} s; the index has {effort.index_bytes / 1e6:.0f} MB, "
        f"what was learnt {effort.ranking_bytes / 1e6:.0f} MB"
    )


async def _bad_input(search: Search) -> list[Row | Table | str]:
    parsed, answered = [], []
    for text in strings(_STRINGS):
        began = time.perf_counter()
        try:
            wanted = read_question(text)
        except FilterError:
            wanted = None
        parsed.append((time.perf_counter() - began) * 1e3)
        if wanted is not None:
            await search.find(wanted, TODAY)
            answered.append((time.perf_counter() - began) * 1e3)
    found: list[Row | Table | str] = []
    for name, taken in (("read or refused", parsed), ("answered", answered)):
        _, slow = percentiles(taken)
        for measure, time_ in (("p99", slow), ("worst", max(taken))):
            title = f"bad input, {len(taken):,} strings {name}, {measure}"
            found.append(Row(title, "the goal", time_, _AT_MOST, time_ / _AT_MOST, 1.0, "ms"))
    return found
