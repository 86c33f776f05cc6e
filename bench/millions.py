"""Planning a day for a million subscriptions, and how it grows."""

import asyncio
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from rich.table import Table

from bench.copies import POSTGRES_URL, PostgresCopies
from bench.crowd import PAPERS, TODAY, distinct_filters, fill, recorded_papers
from bench.ingesting import RECORDED
from bench.planning import Effort, on_one_core, plan_in_a_process
from bench.rows import Row
from bench.stored_queries import StoredQueries
from bot.filters.parser import parse
from bot.filters.quick import QuickMatcher
from storage.database import open_database
from storage.models import Paper

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
SUBSCRIPTIONS = 1_000_000
FILTERS = 200_000
FEW_FILTERS = 10_000
"""What the growing subscriptions have."""
SOME = 300_000
"""The subscriptions that have ever more filters."""
_STORED = 100_000
"""The subscriptions for which PostgreSQL matches; for a million it takes ten times as long, row after row."""
_SEED = 11
SECONDS = 45.0
MATCHING_SECONDS = 3.0
MEGABYTES = 500.0


def rows() -> Iterator[Row | Table | str]:
    """A million at once, the matching alone, and the curves."""
    if not RECORDED.is_dir():
        yield "millions: skipped, ../shared/data is not here"
        return
    with PostgresCopies() as copies:
        if problem := copies.problem():
            yield f"millions: skipped, {POSTGRES_URL} does not answer ({problem})"
            return
        yield from _million(copies)
        yield from _matching(copies)
        yield _curve("subscriptions", [(size, FEW_FILTERS) for size in SIZES], copies)
        yield _curve("distinct filters", [(SOME, size) for size in SIZES if size <= SOME], copies)
    yield _matching_curve()


def _million(copies: PostgresCopies) -> Iterator[Row]:
    effort = _planned(copies, SUBSCRIPTIONS, FILTERS)
    name = f"planning {SUBSCRIPTIONS:,} subscriptions, {FILTERS:,} filters, {PAPERS} papers, PostgreSQL"
    yield Row(name, "the goal", effort.seconds, SECONDS, effort.seconds / SECONDS, 1.0)
    yield Row("  its processor time", "the goal", effort.busy, SECONDS, effort.busy / SECONDS, None)
    yield Row(
        "  its peak memory", "the goal", effort.megabytes, MEGABYTES, effort.megabytes / MEGABYTES, 1.0, "MB"
    )


def _matching(copies: PostgresCopies) -> Iterator[Row | str]:
    taken = _matching_in_a_process(FILTERS)
    name = f"  matching {FILTERS:,} filters with {PAPERS} papers alone, from their text"
    yield Row(name, "the goal", taken, MATCHING_SECONDS, taken / MATCHING_SECONDS, 1.0)
    papers = [Paper(**row) for row in recorded_papers()]
    texts = distinct_filters(recorded_papers(), FILTERS)
    chosen = [texts[int(FILTERS * random.Random(number).random())] for number in range(_STORED)]
    stored = StoredQueries(copies.empty(), papers, [parse(text) for text in chosen], TODAY)
    results = [stored.match(by_index) for by_index in (False, True)]
    stored.close()
    matcher = QuickMatcher(papers, TODAY)
    pairs = sum(matcher.matches(text)[0].bit_count() for text in chosen)
    yield f"pairs of {_STORED:,} subscriptions and papers: ours {pairs:,}, PostgreSQL's {results[0][1]:,}"
    for (seconds, _), way in zip(results, ("each paper", "a GIN index on the papers"), strict=True):
        its = seconds * SUBSCRIPTIONS / _STORED
        yield Row(
            f"  the same for {SUBSCRIPTIONS:,}",
            f"a stored tsquery each, {way}",
            taken,
            its,
            taken / its,
            None,
        )


def _planned(copies: PostgresCopies, subscriptions: int, filters: int) -> Effort:
    """In a database of its own, which is gone afterwards."""
    url = copies.empty()
    asyncio.run(_fill(url, subscriptions, filters))
    effort = plan_in_a_process(url)
    copies.drop(url)
    said = f"{effort.seconds:.1f} s, {effort.busy:.1f} s busy, {effort.megabytes:.0f} MB"
    print(f"{subscriptions:,} subscriptions, {filters:,} filters: {said}", file=sys.stderr, flush=True)
    return effort


async def _fill(url: str, subscriptions: int, filters: int) -> None:
    database = await open_database(url)
    await fill(database, subscriptions, filters)
    await database.close()


def _curve(what: str, sizes: Sequence[tuple[int, int]], copies: PostgresCopies) -> Table:
    table = Table("subscriptions", "filters", "s", "busy s", "µs each", "MB", title=f"Planning, more {what}")
    efforts = [_planned(copies, *size) for size in sizes]
    for (subscriptions, filters), effort in zip(sizes, efforts, strict=True):
        each = effort.seconds / subscriptions * 1e6
        cells = (f"{effort.seconds:.1f}", f"{effort.busy:.1f}", f"{each:.0f}", f"{effort.megabytes:.0f}")
        table.add_row(f"{subscriptions:,}", f"{filters:,}", *cells)
    grown = [max(size) if what == "subscriptions" else size[1] for size in sizes]
    wall, busy = (
        _exponent(grown, times) for times in ([e.seconds for e in efforts], [e.busy for e in efforts])
    )
    table.caption = f"grows with the power {wall:.2f} of the {what}, {busy:.2f} busy"
    return table


def _matching_curve() -> Table:
    table = Table("filters", "s", "µs each", title="Matching alone, more distinct filters")
    times = [_matching_in_a_process(size) for size in SIZES]
    for size, taken in zip(SIZES, times, strict=True):
        table.add_row(f"{size:,}", f"{taken:.2f}", f"{taken / size * 1e6:.1f}")
    table.caption = f"grows with the power {_exponent(SIZES, times):.2f} of the filters"
    return table


def _exponent(sizes: Sequence[int], times: Sequence[float]) -> float:
    """By least squares over the logarithms: 1 is linear."""
    xs, ys = [math.log(size) for size in sizes], [math.log(taken) for taken in times]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def _matching_in_a_process(filters: int) -> float:
    command = [sys.executable, "-m", "bench.millions", str(filters)]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _match(filters: int) -> float:
    """Seconds to read and match so many filters, the analysis of the papers included."""
    rows_of_papers = recorded_papers()
    texts = distinct_filters(rows_of_papers, filters)
    papers = [Paper(**row) for row in rows_of_papers]
    on_one_core()
    began = time.perf_counter()
    matcher = QuickMatcher(papers, TODAY)
    for text in texts:
        matcher.matches(text)
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(_match(int(sys.argv[1]))))
