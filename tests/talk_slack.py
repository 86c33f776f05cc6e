"""Conversations on Slack: the real slack-bolt against the strict fake."""

from collections.abc import Mapping
from typing import Any, ClassVar

from bot.request import Handler
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office
from tests.fakes.slack_people import OTHER_TEAM, TEAM, Channel, Person
from tests.fakes.slack_rules import readable
from tests.fakes.slack_ways import Shown
from tests.talk_chat import ZONE, Heard, bare


class OnSlack:
    """A workspace. The boss is an admin of it."""

    name: ClassVar[str] = "slack"
    people: ClassVar[Mapping[str, str]] = {
        "you": "U0READER", "ana": "U0ANA", "boss": "U0ADMIN", "stranger": "U0READER",
    }  # fmt: skip

    def __init__(self) -> None:
        self.slack = FakeSlack()
        for name in ("U0READER", "U0ANA"):
            self.slack.people[name] = Person(zone=ZONE)
        self.slack.people["U0ADMIN"] = Person(zone=ZONE, admin=True)
        everybody = {"U0READER", "U0ANA", "U0ADMIN"}
        for name in ("C0PAPERS", "C0OTHERS"):
            self.slack.channels[name] = Channel(members=everybody)
        self._answered: dict[str, list[dict[str, Any]]] = {}
        self._texts: dict[str, str] = {}

    async def start(self, handle: Handler) -> None:
        self._heard = Heard(handle)
        await self.slack.start(0)
        self._office = Office(self.slack, "socket", patience=20)
        await self._office.start(self._heard)

    async def stop(self) -> None:
        await self._office.stop()
        await self.slack.stop()

    async def say(self, who: str, text: str, elsewhere: bool = False) -> None:
        self._heard.reply = None
        got = await self.slack.command(
            f"/papers {text}", self.people[who], _channel(elsewhere), answers=0, team_id=_team(who)
        )
        await self._read(who, got)

    async def click(self, who: str, label: str) -> None:
        shown, user = self._showing(who, label), self.people[who]
        self._heard.reply = None
        await self._read(who, await self.slack.press(shown, label, user, answers=0))

    async def fill_in(self, who: str, typed: dict[str, str]) -> None:
        got, user = self._answered[who], self.people[who]
        before = len(got)
        self._heard.reply = None
        modal = await self.slack.submit(typed, user, _team(who))
        if modal is None:
            await self._read(who, got, before)
        else:
            self._texts[who] = bare(" ".join(modal.errors.values()))

    async def forge(self, who: str, command: str, elsewhere: bool = False) -> None:
        self._heard.reply = None
        got = await self.slack.click(
            command, self.people[who], _channel(elsewhere), answers=0, ephemeral=False, team=_team(who)
        )
        await self._read(who, got)

    async def fill_in_of(self, who: str, owner: str, typed: dict[str, str]) -> None:
        self.slack.views.modals[self.people[who]] = self.slack.views.modals.pop(self.people[owner])
        self._answered[who] = self._answered[owner]
        await self.fill_in(who, typed)

    def command(self, who: str, label: str) -> str:
        return str(self._showing(who, label).button(label)["value"])

    def seen(self, who: str) -> str:
        return self._texts[who]

    def knows(self, who: str) -> str:
        return f"slack:{_team(who)}:{self.people[who]}"

    async def _read(self, who: str, got: list[dict[str, Any]], before: int = 0) -> None:
        user = self.people[who]
        self._answered[who] = got

        def complete() -> bool:
            opened = self._heard.form and user in self.slack.views.modals
            return opened or self._heard.is_said(len(got) - before)

        await self.slack.until(complete)
        shown = [readable(body["text"], body.get("blocks", [])) for body in got[before:]]
        if user in self.slack.views.modals:
            shown.append(str(self.slack.views.modals[user].view))
        self._texts[who] = bare("\n".join(shown))

    def _showing(self, who: str, label: str) -> Shown:
        for shown in reversed(self.slack.screen(self.people[who])):
            rows = [block["elements"] for block in shown.body.get("blocks", []) if block["type"] == "actions"]
            if any(button["text"]["text"] == label for row in rows for button in row):
                return shown
        raise AssertionError(f'{who} sees no button "{label}"')


def _team(who: str) -> str:
    return OTHER_TEAM if who == "stranger" else TEAM


def _channel(elsewhere: bool) -> str:
    return "C0OTHERS" if elsewhere else "C0PAPERS"
