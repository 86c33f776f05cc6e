"""Peak memory of the idle bot with both chat platforms, against a process that imports the same libraries."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.rows import Row, compare
from bench.starting import COMMAND
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack

_LIBRARIES = (
    "discord, slack_bolt.async_app, slack_sdk.socket_mode.aiohttp, aiohttp, sqlmodel, aiosqlite, "
    "sqlalchemy.ext.asyncio, apscheduler.schedulers.asyncio, pydantic_settings, structlog, typer"
)
_IDLE_SECONDS = 5
"""How long the bot is left alone after it has said that it listens."""


def rows() -> Iterator[Row]:
    """Both listen: Slack by its socket, Discord by its gateway; on SQLite, with the sample edition."""
    with tempfile.TemporaryDirectory() as folder:
        yield compare(
            "run, idle, Slack and Discord: peak memory",
            lambda: asyncio.run(_bot(Path(folder))),
            "importing the same libraries",
            lambda: asyncio.run(_imports()),
            goal=1.4,
            rounds=3,
            unit="MB",
        )


async def _bot(folder: Path) -> float:
    """Megabytes at the highest."""
    async with FakeSlack() as slack, FakeDiscord() as discord:
        environment = {
            "PATH": os.environ["PATH"],
            "DAILY_PAPERS_SOURCE": "sample",
            "DAILY_PAPERS_HTTP": "127.0.0.1:0",
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.url,
            "DISCORD_BOT_TOKEN": discord.token,
            "DISCORD_API_URL": discord.url,
        }
        process = await asyncio.create_subprocess_exec(
            COMMAND, "run", cwd=folder, env=environment, stderr=asyncio.subprocess.PIPE
        )
        assert process.stderr is not None
        listening = 0
        while listening < 2:
            line = (await process.stderr.readline()).decode()
            if not line:
                raise RuntimeError("the bot ended before it listened")
            listening += "listening" in line
        await asyncio.sleep(_IDLE_SECONDS)
        highest = peak(process.pid)
        process.terminate()
        await process.communicate()
        return highest


async def _imports() -> float:
    code = f"import {_LIBRARIES}; print(flush=True); input()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    highest = peak(process.pid)
    await process.communicate(b"\n")
    return highest


def peak(process: int | str) -> float:
    """The kernel's high-water mark of a process's resident memory, in megabytes."""
    rows = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmHWM")) / 1024
