"""Processes that start at once: they are forked from one that has everything imported."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

_SERVER = multiprocessing.get_context("forkserver")
# Not the adapters themselves: they keep what they find in `time.monotonic`, so time must be hastened before.
_SERVER.set_forkserver_preload(
    [
        "adapters.discord.render",
        "adapters.slack.render",
        "aiosqlite",
        "psycopg",
        "slack_bolt.async_app",
        "tests.torture.platforms",
        "tests.torture.worker",
    ]
)


def start(work: Callable[[Any, Connection], None], orders: Any) -> tuple[ForkServerProcess, Connection]:
    """A new process that runs `work(orders, leash)`, and the other end of its leash.

    The leash is how it learns that it is to end, also where this process is killed.
    """
    ours, theirs = _SERVER.Pipe()
    process = _SERVER.Process(target=work, args=(orders, theirs))
    process.start()
    theirs.close()
    return process, ours
