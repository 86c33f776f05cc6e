"""How the search grows with the papers: times, bytes and memory from ten thousand papers to a million."""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from bench.engines import BareFts5
from bench.library import CORPUS, documents, questions
from bench.memory import peak
from bench.searching import compared, mixed, percentiles
from bench.stock import fill, opened

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
SMALL = SIZES[:2]
EACH = 40
"""Questions of each kind."""
_WARMING = 5


def small_rows() -> Iterator[Table | str]:
    """The beginning of the curve."""
    yield from _curve(SMALL)
    yield "The whole curve, to 1,000,000 papers: make bench ARGS=growth (an hour, 8 GB of disk, much memory)"


def rows() -> Iterator[Table | str]:
    """The whole curve."""
    yield from _curve(SIZES)


def _curve(sizes: Iterable[int]) -> Iterator[Table | str]:
    if not CORPUS.is_file():
        yield "growth: skipped, ../shared/data/search is not here"
        return
    columns = ("p50 ms", "p99 ms", "FTS5 p50", "FTS5 p99", "index s", "learn s", "index MB", "learnt MB")
    table = Table("papers", *columns, "of the text", "MB to make", "MB to search", title="How search grows")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            made, asked = (_in_a_process(step, size, folder) for step in _STEPS)
        ratio = (made["index_bytes"] + made["ranking_bytes"]) / made["text_bytes"]
        cells = [f"{asked[name]:.1f}" for name in ("p50", "p99", "bare_p50", "bare_p99")]
        cells += [f"{made[name]:.0f}" for name in ("index_seconds", "learn_seconds")]
        cells += [f"{made[name] / 1e6:.0f}" for name in ("index_bytes", "ranking_bytes")]
        cells += [f"{ratio:.2f}", f"{made['peak']:.0f}", f"{asked['peak']:.0f}"]
        table.add_row(f"{size:,}", *cells)
        print(f"{size:,} papers:", ", ".join(cells), file=sys.stderr, flush=True)
    yield table


def _in_a_process(step: str, size: int, folder: str) -> dict[str, float]:
    """Each step has a process of its own, whose memory nothing else has filled."""
    command = [sys.executable, "-m", "bench.growth", step, str(size), folder]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


def _make(size: int, folder: Path) -> dict[str, float]:
    return asdict(asyncio.run(fill(folder / "ours.db", documents(size))))


def _ask(size: int, folder: Path) -> dict[str, float]:
    BareFts5.fill(folder / "bare.db", documents(size))
    return asyncio.run(_asked(folder))


async def _asked(folder: Path) -> dict[str, float]:
    bare = BareFts5(folder / "bare.db")
    async with opened(f"sqlite:///{folder / 'ours.db'}") as store:
        await compared(store.search, [bare], questions(_WARMING, seed=20))
        ours, its = (mixed(times) for times in await compared(store.search, [bare], questions(EACH)))
    bare.close()
    names = ("p50", "p99", "bare_p50", "bare_p99")
    return dict(zip(names, (*percentiles(ours), *percentiles(its)), strict=True))


_STEPS: dict[str, Callable[[int, Path], dict[str, float]]] = {"make": _make, "ask": _ask}


def _main(step: str, size: str, folder: str) -> None:
    found = _STEPS[step](int(size), Path(folder))
    print(json.dumps({**found, "peak": peak("self")}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
