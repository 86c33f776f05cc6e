"""What the bot answers to interactions on the fake Discord, and what people get to see of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import discord_store as store
from tests.fakes.discord_api import Api

_PATIENCE = 10.0  # seconds before a test that waits for an answer fails
_COMMAND, _COMPONENT, _COMPLETION, _SUBMISSION = 2, 3, 4, 5
_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_TAKEN = {
    _COMMAND: (_MESSAGE, _DEFERRED, _MODAL),
    _COMPONENT: (_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _MODAL),
    _COMPLETION: (_CHOICES,),
    _SUBMISSION: (_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE),
}
EPHEMERAL = 64
"""The flag of a message that one person sees."""
_LACKS_PERMISSION = 50013

Result = tuple[int, Any]


@dataclass
class Asked:
    """One interaction: what was asked, and what came back.

    Args:
        clicked: the message whose button it was, or whose button opened the form.
        callback: the acknowledgement's body, once it came.
        said: the messages in the order in which they came: each body with `ephemeral`, and with `edits`
            when it changed a message that was there.
        refused: how many answers came too late.
        original: the id of the message that `@original` means, once it is there.
    """

    id: str
    token: str
    kind: int
    person: str
    channel: store.FakeChannel
    clicked: dict[str, Any] | None
    callback: dict[str, Any] | None = None
    said: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False
    refused: int = 0
    original: str | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def owes_an_answer(self) -> bool:
        """Whether the message that was announced is still to come."""
        deferred = self.callback is not None and self.callback["type"] == _DEFERRED
        return deferred and self.original is None and not self.deleted

    async def until(self, ready: Callable[["Asked"], object]) -> None:
        """Wait until `ready` holds."""
        async with asyncio.timeout(_PATIENCE):
            while not ready(self):
                self.changed.clear()
                await self.changed.wait()

    async def acknowledged(self) -> dict[str, Any]:
        """Wait for the callback."""
        await self.until(lambda asked: asked.callback)
        assert self.callback is not None
        return self.callback


class Answers:
    """Takes the answers to interactions, by their tokens.

    `private` holds what only one person sees now: by id, that person and the message.
    """

    def __init__(self, api: Api) -> None:
        self.asked: dict[str, Asked] = {}
        self.private: dict[str, tuple[str, dict[str, Any]]] = {}
        self._api = api

    def routes(self) -> list[tuple[str, str, Callable[..., Awaitable[Result]]]]:
        """The calls that answer interactions; each gives a status with a body, or with an error code."""
        webhook = "/webhooks/{webhook_id}/{webhook_token}"
        return [
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", self._callback),
            ("PATCH", f"{webhook}/messages/@original", self._edit_original),
            ("DELETE", f"{webhook}/messages/@original", self._delete_original),
            ("POST", webhook, self._follow_up),
        ]

    async def _callback(self, interaction_id: str, token: str, body: dict[str, Any]) -> Result:
        asked = self.asked.get(token)
        if asked is None or asked.id != interaction_id:
            return 404, 10062
        if asked.callback is not None:
            return 400, 40060
        updates = body["type"] in (_DEFERRED_UPDATE, _UPDATE)
        if body["type"] not in _TAKEN[asked.kind] or (updates and asked.clicked is None):
            return 400, 50035
        asked.callback = body
        asked.original = asked.clicked["id"] if updates and asked.clicked else None
        asked.changed.set()
        return 200, {"interaction": {"id": asked.id, "type": 2}}

    def _acknowledged(self, token: str) -> Asked | None:
        asked = self.asked.get(token)
        return asked if asked is not None and asked.callback is not None else None

    async def _edit_original(self, _: str, token: str, body: dict[str, Any]) -> Result:
        asked = self._acknowledged(token)
        if asked is None:
            return 404, 10015
        if asked.deleted or (asked.callback and asked.callback["type"] == _MODAL):
            asked.refused += 1
            asked.changed.set()
            return 404, 10008
        assert asked.callback is not None
        edits = asked.callback["type"] == _DEFERRED_UPDATE
        seen_by_one = asked.original in self.private if edits else _hidden(asked.callback.get("data") or {})
        asked.original = asked.original or self._api.new_id()
        return self._say(asked, asked.original, body | {"ephemeral": seen_by_one, "edits": edits})

    async def _delete_original(self, _: str, token: str, body: None) -> Result:
        asked = self._acknowledged(token)
        if asked is None:
            return 404, 10015
        asked.deleted = True
        self.private.pop(asked.original or "", None)
        return 204, None

    async def _follow_up(self, webhook: str, token: str, body: dict[str, Any]) -> Result:
        """The first one after a deferred answer is that answer, and as private as it was announced."""
        asked = self._acknowledged(token)
        if asked is None:
            return 404, 10015
        if asked.owes_an_answer:
            return await self._edit_original(webhook, token, body)
        if not _hidden(body) and asked.channel.refuses not in (0, _LACKS_PERMISSION):
            return 403, asked.channel.refuses
        return self._say(asked, self._api.new_id(), body | {"ephemeral": _hidden(body), "edits": False})

    def _say(self, asked: Asked, message_id: str, body: dict[str, Any]) -> Result:
        message = store.message_json(message_id, asked.channel.id, body)
        if body["ephemeral"]:
            self.private[message_id] = (asked.person, message | {"flags": EPHEMERAL})
        elif body["edits"]:
            asked.channel.messages[message_id] = message
        else:
            self._api.keep(asked.channel, message_id, body)
        asked.said.append(body)
        asked.changed.set()
        return 200, message


def _hidden(body: dict[str, Any]) -> bool:
    return bool(body.get("flags", 0) & EPHEMERAL)
