"""What people do in Slack: type, click, fill in a form, look at the Home tab; and what they see then."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from tests.fakes.slack_payloads import (
    click_payload,
    command_payload,
    event_payload,
    home_payload,
    on_home,
    on_message,
    shortcut_payload,
    submission_payload,
)
from tests.fakes.slack_views import Modal
from tests.fakes.slack_ways import Shown, Ways
from tests.fakes.slack_workspace import Workspace

_PATIENCE = 20


class Gestures(Workspace):
    """A workspace with people in it. Each method returns when Slack has the acknowledgement.

    `more` replaces fields of a payload: that is how forgeries are made.
    """

    _ways: Ways
    _news: asyncio.Condition

    @abstractmethod
    async def _deliver(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Tell the app, and give what it acknowledges with."""

    @abstractmethod
    def new_way(self, user: str = "U0READER", channel: str = "C0PAPERS", clicked: Shown | None = None) -> str:
        """A response_url, as every command, click and shortcut brings one along."""

    async def command(
        self, text: str, user: str = "U0READER", channel: str = "C0PAPERS", answers: int = 1, **more: Any
    ) -> list[dict[str, Any]]:
        """Somebody types a slash command; returns when that many answers have come as well."""
        way, trigger = self.new_way(user, channel), self.views.trigger(user)
        payload = command_payload(text, user, channel, way, trigger, self.team) | more
        await self._deliver("slash_commands", payload)
        return await self._answers_to(payload, answers)

    async def click(
        self,
        value: str,
        user: str = "U0READER",
        channel: str = "C0PAPERS",
        answers: int = 1,
        *,
        ephemeral: bool = True,
        action_id: str = "papers:0",
        on: Shown | None = None,
        team: str | None = None,
        **more: Any,
    ) -> list[dict[str, Any]]:
        """Somebody clicks a button, which stands on the message `on`; else as `command`.

        Args:
            team: theirs, if it is another.
        """
        button = {"value": value, "action_id": action_id}
        surface = on_message(channel, self.new_way(user, channel, on), ephemeral)
        trigger = self.views.trigger(user)
        payload = click_payload(button, user, team or self.team, trigger, self.team, **surface) | more
        await self._deliver("interactive", payload)
        return await self._answers_to(payload, answers)

    async def press(
        self, shown: Shown, label: str, user: str = "U0READER", answers: int = 1
    ) -> list[dict[str, Any]]:
        """Somebody clicks the button with that label on a message that they see."""
        assert shown.to in (None, user), f"{user} does not see that message"
        button = shown.button(label)
        private = shown.to is not None
        return await self.click(
            button["value"], user, shown.channel, answers,
            ephemeral=private, action_id=button["action_id"], on=shown,
        )  # fmt: skip

    async def shortcut(
        self,
        message: dict[str, Any],
        user: str = "U0READER",
        channel: str = "C0PAPERS",
        answers: int = 1,
        *,
        callback_id: str = "papers_like_this",
        **more: Any,
    ) -> list[dict[str, Any]]:
        """Somebody chooses the shortcut in the menu of a message, in Slack's form; else as `command`."""
        way, trigger = self.new_way(user, channel), self.views.trigger(user)
        payload = shortcut_payload(message, callback_id, user, channel, way, trigger, self.team) | more
        await self._deliver("interactive", payload)
        return await self._answers_to(payload, answers)

    async def modal(self, user: str = "U0READER") -> Modal:
        """The form that a person sees, once there is one."""
        await self.until(lambda: user in self.views.modals)
        return self.views.modals[user]

    async def submit(
        self, typed: dict[str, str], user: str = "U0READER", team: str | None = None, **more: Any
    ) -> Modal | None:
        """Somebody fills in the form that they see and submits it; the form if it stays open.

        Args:
            typed: by block; what was not touched keeps what stood in it.
            more: replaces fields of the view.
        """
        modal = await self.modal(user)
        view = modal.view | {"state": modal.state(typed)} | more
        payload = submission_payload(view, user, team or self.team, self.views.trigger(user), self.team)
        if modal.obey(await self._deliver("interactive", payload)):
            return modal
        del self.views.modals[user]
        return None

    async def open_home(self, user: str = "U0READER", tab: str = "home", **more: Any) -> None:
        """Somebody looks at the app's Home tab, or at another of its tabs."""
        await self._deliver(
            "events_api", home_payload(user, tab, self.views.homes.get(user), self.team) | more
        )

    async def press_home(self, label: str, user: str = "U0READER", team: str | None = None) -> None:
        """Somebody clicks the button with that label in their Home tab."""
        view = self.views.homes[user]
        button = Shown("", user, view).button(label)
        trigger = self.views.trigger(user)
        payload = click_payload(button, user, team or self.team, trigger, self.team, **on_home(view))
        await self._deliver("interactive", payload)

    async def event(self, event: dict[str, Any], **more: Any) -> None:
        """Something happens of which Slack tells the app."""
        await self._deliver("events_api", event_payload(event, None, self.team) | more)

    def screen(self, user: str = "U0READER", channel: str = "C0PAPERS") -> list[Shown]:
        """The answers that a person sees in a channel, oldest first."""
        return self._ways.screen(user, channel)

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What was posted to response_urls."""
        return self._ways.answers

    async def wait_for_answers(self, count: int) -> list[dict[str, Any]]:
        """All answers so far, over all response_urls, once there are `count`."""
        await self.until(lambda: len(self.answers) >= count)
        return self.answers

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that calls and answers of the app bring about."""
        async with asyncio.timeout(_PATIENCE), self._news:
            await self._news.wait_for(condition)

    async def _answers_to(self, payload: dict[str, Any], count: int) -> list[dict[str, Any]]:
        way = self._ways.named(str(payload.get("response_url")).rpartition("/")[2])
        got = way.answers if way else []
        await self.until(lambda: len(got) >= count)
        return got
