"""The fake Discord's gateway: enough of the WebSocket protocol for the real discord.py."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes import discord_store as store
from tests.fakes.discord_people import guild_json

_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME, _HELLO, _ACK = 0, 1, 2, 6, 10, 11
_BAD_TOKEN, _BAD_INTENTS = 4004, 4014
_GUILDS = 1
_PATIENCE = 10.0  # seconds before a test that waits for the bot fails


class FakeGateway:
    """Says HELLO, checks IDENTIFY, answers heartbeats, dispatches.

    Args:
        token: the one that IDENTIFY must carry; else the connection closes with 4004.

    Set `refuses` to a close code to shut the bot out when it identifies.
    """

    def __init__(self, channels: dict[str, store.FakeChannel], token: str) -> None:
        self.url = ""
        self.refuses = 0
        self.identified = 0
        self._channels = channels
        self._token = token
        self._socket: web.WebSocketResponse | None = None
        self._connected = asyncio.Event()
        self._sequence = 0

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": _HELLO, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        async for received in socket:
            if received.type is WSMsgType.TEXT:
                await self._hear(socket, json.loads(received.data))
        if self._socket is socket:
            self._socket = None
            self._connected.clear()
        return socket

    async def until_connected(self) -> None:
        """Wait until the bot is there."""
        await asyncio.wait_for(self._connected.wait(), _PATIENCE)

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Send an event to the bot, which must be connected."""
        assert self._socket is not None, "the bot is not connected to the gateway"
        await self._send(self._socket, event, data)

    async def shut_out(self, code: int) -> None:
        """End the connection with a close code."""
        assert self._socket is not None, "the bot is not connected to the gateway"
        self._connected.clear()
        await self._socket.close(code=code)

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def _hear(self, socket: web.WebSocketResponse, payload: dict[str, Any]) -> None:
        if payload["op"] == _HEARTBEAT:
            await socket.send_json({"op": _ACK, "d": None, "s": None, "t": None})
        elif payload["op"] == _IDENTIFY:
            if code := self.refuses or self._judge(payload["d"]):
                await socket.close(code=code)
            else:
                await self._welcome(socket)
        elif payload["op"] == _RESUME:
            self._socket = socket
            await self._send(socket, "RESUMED", {})
            self._connected.set()

    def _judge(self, identify: dict[str, Any]) -> int:
        if identify["token"] != self._token:
            return _BAD_TOKEN
        return _BAD_INTENTS if identify["intents"] & ~_GUILDS else 0

    async def _welcome(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self.identified += 1
        ready = {
            "v": 10,
            "user": store.user_json(store.APPLICATION, bot=True),
            "guilds": [{"id": store.GUILD, "unavailable": True}],
            "session_id": "fake",
            "resume_gateway_url": self.url,
            "application": {"id": store.APPLICATION, "flags": 0},
        }
        await self._send(socket, "READY", ready)
        await self._send(socket, "GUILD_CREATE", guild_json(self._channels))
        self._connected.set()

    async def _send(self, socket: web.WebSocketResponse, event: str, data: dict[str, Any]) -> None:
        self._sequence += 1
        await socket.send_json({"op": _DISPATCH, "t": event, "s": self._sequence, "d": data})
