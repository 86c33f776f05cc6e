"""Conversations on Discord: the real discord.py against the strict fake."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from bot.places import Place
from bot.request import Handler
from tests.discord_reader import connect
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import Asked
from tests.talk_chat import Heard, bare
from tests.talk_options import chosen

_MODAL = 9


class OnDiscord:
    """A server. Discord gives every person one identifier everywhere, so that there is no stranger."""

    name: ClassVar[str] = "discord"
    people: ClassVar[Mapping[str, str]] = {
        "you": store.PERSON, "ana": store.CLOSED_PERSON, "boss": store.MANAGER,
    }  # fmt: skip

    def __init__(self) -> None:
        self.fake = FakeDiscord()
        self._shown: dict[str, list[dict[str, Any]]] = {}
        self._forms: dict[str, Asked] = {}

    async def start(self, handle: Handler) -> None:
        self._heard = Heard(handle)
        await self.fake.start()
        self._adapter = connect(self.fake)
        await self._adapter.start(self._heard)

    async def stop(self) -> None:
        await self._adapter.stop()
        await self.fake.stop()
        assert self.fake.violations == []

    async def say(self, who: str, text: str, elsewhere: bool = False) -> None:
        name, options = chosen(text)
        self._heard.reply = None
        where = self._where(elsewhere)
        asked = await self.fake.interactions.ask(name, where=where, person=self.people[who], **options)
        await self._read(who, asked)

    async def click(self, who: str, label: str) -> None:
        await self._press(who, self._custom_id(who, label))

    async def fill_in(self, who: str, typed: dict[str, str]) -> None:
        self._heard.reply = None
        asked = self._forms.pop(who)
        said = await self.fake.interactions.submit(asked, 1, **typed)
        self._shown[who] = said

    async def forge(self, who: str, command: str, elsewhere: bool = False) -> None:
        custom_id = f"papers:{command}"
        button = {"type": 2, "style": 2, "label": "Forwarded", "custom_id": custom_id}
        message_id = self.fake.api.new_id()
        body = {"content": "Look", "components": [{"type": 1, "components": [button]}]}
        message = store.message_json(message_id, store.TEXT, body) | {"flags": 64}
        self.fake.interactions.answers.private[message_id] = (self.people[who], message)
        await self._press(who, custom_id, elsewhere)

    async def fill_in_of(self, who: str, owner: str, typed: dict[str, str]) -> None:
        self._forms[who] = replace(self._forms.pop(owner), person=self.people[who], clicked=None)
        await self.fill_in(who, typed)

    def command(self, who: str, label: str) -> str:
        return self._custom_id(who, label).partition(":")[2]

    def seen(self, who: str) -> str:
        if who in self._forms:
            callback = self._forms[who].callback
            return bare(str(callback and callback["data"]))
        return bare("\n".join(map(store.shown, self._shown[who])))

    def knows(self, who: str) -> str:
        return f"discord:{self.people[who]}"

    async def _press(self, who: str, custom_id: str, elsewhere: bool = False) -> None:
        self._heard.reply = None
        asked = await self.fake.interactions.press(
            custom_id, where=self._where(elsewhere), person=self.people[who]
        )
        await self._read(who, asked)

    async def _read(self, who: str, asked: Asked) -> None:
        callback = await asked.acknowledged()
        self._forms.pop(who, None)
        if callback["type"] == _MODAL:
            self._forms[who] = asked
            return
        await asked.until(lambda asked: self._heard.is_said(len(asked.said)))
        self._shown[who] = asked.said

    def _where(self, elsewhere: bool) -> Place:
        return store.place(self.fake.channels[store.ANNOUNCEMENT]) if elsewhere else self.fake.place

    def _custom_id(self, who: str, label: str) -> str:
        private = self.fake.interactions.answers.private
        for person, message in sorted(private.values(), key=lambda seen: -int(seen[1]["id"])):
            for row in message["components"] if person == self.people[who] else []:
                for button in row["components"]:
                    if button["label"] == label:
                        return str(button["custom_id"])
        raise AssertionError(f'{who} sees no button "{label}"')
