"""What the fake Discord's HTTP calls do: channels, threads, messages, commands."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.fakes import Posted
from tests.fakes import discord_store as store
from tests.fakes.discord_application import application_json, command_json
from tests.fakes.discord_gateway import FakeGateway

_NONCE_KEPT = 300.0  # seconds; the documentation says "a few minutes"
_REASONS = {
    401: "401: Unauthorized",
    404: "Unknown",
    10003: "Unknown Channel",
    10008: "Unknown Message",
    10013: "Unknown User",
    10087: "Unknown Tag",
    40067: "A tag is required to create a forum post in this channel",
    50001: "Missing Access",
    50007: "Cannot send messages to this user",
    50013: "Missing Permissions",
    50024: "Cannot execute action on this channel type",
    50035: "Invalid Form Body",
    50083: "Thread is archived",
    160004: "A thread has already been created for this message",
    160005: "Thread is locked",
}


class Refusal(Exception):
    """An error answer: HTTP status and Discord's code."""

    def __init__(self, status: int, code: int = 0, problems: list[str] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.body: dict[str, Any] = {"message": _REASONS.get(code or status, "error"), "code": code}
        if code == 50035:
            found = [{"code": "BASE_TYPE_BAD", "message": text} for text in problems or ["bad"]]
            self.body["errors"] = {"embeds": {"0": {"title": {"_errors": found}}}}


@dataclass(frozen=True)
class Call:
    """One request: the ids in its path, in order, its query and its JSON."""

    ids: tuple[str, ...]
    query: dict[str, str]
    body: Any


Handler = Callable[[Call], Awaitable[tuple[int, Any]]]


class Api:
    """The calls' work, by method and path template. State is plain: tests look at it and change it.

    Args:
        gateway: asked for late, for it needs the channels first.
        clock: seconds; nonces run by it.
    """

    def __init__(self, gateway: Callable[[], FakeGateway], clock: Callable[[], float]) -> None:
        self.channels = store.channels()
        self.transcript: list[Posted] = []
        self.registered: list[dict[str, Any]] = []
        self.starts_left = 1000
        self._gateway = gateway
        self._clock = clock
        self._nonces: dict[str, tuple[float, dict[str, Any]]] = {}
        self._ids = itertools.count(1_400_000_000_000_000_000)

    def new_id(self) -> str:
        return str(next(self._ids))

    def routes(self) -> list[tuple[str, str, Handler]]:
        channel, message = "/channels/{channel_id}", "/channels/{channel_id}/messages/{message_id}"
        return [
            ("POST", f"{channel}/messages", self._post_message),
            ("GET", f"{channel}/messages", self._list_messages),
            ("GET", message, self._get_message),
            ("PATCH", message, self._edit_message),
            ("POST", f"{message}/threads", self._open_thread),
            ("POST", f"{channel}/threads", self._open_post),
            ("GET", f"{channel}/threads/archived/public", self._archived),
            ("GET", "/guilds/{guild_id}/threads/active", self._active),
            ("GET", channel, self._get_channel),
            ("PATCH", channel, self._edit_channel),
            ("POST", "/users/@me/channels", self._open_direct),
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/gateway/bot", self._gateway_bot),
            ("GET", "/applications/{application_id}/commands", self._get_commands),
            ("PUT", "/applications/{application_id}/commands", self._put_commands),
        ]

    def _channel(self, channel_id: str, *, writes: bool = False) -> store.FakeChannel:
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refusal(404, 10003)
        if channel.refuses and (writes or channel.refuses == 50001):
            raise Refusal(403, channel.refuses)
        return channel

    def _message(self, call: Call, *, writes: bool = False) -> tuple[store.FakeChannel, dict[str, Any]]:
        channel = self._channel(call.ids[0], writes=writes)
        if call.ids[1] not in channel.messages:
            raise Refusal(404, 10008)
        return channel, channel.messages[call.ids[1]]

    async def _post_message(self, call: Call) -> tuple[int, Any]:
        channel = self._channel(call.ids[0], writes=True)
        if channel.kind in (4, 15, 16):
            raise Refusal(400, 50024)
        if channel.archived:
            raise Refusal(400, 50083)
        nonce = call.body.get("nonce")
        known = self._nonces.get(nonce) if call.body.get("enforce_nonce") else None
        if known is not None and self._clock() < known[0]:
            return 200, known[1]
        posted = self.keep(channel, self.new_id(), call.body, nonce)
        if nonce is not None:
            posted = {**posted, "nonce": nonce}
            self._nonces[nonce] = (self._clock() + _NONCE_KEPT, posted)
        return 200, posted

    def keep(
        self, channel: store.FakeChannel, message_id: str, body: dict[str, Any], nonce: str | None = None
    ) -> dict[str, Any]:
        """Put a message of the bot into a channel."""
        posted = store.message_json(message_id, channel.id, body)
        channel.messages[message_id] = posted
        inside = channel.parent if channel.thread and channel.parent and channel.ours else None
        starts = message_id == channel.id
        self.transcript.append(
            Posted(
                place=inside or channel.address,
                thread=channel.id if inside and not starts else None,
                id=message_id,
                text=store.shown(body),
                key=nonce,
                body=body,
            )
        )
        return posted

    async def _list_messages(self, call: Call) -> tuple[int, Any]:
        channel = self._channel(call.ids[0])
        newest = sorted(channel.messages.values(), key=lambda message: -int(message["id"]))
        return 200, newest[: int(call.query.get("limit", 50))]

    async def _get_message(self, call: Call) -> tuple[int, Any]:
        return 200, self._message(call)[1]

    async def _edit_message(self, call: Call) -> tuple[int, Any]:
        channel, _ = self._message(call, writes=True)
        if channel.archived:
            raise Refusal(400, 50083)
        channel.messages[call.ids[1]] = store.message_json(call.ids[1], channel.id, call.body)
        at = next(at for at, posted in enumerate(self.transcript) if posted.id == call.ids[1])
        self.transcript[at] = replace(self.transcript[at], text=store.shown(call.body), body=call.body)
        return 200, channel.messages[call.ids[1]]

    async def _open_thread(self, call: Call) -> tuple[int, Any]:
        channel, message = self._message(call, writes=True)
        if channel.kind not in (0, 5):
            raise Refusal(400, 50024)
        if message["id"] in self.channels:
            raise Refusal(400, 160004)
        kind = 10 if channel.kind == 5 else 11
        thread = store.FakeChannel(message["id"], kind, call.body["name"], parent=channel.id)
        self.channels[thread.id] = thread
        return 201, thread.to_json()

    async def _open_post(self, call: Call) -> tuple[int, Any]:
        channel = self._channel(call.ids[0], writes=True)
        if channel.kind not in (15, 16):
            raise Refusal(400, 50024)
        if channel.needs_tag and not call.body.get("applied_tags"):
            raise Refusal(400, 40067)
        tags = {tag.id: tag for tag in channel.tags}
        applied = call.body.get("applied_tags") or []
        if set(applied) - set(tags):
            raise Refusal(404, 10087)
        if any(tags[tag].moderated for tag in applied):
            raise Refusal(403, 50013)
        post = store.FakeChannel(self.new_id(), 11, call.body["name"], parent=channel.id, applied=applied)
        self.channels[post.id] = post
        posted = self.keep(post, post.id, call.body["message"])
        return 201, post.to_json() | {"message": posted}

    def _threads(self, *, archived: bool, parent: str | None = None) -> tuple[int, Any]:
        found = [
            channel.to_json()
            for channel in self.channels.values()
            if channel.thread and channel.archived is archived and parent in (None, channel.parent)
        ]
        return 200, {"threads": found[::-1], "members": [], "has_more": False}

    async def _active(self, call: Call) -> tuple[int, Any]:
        return self._threads(archived=False)

    async def _archived(self, call: Call) -> tuple[int, Any]:
        return self._threads(archived=True, parent=self._channel(call.ids[0]).id)

    async def _get_channel(self, call: Call) -> tuple[int, Any]:
        return 200, self._channel(call.ids[0]).to_json()

    async def _edit_channel(self, call: Call) -> tuple[int, Any]:
        channel = self._channel(call.ids[0])
        if channel.locked:
            raise Refusal(403, 50013)
        if channel.stays_archived:
            return 200, channel.to_json()
        channel.archived = bool(call.body.get("archived", channel.archived))
        return 200, channel.to_json()

    async def _open_direct(self, call: Call) -> tuple[int, Any]:
        if (known := self.channels.get(store.direct_of(call.body["recipient_id"]))) is not None:
            return 200, known.to_json()
        for channel in self.channels.values():
            if channel.person == call.body["recipient_id"]:
                return 200, channel.to_json()
        raise Refusal(400, 10013)

    async def _me(self, call: Call) -> tuple[int, Any]:
        return 200, store.user_json(store.APPLICATION, bot=True) | {"mfa_enabled": False, "locale": "en-US"}

    async def _application(self, call: Call) -> tuple[int, Any]:
        return 200, application_json()

    async def _gateway_bot(self, call: Call) -> tuple[int, Any]:
        gateway = self._gateway()
        left = self.starts_left - gateway.identified - gateway.refused
        limit = {"total": 1000, "remaining": left, "reset_after": 0, "max_concurrency": gateway.at_once}
        return 200, {"url": gateway.url, "shards": gateway.least_shards, "session_start_limit": limit}

    async def _get_commands(self, call: Call) -> tuple[int, Any]:
        return 200, self.registered

    async def _put_commands(self, call: Call) -> tuple[int, Any]:
        self.registered = [command_json(command, self.new_id()) for command in call.body]
        return 200, self.registered
