"""Somebody uses the bot on the fake Discord: commands, completions, buttons, and what they get to see."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.places import Place
from tests.fakes import discord_store as store
from tests.fakes.discord_api import Api
from tests.fakes.discord_gateway import FakeGateway

_PATIENCE = 10.0  # seconds before a test that waits for an answer fails
_COMMAND, _COMPONENT, _COMPLETION = 2, 3, 4
_DEFERRED, _DEFERRED_UPDATE, _CHOICES = 5, 6, 8
_EPHEMERAL = 64
_STRING = 3

Result = tuple[int, Any]


@dataclass
class Asked:
    """One interaction: what was asked, and what came back.

    Args:
        callback: the acknowledgement's body, once it came.
        said: the messages in the order in which they came: each body with `ephemeral`, and with `edits`
            when it changed a message that was there.
        refused: how many answers came too late.
    """

    id: str
    token: str
    message: dict[str, Any] | None
    callback: dict[str, Any] | None = None
    said: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False
    refused: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

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


class Interactions:
    """Dispatches interactions as Discord would, and takes the answers."""

    def __init__(self, api: Api, gateway: FakeGateway) -> None:
        self._api = api
        self._gateway = gateway
        self._asked: dict[str, Asked] = {}

    async def command(
        self,
        name: str,
        *,
        where: Place | None = None,
        person: str = store.PERSON,
        answers: int = 1,
        **options: str,
    ) -> list[dict[str, Any]]:
        """Type `/papers <name>` and read so many answers. Fails where no such command is registered."""
        asked = await self.ask(name, where=where, person=person, **options)
        await asked.until(lambda asked: len(asked.said) >= answers)
        return asked.said

    async def ask(
        self, name: str, *, where: Place | None = None, person: str = store.PERSON, **options: str
    ) -> Asked:
        """Type `/papers <name>` without waiting for an answer."""
        given = self._given(name, options)
        return await self._dispatch(_COMMAND, self._data(name, given), where, person)

    async def complete(self, name: str, option: str, typed: str) -> list[dict[str, Any]]:
        """Type into an option; the choices that are offered."""
        given = [one | {"focused": True} for one in self._given(name, {option: typed})]
        asked = await self._dispatch(_COMPLETION, self._data(name, given), None, store.PERSON)
        callback = await asked.acknowledged()
        assert callback["type"] == _CHOICES
        return list(callback["data"]["choices"])

    async def click(
        self,
        custom_id: str,
        *,
        where: Place | None = None,
        person: str = store.PERSON,
        answers: int = 1,
    ) -> list[dict[str, Any]]:
        """Click the newest button with this custom id. Fails where nobody can see one."""
        data = {"custom_id": custom_id, "component_type": 2}
        asked = await self._dispatch(_COMPONENT, data, where, person, self._with_button(custom_id))
        await asked.until(lambda asked: len(asked.said) >= answers)
        return asked.said

    def _given(self, name: str, options: dict[str, str]) -> list[dict[str, Any]]:
        group = next((one for one in self._api.registered if one["name"] == "papers"), None)
        assert group is not None, "/papers is not registered"
        sub = next((one for one in group["options"] if one["name"] == name), None)
        assert sub is not None, f"/papers {name} is not registered"
        known = {one["name"]: one for one in sub.get("options", [])}
        required = {one for one, option in known.items() if option.get("required")}
        assert required <= set(options) <= set(known), f"/papers {name} takes {sorted(known)}"
        assert all(option["type"] == _STRING for option in known.values())
        return [{"type": _STRING, "name": option, "value": value} for option, value in options.items()]

    def _data(self, name: str, given: list[dict[str, Any]]) -> dict[str, Any]:
        sub = {"type": 1, "name": name, "options": given}
        command_id = self._api.registered[0]["id"]
        return {"id": command_id, "name": "papers", "type": 1, "options": [sub]}

    def _with_button(self, custom_id: str) -> dict[str, Any]:
        posted = [message for channel in self._api.channels.values() for message in channel.messages.values()]
        said = [
            store.message_json(self._api.new_id(), store.TEXT, body | {"flags": _EPHEMERAL})
            for asked in self._asked.values()
            for body in asked.said
        ]
        message: dict[str, Any]
        for message in reversed([*posted, *said]):
            for row in message["components"]:
                if any(button["custom_id"] == custom_id for button in row["components"]):
                    return message
        raise AssertionError(f"nobody can see a button {custom_id}")

    async def _dispatch(
        self,
        kind: int,
        data: dict[str, Any],
        where: Place | None,
        person: str,
        message: dict[str, Any] | None = None,
    ) -> Asked:
        asked = Asked(self._api.new_id(), f"token-{self._api.new_id()}", message)
        self._asked[asked.token] = asked
        channel = self._channel(where)
        payload: dict[str, Any] = {
            "id": asked.id,
            "token": asked.token,
            "type": kind,
            "version": 1,
            "application_id": store.APPLICATION,
            "data": data,
            "channel": channel.to_json(),
            "channel_id": channel.id,
            "locale": "en-US",
            "app_permissions": "0",
            "entitlements": [],
            "authorizing_integration_owners": {},
            "attachment_size_limit": 10_000_000,
        }
        user = store.user_json(person)
        if channel.person:
            payload |= {"user": user, "context": 1}
        else:
            member: dict[str, Any] = {
                "user": user,
                "roles": [],
                "joined_at": None,
                "flags": 0,
                "permissions": "0",
            }
            payload |= {"member": member, "guild_id": store.GUILD, "context": 0}
        if message is not None:
            payload["message"] = message
        await self._gateway.dispatch("INTERACTION_CREATE", payload)
        return asked

    def _channel(self, where: Place | None) -> store.FakeChannel:
        address = where.address if where else store.TEXT
        return next(channel for channel in self._api.channels.values() if channel.address == address)

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
        asked = self._asked.get(token)
        if asked is None or asked.id != interaction_id:
            return 404, 10062
        if asked.callback is not None:
            return 400, 40060
        asked.callback = body
        asked.changed.set()
        return 200, {"interaction": {"id": asked.id, "type": 2}}

    def _acknowledged(self, token: str) -> Asked | None:
        asked = self._asked.get(token)
        return asked if asked is not None and asked.callback is not None else None

    async def _edit_original(self, _: str, token: str, body: dict[str, Any]) -> Result:
        asked = self._acknowledged(token)
        if asked is None:
            return 404, 10015
        if asked.deleted:
            asked.refused += 1
            asked.changed.set()
            return 404, 10008
        assert asked.callback is not None
        edits = asked.callback["type"] == _DEFERRED_UPDATE
        ephemeral = edits or bool(asked.callback.get("data", {}).get("flags", 0) & _EPHEMERAL)
        return self._say(asked, body | {"ephemeral": ephemeral, "edits": edits})

    async def _delete_original(self, _: str, token: str, body: None) -> Result:
        asked = self._acknowledged(token)
        if asked is None:
            return 404, 10015
        asked.deleted = True
        return 204, None

    async def _follow_up(self, _: str, token: str, body: dict[str, Any]) -> Result:
        asked = self._acknowledged(token)
        if asked is None:
            return 404, 10015
        return self._say(asked, body | {"ephemeral": bool(body.get("flags", 0) & _EPHEMERAL), "edits": False})

    def _say(self, asked: Asked, body: dict[str, Any]) -> Result:
        asked.said.append(body)
        asked.changed.set()
        return 200, store.message_json(self._api.new_id(), store.TEXT, body)
