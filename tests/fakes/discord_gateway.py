"""The fake Discord's gateway: enough of the WebSocket protocol for the real discord.py, in shards."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes import discord_store as store
from tests.fakes.discord_people import guild_json

_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME, _INVALID, _HELLO, _ACK = 0, 1, 2, 6, 9, 10, 11
_BAD_TOKEN, _BAD_SHARD, _MORE_SHARDS_NEEDED, _BAD_INTENTS = 4004, 4010, 4011, 4014
_GUILDS = 1
_START_WINDOW = 5.0  # seconds; https://discord.com/developers/docs/events/gateway#rate-limiting
_PATIENCE = 10.0  # seconds before a test that waits for the bot fails


@dataclass
class Session:
    """What a bot that has identified is to one connection; it outlives the socket, for RESUME.

    Args:
        shard: which of how many; `(0, 1)` where none was named.
        named: whether the bot named a shard.
        heard: the events that it was sent, by name.
    """

    id: str
    shard: tuple[int, int]
    named: bool
    socket: web.WebSocketResponse | None
    sequence: int = 0
    heard: list[str] = field(default_factory=list)

    def owns(self, guild: str | None) -> bool:
        """Whether a server's events come here; what is of no server comes to shard 0."""
        number, count = self.shard
        return (int(guild) >> 22) % count == number if guild else number == 0


class FakeGateway:
    """Says HELLO, checks IDENTIFY, answers heartbeats, dispatches each event to the shards that it is for.

    Args:
        token: the one that IDENTIFY must carry; else the connection closes with 4004.
        clock: seconds; None for a gateway that takes any number of starts.

    Set `refuses` to a close code to shut the bot out when it identifies, `least_shards` for a bot on many
    servers, `at_once` for one that may start faster, `silent_to` the shards that get no answer. `refused`
    counts the starts that came too fast.
    """

    def __init__(
        self, channels: dict[str, store.FakeChannel], token: str, clock: Callable[[], float] | None = None
    ) -> None:
        self.url = ""
        self.refuses = 0
        self.identified = 0
        self.refused = 0
        self.least_shards = 1
        self.at_once = 1
        self.silent_to: set[int] = set()
        self.sessions: list[Session] = []
        self._channels = channels
        self._token = token
        self._clock = clock
        self._started: dict[int, float] = {}
        self._changed = asyncio.Condition()

    @property
    def connected(self) -> list[Session]:
        """Those that are there now."""
        return [session for session in self.sessions if session.socket is not None]

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": _HELLO, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        async for received in socket:
            if received.type is WSMsgType.TEXT:
                await self._hear(socket, json.loads(received.data))
        for session in self.sessions:
            if session.socket is socket:
                session.socket = None
        return socket

    async def until_connected(self, shards: int = 1) -> None:
        """Wait until the bot is there, with so many shards."""
        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.connected) >= shards)

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Send an event to whoever it is for; the bot must be connected, if not with that shard."""
        assert self.connected, "the bot is not connected to the gateway"
        for session in self.connected:
            if session.owns(data.get("guild_id")):
                await self._send(session, event, data)

    async def shut_out(self, code: int) -> None:
        """End the connections with a close code."""
        there = self.connected
        assert there, "the bot is not connected to the gateway"
        for session in there:
            socket, session.socket = session.socket, None
            assert socket is not None
            await socket.close(code=code)

    async def close(self) -> None:
        for session in self.connected:
            assert session.socket is not None
            await session.socket.close()

    async def _hear(self, socket: web.WebSocketResponse, payload: dict[str, Any]) -> None:
        if payload["op"] == _HEARTBEAT:
            await socket.send_json({"op": _ACK, "d": None, "s": None, "t": None})
        elif payload["op"] == _IDENTIFY:
            await self._identify(socket, payload["d"])
        elif payload["op"] == _RESUME:
            await self._resume(socket, payload["d"])

    async def _identify(self, socket: web.WebSocketResponse, identify: dict[str, Any]) -> None:
        shard = identify.get("shard", [0, 1])
        if code := self.refuses or self._judge(identify, shard):
            await socket.close(code=code)
        elif self._is_too_fast(shard[0]):
            self.refused += 1
            await socket.send_json({"op": _INVALID, "d": False, "s": None, "t": None})
        elif shard[0] not in self.silent_to:
            self.identified += 1
            session = Session(f"session-{self.identified}", (shard[0], shard[1]), "shard" in identify, socket)
            await self._welcome(session)

    async def _resume(self, socket: web.WebSocketResponse, resume: dict[str, Any]) -> None:
        for session in self.sessions:
            if session.id == resume["session_id"] and resume["token"] == self._token:
                session.socket = socket
                await self._send(session, "RESUMED", {})
                await self._tell()
                return
        await socket.send_json({"op": _INVALID, "d": False, "s": None, "t": None})

    def _judge(self, identify: dict[str, Any], shard: Any) -> int:
        if identify["token"] != self._token:
            return _BAD_TOKEN
        if not (len(shard) == 2 and 0 <= shard[0] < shard[1]):
            return _BAD_SHARD
        if shard[1] < self.least_shards:
            return _MORE_SHARDS_NEEDED
        return _BAD_INTENTS if identify["intents"] & ~_GUILDS else 0

    def _is_too_fast(self, shard: int) -> bool:
        """Of the shards with one remainder, one may start every five seconds."""
        if self._clock is None:
            return False
        group, now = shard % self.at_once, self._clock()
        if now - self._started.get(group, -_START_WINDOW) < _START_WINDOW:
            return True
        self._started[group] = now
        return False

    async def _welcome(self, session: Session) -> None:
        guilds = {channel.guild for channel in self._channels.values() if not channel.person}
        own = sorted(guild for guild in guilds if session.owns(guild))
        ready = {
            "v": 10,
            "user": store.user_json(store.APPLICATION, bot=True),
            "guilds": [{"id": guild, "unavailable": True} for guild in own],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "application": {"id": store.APPLICATION, "flags": 0},
        } | ({"shard": list(session.shard)} if session.named else {})
        self.sessions.append(session)
        await self._send(session, "READY", ready)
        for guild in own:
            await self._send(session, "GUILD_CREATE", guild_json(self._channels, guild))
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _send(self, session: Session, event: str, data: dict[str, Any]) -> None:
        assert session.socket is not None
        session.sequence += 1
        session.heard.append(event)
        await session.socket.send_json({"op": _DISPATCH, "t": event, "s": session.sequence, "d": data})
