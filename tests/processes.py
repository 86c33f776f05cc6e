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


@asynccontextmanager
async def running(folder: Path, *words: str, **environment: str) -> AsyncIterator[Process]:
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
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def said(process: Process, event: str, read: list[str] | None = None) -> dict[str, Any]:
    """The next line of the log that is about `event`.

    Args:
        read: gets every line up to there.
    """
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while line := await process.stderr.readline():
            row: dict[str, Any] = json.loads(line)
            if read is not None:
                read.append(line.decode())
            if row["event"] == event:
                return row
    raise AssertionError(f"it ended without saying {event}")


async def stopped(process: Process, sign: signal.Signals) -> tuple[int, str, str]:
    process.send_signal(sign)
    async with asyncio.timeout(10):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()
