"""A server in Discord's place that answers every call with the same words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def stranger(*answers: str) -> AsyncIterator[str]:
    """An address for DISCORD_API_URL. Gives the answers in turn, then the last one for ever, all with 200."""
    left = list(answers)

    async def answer(_request: web.Request) -> web.Response:
        said = left.pop(0) if len(left) > 1 else left[0]
        return web.Response(text=said, content_type="application/json")

    site = web.Application()
    site.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "http://{}:{}/api/v10".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()
