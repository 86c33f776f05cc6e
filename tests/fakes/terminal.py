"""A real pseudo-terminal, seen from the side of the person who sits at it, and a disk without space."""

import fcntl
import io
import os
import pty
import select
import struct
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self, TextIO

import pytest


class Terminal:
    """24 rows and some columns; `person` and `device` are its two ends."""

    def __init__(self, columns: int = 80) -> None:
        self.person, self.device = pty.openpty()
        fcntl.ioctl(self.device, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.device)
        os.close(self.person)

    @property
    def echoes(self) -> bool:
        """Whether it shows what is typed, as a shell expects to find it."""
        return bool(termios.tcgetattr(self.device)[3] & termios.ECHO)

    def stream(self, mode: str) -> io.TextIOWrapper:
        """The terminal as a program sees it: `r` its keyboard, `w` its screen."""
        return io.TextIOWrapper(os.fdopen(os.dup(self.device), mode + "b", 0), "utf-8", write_through=True)

    def type(self, text: str) -> None:
        os.write(self.person, text.encode())

    def until(self, text: str) -> str:
        """What appears on the screen up to and with `text`, which must appear."""
        seen = b""
        while text.encode() not in seen:
            ready, _, _ = select.select([self.person], [], [], 30)
            assert ready, f"{text!r} does not appear after {seen!r}"
            seen += os.read(self.person, 1)
        return seen.decode()


@contextmanager
def full_disk() -> Iterator[TextIO]:
    """A file that takes nothing, and fails once more when it is closed."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    full = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115
    try:
        yield full
    finally:
        with suppress(OSError):
            full.close()
