"""Somebody uses the bot on the fake Discord: commands, completions, menus, buttons, forms."""

from typing import Any

from bot.places import Place
from tests.fakes import discord_people as people
from tests.fakes import discord_store as store
from tests.fakes.discord_answers import Answers, Asked
from tests.fakes.discord_api import Api
from tests.fakes.discord_files import FakeFiles
from tests.fakes.discord_gateway import FakeGateway
from tests.fakes.discord_modals import submission
from tests.fakes.discord_options import Value, given

_COMMAND, _COMPONENT, _COMPLETION, _SUBMISSION = 2, 3, 4, 5
_CHOICES, _MODAL = 8, 9
_IN_MESSAGE_MENU = 3


class Interactions:
    """Dispatches interactions as Discord would; `answers` takes what comes back.

    `granted` says what each person may do in the channels where they ask.
    """

    def __init__(self, api: Api, gateway: FakeGateway, files: FakeFiles) -> None:
        self._api = api
        self._gateway = gateway
        self._files = files
        self.answers = Answers(api)
        self.granted = people.granted()

    async def command(
        self,
        name: str,
        *,
        where: Place | None = None,
        person: str = store.PERSON,
        answers: int = 1,
        **options: Value,
    ) -> list[dict[str, Any]]:
        """Type `/papers <name>` and read so many answers. Fails where no such command is registered."""
        asked = await self.ask(name, where=where, person=person, **options)
        await asked.until(lambda asked: len(asked.said) >= answers)
        return asked.said

    async def ask(
        self, name: str, *, where: Place | None = None, person: str = store.PERSON, **options: Value
    ) -> Asked:
        """Type `/papers <name>` without waiting for an answer."""
        sent, resolved = given(self._options(name), options, self._files)
        data = self._data(name, sent) | ({"resolved": resolved} if resolved else {})
        return await self._dispatch(_COMMAND, data, where, person)

    async def menu(
        self,
        name: str,
        said: dict[str, Any],
        *,
        where: Place | None = None,
        person: str = store.PERSON,
        answers: int = 1,
    ) -> list[dict[str, Any]]:
        """Choose an entry in the menu of a message that somebody else has `said`, and read the answers.

        What is said under `forwarded` is a message that this one forwards.
        """
        message_id, author = self._api.new_id(), {"author": store.user_json(store.CLOSED_PERSON)}
        message = store.message_json(message_id, self._channel(where).id, said) | author
        if forwarded := said.get("forwarded"):
            snapshot = store.message_json(self._api.new_id(), store.TEXT, forwarded)
            message["message_snapshots"] = [{"message": snapshot}]
        data = {
            "id": self._registered(name, _IN_MESSAGE_MENU)["id"],
            "name": name,
            "type": _IN_MESSAGE_MENU,
            "target_id": message_id,
            "resolved": {"messages": {message_id: message}},
        }
        asked = await self._dispatch(_COMMAND, data, where, person)
        await asked.until(lambda asked: len(asked.said) >= answers)
        return asked.said

    async def complete(self, name: str, option: str, typed: str) -> list[dict[str, Any]]:
        """Type into an option; the choices that are offered."""
        known = self._options(name)[option]
        assert known.get("autocomplete"), f"{option} is not completed"
        focused = {"type": known["type"], "name": option, "value": typed, "focused": True}
        asked = await self._dispatch(_COMPLETION, self._data(name, [focused]), None, store.PERSON)
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
        asked = await self.press(custom_id, where=where, person=person)
        await asked.until(lambda asked: len(asked.said) >= answers)
        return asked.said

    async def press(self, custom_id: str, *, where: Place | None = None, person: str = store.PERSON) -> Asked:
        """Click without waiting for an answer."""
        data = {"custom_id": custom_id, "component_type": 2}
        return await self._dispatch(_COMPONENT, data, where, person, self._with_button(custom_id, person))

    async def submit(self, opened: Asked, answers: int = 1, **typed: str) -> list[dict[str, Any]]:
        """Fill in the form that a click has opened, and read so many answers. Fails where it opened none."""
        callback = await opened.acknowledged()
        assert callback["type"] == _MODAL, "no form was opened"
        asked = await self.forge(submission(callback["data"], typed), opened)
        await asked.until(lambda asked: len(asked.said) >= answers)
        return asked.said

    async def forge(self, data: dict[str, Any], opened: Asked) -> Asked:
        """Send what a form would, whatever it holds, as a client of one's own making can."""
        where = store.place(opened.channel)
        return await self._dispatch(_SUBMISSION, data, where, opened.person, opened.clicked)

    def _registered(self, name: str, kind: int) -> dict[str, Any]:
        found = [one for one in self._api.registered if (one["name"], one["type"]) == (name, kind)]
        assert found, f"{name} is not registered"
        return found[0]

    def _options(self, name: str) -> dict[str, dict[str, Any]]:
        subcommands = {one["name"]: one for one in self._registered("papers", 1)["options"]}
        assert name in subcommands, f"/papers {name} is not registered"
        return {one["name"]: one for one in subcommands[name].get("options", [])}

    def _data(self, name: str, sent: list[dict[str, Any]]) -> dict[str, Any]:
        sub = {"type": 1, "name": name, "options": sent}
        return {"id": self._registered("papers", 1)["id"], "name": "papers", "type": 1, "options": [sub]}

    def _with_button(self, custom_id: str, person: str) -> dict[str, Any]:
        posted = [message for channel in self._api.channels.values() for message in channel.messages.values()]
        private = [message for seen_by, message in self.answers.private.values() if seen_by == person]
        message: dict[str, Any]
        for message in sorted([*posted, *private], key=lambda message: -int(message["id"])):
            for row in message["components"]:
                if any(button["custom_id"] == custom_id for button in row["components"]):
                    return message
        raise AssertionError(f"{person} can see no button {custom_id}")

    async def _dispatch(
        self,
        kind: int,
        data: dict[str, Any],
        where: Place | None,
        person: str,
        message: dict[str, Any] | None = None,
    ) -> Asked:
        channel = self._channel(where)
        asked = Asked(self._api.new_id(), f"token-{self._api.new_id()}", kind, person, channel, message)
        self.answers.asked[asked.token] = asked
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
            "app_permissions": store.permissions(channel),
            "entitlements": [],
            "authorizing_integration_owners": {},
            "attachment_size_limit": 10_000_000,
        }
        if channel.person:
            payload |= {"user": store.user_json(person), "context": 1}
        else:
            member = people.member_json(person, self.granted)
            payload |= {"member": member, "guild_id": channel.guild, "context": 0}
            payload["authorizing_integration_owners"] = {"0": channel.guild}
        if message is not None:
            payload["message"] = message
        await self._gateway.dispatch("INTERACTION_CREATE", payload)
        return asked

    def _channel(self, where: Place | None) -> store.FakeChannel:
        address = where.address if where else store.TEXT
        return next(channel for channel in self._api.channels.values() if channel.address == address)
