"""Recorded answers of the real API, and a server that replays them.

They hold other people's sentences, so they are not part of the project: they lie in `../shared`, seen from
the root of the repository. Mark a test with `needs_recorded` and it is skipped where they are absent.
"""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
DAYS = SHARED / "data" / "hf_daily"
EARLY_DAYS = SHARED / "data" / "hf_daily_early"
_SERVER = SHARED / "peers" / "hf_replay.py"

needs_recorded = pytest.mark.skipif(
    not (DAYS.is_dir() and _SERVER.is_file()),
    reason="needs the recordings in ../shared/data and ../shared/peers, which are not part of the project",
)


@dataclass(frozen=True)
class Replay:
    """A running server: `url` stands for https://huggingface.co."""

    url: str

    def asked(self) -> list[str]:
        """The paths with their queries that were asked so far, spoiled ones included."""
        with urlopen(f"{self.url}/_control/requests") as answer:
            paths: list[str] = json.load(answer)
        return paths


def recorded_days(folder: Path = DAYS) -> list[date]:
    """The days that were recorded, oldest first; empty where the recordings are absent."""
    return sorted(date.fromisoformat(path.name[:10]) for path in folder.glob("*.json.gz"))


def recorded(day: date, folder: Path = DAYS) -> list[dict[str, Any]]:
    """What the API answered for `day`, decoded."""
    with gzip.open(folder / f"{day}.json.gz", "rt", encoding="utf-8") as file:
        items: list[dict[str, Any]] = json.load(file)
    return items


@contextmanager
def replay(
    days: Iterable[date] | None = None,
    today: date | None = None,
    grow: float = 0,
    faults: Iterable[str] = (),
    folder: Path = DAYS,
) -> Iterator[Replay]:
    """Serve recorded days on a free port of loopback, and stop at the end.

    Args:
        days: only these; None for all of `folder`.
        today: the newest day served, later ones answer 400; None for the newest recorded one.
        grow: seconds in which the newest day grows from one paper to all; 0 for at once.
        faults: `kind:N` spoils every Nth request; kinds 429, 500, html, drop, slow, truncated, notlist.
    """
    with TemporaryDirectory() as chosen:
        for day in recorded_days(folder) if days is None else days:
            (Path(chosen) / f"{day}.json.gz").symlink_to(folder / f"{day}.json.gz")
        command = [sys.executable, str(_SERVER), "--days", chosen, "--port", "0", "--grow", str(grow)]
        command += ["--today", str(today)] if today else []
        for fault in faults:
            command += ["--fault", fault]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                *_, url = server.stdout.readline().split() or [""]
                assert url.startswith("http://127.0.0.1:"), "the replay server did not start"
                yield Replay(url)
            finally:
                server.terminate()
