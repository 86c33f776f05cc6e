"""How soon a slash command is acknowledged by a process that sends ten thousand messages meanwhile."""

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from adapters.slack.manifest import PATH
from bench.delivering import MESSAGES
from bench.post_office import Office, fill, office
from bench.rows import Row
from bench.searching import percentiles
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_payloads import command_payload
from tests.ports import free_address
from tests.processes import COMMAND

COMMANDS = 300
"""Commands that are asked one after the other."""
PAUSE = 0.02
"""Seconds between two of them."""
_AT_MOST = 100.0
"""Milliseconds; Slack waits for three seconds."""
_BEGUN = 500
"""Messages after which the sending counts as under way."""


def rows() -> Iterator[Row | str]:
    """The median, and the time that one of a hundred exceeds."""
    with tempfile.TemporaryDirectory() as folder, office("discord") as discord, office("slack") as slack:
        url = f"sqlite:///{folder}/papers.db"
        asyncio.run(fill(url, discord.tell("crowd", people=MESSAGES)))
        address = free_address()
        with _running(Path(folder), url, address, (discord, slack)):
            taken = asyncio.run(_ask(address, discord, slack))
        if len(discord.seen()["posted"]) == MESSAGES:
            yield "acknowledging: skipped, all was sent before the last command was asked"
            return
    for measure, found, goal in zip(("median", "p99"), percentiles(taken), (None, 1.0), strict=True):
        name = f"a slash command acknowledged while {MESSAGES:,} messages are sent, {measure}"
        yield Row(name, "the goal", found, _AT_MOST, found / _AT_MOST, goal, "ms")


@contextmanager
def _running(folder: Path, url: str, address: str, stand_ins: tuple[Office, Office]) -> Iterator[None]:
    """A bot that sends, and hears Slack over HTTP."""
    environment = {
        **os.environ,
        **stand_ins[0].environment,
        **stand_ins[1].environment,
        "SLACK_SIGNING_SECRET": FakeSlack().signing_secret,
        "DAILY_PAPERS_DATABASE_URL": url,
        "DAILY_PAPERS_HTTP": address,
        "DISCORD_REQUESTS_PER_SECOND": "0",
    }
    command = [COMMAND, "run", "--only", "deliver", "--only", "slack"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stderr=log, stdout=log)
        try:
            yield
        finally:
            process.kill()
            process.wait()


async def _ask(address: str, discord: Office, slack: Office) -> list[float]:
    """How long each command's acknowledgement took, in milliseconds."""
    taken = []
    async with aiohttp.ClientSession(f"http://{address}") as session:
        while len((await asyncio.to_thread(discord.seen))["posted"]) < _BEGUN:  # noqa: ASYNC110 - elsewhere
            await asyncio.sleep(0.1)
        for _ in range(COMMANDS):
            body = _command(slack)
            began = time.perf_counter()
            async with session.post(PATH, data=body, headers=FakeSlack().signed(body)) as answer:
                await answer.read()
                answer.raise_for_status()
            taken.append((time.perf_counter() - began) * 1e3)
            await asyncio.sleep(PAUSE)
    return taken


def _command(slack: Office) -> bytes:
    """`/papers help`; where its answer goes to, nobody waits for it."""
    way = f"{slack.root}/commands/nobody"
    return urlencode(command_payload("/papers help", "U0READER", "C0PAPERS", way, "1.2")).encode()
