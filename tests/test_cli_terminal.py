"""The command line on a real terminal: the demo's prompt, and the bar over a long range."""

import subprocess
import sys
from pathlib import Path

from tests.fakes.terminal import Terminal

COMMAND = str(Path(sys.executable).parent / "daily-papers")


def start(terminal: Terminal, folder: Path, *words: str, **environment: str) -> subprocess.Popen[bytes]:
    """A command whose keyboard and screen are this terminal."""
    return subprocess.Popen(
        [COMMAND, *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment},
        stdin=terminal.device,
        stdout=terminal.device,
        stderr=terminal.device,
    )


def test_the_demo_shows_the_thread_in_colour_and_leaves_a_prompt(tmp_path: Path) -> None:
    with Terminal() as terminal:
        demo = start(terminal, tmp_path, "demo", DAILY_PAPERS_SOURCE="sample")
        shown = terminal.until("> ")
        assert "20 papers, 277 upvotes" in shown
        assert "\x1b[" in shown
        terminal.type("/papers paper 2607.25895\n")
        assert "HiFi-UMI" in terminal.until("> ")
        terminal.type("/papers nonsense\n")
        assert 'I know no papers about "nonsense"' in terminal.until("> ")
        terminal.type("quit\n")
        assert demo.wait(timeout=30) == 0


def test_a_long_range_shows_how_far_it_is_and_a_short_one_does_not(tmp_path: Path) -> None:
    for until, bar in (("2026-07-29", True), ("2026-07-02", False)):
        with Terminal() as terminal:
            words = ("ingest", "--since", "2026-07-01", "--until", until)
            ingest = start(terminal, tmp_path, *words, DAILY_PAPERS_SOURCE="sample")
            shown = terminal.until("29 days read" if bar else "Thu 2 Jul 2026")
            assert ingest.wait(timeout=30) == 0
        assert ("Reading editions" in shown) == bar
