"""Slack over HTTP: what people do, as Slack posts it, each with a signature that must hold."""

import asyncio
import time

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from adapters.slack.manifest import PATH

_READ_SECONDS = 10
# https://docs.slack.dev/authentication/verifying-requests-from-slack
_WINDOW = 5 * 60


class Events:
    """A route to a Bolt app, whose own verification must be off. While there is no app it answers 503.

    Args:
        secret: the app's signing secret.
    """

    def __init__(self, secret: str) -> None:
        self.app: AsyncApp | None = None
        self.routes = (web.post(PATH, self._receive),)
        self._verifier = SignatureVerifier(secret)

    async def _receive(self, request: web.Request) -> web.Response:
        app = self.app
        if app is None:
            return web.Response(status=503)  # Slack asks again
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
        return await to_aiohttp_response(await app.async_dispatch(asked))


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
