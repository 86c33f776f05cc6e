"""The command line, run within the test's process: what was typed, and what came out."""

import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from bot.cli import main


@dataclass(frozen=True)
class Ran:
    """One command that has ended.

    Args:
        code: the exit code.
        out, err: standard output and standard error.
    """

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """Types commands.

    Args:
        capture: pytest's, of the file descriptors.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capture = capture

    def set(self, **environment: str) -> None:
        """Set environment variables."""
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)

    def type(self, *words: str) -> Ran:
        """Run `daily-papers` with these words."""
        self._monkeypatch.setattr(sys, "argv", ["daily-papers", *words])
        self._capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = self._capture.readouterr()
        return Ran(int(ended.value.code or 0), out, err)
