"""The time that all processes of a scenario share: it runs faster than ours, and it jumps.

A process that is hastened waits a sixtieth of what it means to wait, whatever it waits for on its event loop.
What SQLite, PostgreSQL and the operating system do takes as long as ever.
"""

import mmap
import selectors
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.factories import NOON

SPEED = 60.0
"""Seconds that pass in one of ours."""

_LAYOUT = struct.Struct("<dd?")
"""When it began (by the machine's monotonic clock), how far the clock was moved (seconds), whether the disk
is full."""


def hasten(speed: float = SPEED) -> None:
    """Let time pass faster in this process, on event loops and for who asks `time.monotonic` later."""
    real = time.monotonic

    class Selector(selectors.DefaultSelector):
        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            return super().select(timeout / speed if timeout and timeout > 0 else timeout)

    time.monotonic = lambda: real() * speed
    selectors.DefaultSelector = Selector  # type: ignore[misc]  # what asyncio's loops are made with


class Sky:
    """A few bytes in a file that every process has before its eyes.

    Args:
        path: of the file, which `Sky.make` has made.
    """

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._seen = mmap.mmap(file.fileno(), _LAYOUT.size)

    @classmethod
    def make(cls, path: Path) -> "Sky":
        """A new one: it is noon."""
        path.write_bytes(_LAYOUT.pack(_machine_seconds(), 0.0, False))
        return cls(path)

    def now(self) -> datetime:
        """The bot's clock (UTC)."""
        began, moved, _ = self._read()
        return NOON + timedelta(seconds=(_machine_seconds() - began) * SPEED + moved)

    @property
    def disk_is_full(self) -> bool:
        return self._read()[2]

    def fill_disk(self, full: bool) -> None:
        began, moved, _ = self._read()
        self._write(began, moved, full)

    def jump(self, seconds: float) -> None:
        """Put the clock forward, or back."""
        began, moved, full = self._read()
        self._write(began, moved + seconds, full)

    def jump_to(self, moment: datetime) -> None:
        self.jump((moment.astimezone(UTC) - self.now()).total_seconds())

    def close(self) -> None:
        self._seen.close()

    def _read(self) -> tuple[float, float, bool]:
        began, moved, full = _LAYOUT.unpack(self._seen[:])
        return began, moved, full

    def _write(self, began: float, moved: float, full: bool) -> None:
        self._seen[:] = _LAYOUT.pack(began, moved, full)


def _machine_seconds() -> float:
    """The same for all processes of the machine, and not hastened."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)
