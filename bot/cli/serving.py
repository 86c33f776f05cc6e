"""`run`: the bot until it is told to stop."""

import asyncio
import signal
from collections.abc import Sequence

from bot.app import App
from bot.runtime import Runtime


async def serve(app: App, console: bool, only: Sequence[str]) -> int:
    """Run until SIGINT or SIGTERM, or until no platform is left. Raises AdapterError, NoSuchRole."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    return await Runtime(app).run(stop, console, only)
