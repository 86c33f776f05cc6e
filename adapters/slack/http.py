"""The HTTP entrance: what people do in Slack, as Slack posts it, each with a signature that must hold."""

import asyncio
import time

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from adapters.slack.manifest import PATH
from bot.adapter import AdapterError

_MOST_BYTES = 1024 * 1024
_READ_SECONDS = 10
# https://docs.slack.dev/authentication/verifying-requests-from-slack
_WINDOW = 5 * 60


class Entrance:
    """A small web server in front of a Bolt app, whose own verification must be off.

    Args:
        secret: the app's signing secret.
    """

    def __init__(self, app: AsyncApp, secret: str) -> None:
        self._app = app
        self._verifier = SignatureVerifier(secret)
        site = web.Application(client_max_size=_MOST_BYTES)
        site.router.add_post(PATH, self._receive)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=5)

    @property
    def address(self) -> str:
        """`host:port` as bound; the port is known even if 0 was asked for."""
        host, port = self._runner.addresses[0][:2]
        return f"{host}:{port}"

    async def open(self, address: str) -> None:
        """Listen on `host:port`. Raises AdapterError where the address is taken or not ours."""
        host, _, port = address.rpartition(":")
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host.strip("[]"), int(port)).start()
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            raise AdapterError(f"Cannot listen on {address} ({reason}); set DAILY_PAPERS_HTTP.") from problem

    async def close(self) -> None:
        """Stop listening. Safe to call twice."""
        await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not recent(timestamp) or not signature:
            return web.Response(status=401)  # before its body takes any memory
        try:
            async with asyncio.timeout(_READ_SECONDS):
                raw = await request.read()
        except (TimeoutError, ConnectionError):
            return web.Response(status=408)
        if not genuine(self._verifier, raw, timestamp, signature):
            return web.Response(status=401)
        try:
            asked = AsyncBoltRequest(body=raw.decode(), headers=dict(request.headers))
        except (ValueError, AttributeError, TypeError, RecursionError):
            return web.Response(status=400)
        return await to_aiohttp_response(await self._app.async_dispatch(asked))


def recent(timestamp: str) -> bool:
    """Whether a request says that it was made within the last five minutes, which proves nothing yet."""
    return (
        timestamp.isascii()
        and timestamp.isdigit()
        and len(timestamp) <= 12
        and abs(time.time() - int(timestamp)) <= _WINDOW
    )


def genuine(verifier: SignatureVerifier, raw: bytes, timestamp: str, signature: str) -> bool:
    """Whether Slack signed this body within the last five minutes.

    The verifier itself raises over a timestamp that is no number, a body that is no UTF-8 and a signature
    that is not ASCII; each is simply not genuine.
    """
    if not (recent(timestamp) and signature.isascii()):
        return False
    try:
        return verifier.is_valid(raw, timestamp, signature)
    except UnicodeDecodeError:
        return False
