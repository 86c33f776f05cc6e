"""`daily-papers run` in processes of its own: started, listened to, stopped and killed."""

import asyncio
import json
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

COMMAND = str(Path(sys.executable).parent / "daily-papers")


class Running:
    """A process of `daily-papers run`, and all that it has logged so far.

    Its parts start side by side, so that no order of two events is promised: one that came while another
    was waited for is kept for who asks for it next.
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self._kept: list[dict[str, Any]] = []

    async def said(self, event: str) -> dict[str, Any]:
        """The first line of the log about `event` that nobody has asked for yet."""
        async with asyncio.timeout(60):
            while not (found := next((row for row in self._kept if row["event"] == event), None)):
                self._kept.append(await self._read(event))
        self._kept.remove(found)
        return found

    async def _read(self, event: str) -> dict[str, Any]:
        assert self.process.stderr is not None
        line = (await self.process.stderr.readline()).decode()
        assert line, f"it ended without saying {event}"
        self.lines.append(line)
        row: dict[str, Any] = json.loads(line)
        return row

    async def stopped(self, sign: signal.Signals) -> tuple[int, str, str]:
        """Ask it to stop and see it end within the ten seconds it has; else like `ended`."""
        self.process.send_signal(sign)
        async with asyncio.timeout(10):
            return await self.ended()

    async def ended(self, typed: bytes | None = None) -> tuple[int, str, str]:
        """Its code, all that it printed and all that it logged, once it has ended by itself.

        Args:
            typed: all that somebody types in its terminal.
        """
        out, rest = await self.process.communicate(typed)
        self.lines += rest.decode().splitlines(keepends=True)
        assert self.process.returncode is not None
        return self.process.returncode, out.decode(), "".join(self.lines)

    async def kill(self) -> None:
        """End it between two instructions."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def running(folder: Path, *words: str, **environment: str) -> AsyncIterator[Running]:
    """The bot in a process of its own, with JSON logs; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        "run",
        *words,
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "DAILY_PAPERS_LOG": "json",
            "DAILY_PAPERS_SOURCE": "sample",
            "DAILY_PAPERS_HTTP": "127.0.0.1:0",
            **environment,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
