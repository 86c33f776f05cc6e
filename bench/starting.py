"""How long a command takes that has little to do."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.rows import Row, compare

COMMAND = str(Path(sys.executable).parent / "daily-papers")


def rows() -> Iterator[Row]:
    """`deliver` with nothing due, and `--help`, against bare imports."""
    with tempfile.TemporaryDirectory() as folder:
        yield compare(
            "daily-papers deliver, nothing due",
            _timed([COMMAND, "deliver"], folder),
            "python -c 'import sqlmodel, aiohttp'",
            _timed([sys.executable, "-c", "import sqlmodel, aiohttp"], folder),
            goal=1.4,
            rounds=9,
        )
        yield compare(
            "daily-papers --help",
            _timed([COMMAND, "--help"], folder),
            "python -c 'import typer'",
            _timed([sys.executable, "-c", "import typer"], folder),
            goal=1.5,
            rounds=15,
        )


def _timed(command: list[str], folder: str) -> Callable[[], float]:
    def run() -> float:
        began = time.perf_counter()
        environment = {"PATH": os.environ["PATH"], "HOME": folder}
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        return time.perf_counter() - began

    return run
