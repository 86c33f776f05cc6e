"""Planning one day for a hundred thousand subscriptions, against a loop; and what memory it takes."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.copies import POSTGRES_URL, Copies, PostgresCopies, SqliteCopies
from bench.crowd import NOW, PAPERS, RULES, fill
from bench.ingesting import RECORDED
from bench.memory import peak
from bench.one_by_one import papers_sent, seconds_for_one
from bench.rows import Row
from bot.adapter import Limits
from bot.cli.shell import collect_seldom
from bot.planning import Planner
from storage.database import open_database

SUBSCRIPTIONS = 100_000
FILTERS = 20_000
_SAMPLE = range(1, SUBSCRIPTIONS + 1, 100)
"""The subscriptions that the loop plans, half of them before ours and half after; its time for one does not
depend on how many there are."""
_FEWER = 10
"""Memory is compared with that for so many times fewer subscriptions, which have the same filters."""


def rows() -> Iterator[Row | str]:
    """The time on each kind of database, and the memory."""
    if not RECORDED.is_dir():
        yield "planning: skipped, ../shared/data is not here"
        return
    with tempfile.TemporaryDirectory() as folder:
        files = SqliteCopies(Path(folder))
        yield from _measured(files)
        yield from _memory(files)
    with PostgresCopies() as copies:
        if problem := copies.problem():
            yield f"planning on PostgreSQL: skipped, {POSTGRES_URL} does not answer ({problem})"
        else:
            yield from _measured(copies)


def _measured(copies: Copies) -> Iterator[Row]:
    store = asyncio.run(_filled(copies, SUBSCRIPTIONS, FILTERS))
    with copies.copy(store) as url, copies.copy(store) as other:
        before = asyncio.run(seconds_for_one(other, _SAMPLE[::2]))
        ours = plan_in_a_process(url).seconds
        after = asyncio.run(seconds_for_one(other, _SAMPLE[1::2]))
        _check(url, other)
    its = (before + after) / 2 * SUBSCRIPTIONS
    name = f"planning {SUBSCRIPTIONS:,} subscriptions, {FILTERS:,} filters, {PAPERS} papers, {copies.name}"
    yield Row(name, "one by one", ours, its, ours / its, 0.05)


def _memory(copies: Copies) -> Iterator[Row]:
    filters = SUBSCRIPTIONS // _FEWER
    stores = [asyncio.run(_filled(copies, count, filters)) for count in (SUBSCRIPTIONS, filters)]
    many, few = (plan_in_a_process(url).megabytes for url in stores)
    name = f"peak memory, planning {SUBSCRIPTIONS:,} subscriptions, {copies.name}"
    yield Row(name, f"{filters:,} with the same filters", many, few, many / few, 1.1, "MB")


async def _filled(copies: Copies, subscriptions: int, filters: int) -> str:
    url = copies.empty()
    database = await open_database(url)
    await fill(database, subscriptions, filters)
    await database.close()
    return url


@dataclass(frozen=True, slots=True)
class Effort:
    """What planning took.

    Args:
        busy: seconds of processor time, of the process that plans; the database has its own.
        megabytes: of the process at the most.
    """

    seconds: float
    busy: float
    megabytes: float


def on_one_core() -> None:
    """Keep this process on the last core that it may use."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def plan_in_a_process(url: str) -> Effort:
    """In one of its own on one core, whose memory nothing else has filled."""
    command = [sys.executable, "-m", "bench.planning", url]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Effort(**json.loads(said.splitlines()[-1]))


def _check(url: str, other: str) -> None:
    """Both ways gave the same papers."""
    ours, its = (asyncio.run(papers_sent(each, _SAMPLE)) for each in (url, other))
    assert len(ours) == len(_SAMPLE)
    assert ours == its


async def _plan(url: str) -> Effort:
    database = await open_database(url)
    planner = Planner(database, lambda _: _LIMITS, RULES, lambda: NOW)
    began, busy = time.perf_counter(), time.process_time()
    await planner.plan_due(NOW, tell=False)
    taken, busy = time.perf_counter() - began, time.process_time() - busy
    await database.close()
    return Effort(taken, busy, peak("self"))


_LIMITS = Limits(lines=20, cards=10)


if __name__ == "__main__":
    on_one_core()
    collect_seldom()
    print(json.dumps(asdict(asyncio.run(_plan(sys.argv[1])))))
