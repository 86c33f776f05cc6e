"""Modals and Home tabs of a Slack workspace, and the triggers that open them."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_people import Directory
from tests.fakes.slack_rules import Refused, images
from tests.fakes.slack_view_rules import too_large, view_complaints

_TRIGGER_SECONDS = 3


@dataclass(eq=False)
class Modal:
    """A form on somebody's screen.

    Args:
        view: as Slack keeps it.
        errors: what stands under its inputs, by block.
    """

    user: str
    view: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """The input blocks by their ids."""
        return {block["block_id"]: block for block in self.view["blocks"] if block["type"] == "input"}

    def state(self, typed: dict[str, str]) -> dict[str, Any]:
        """What Slack sends of it once somebody has typed that, by block; elsewhere, what stood there.

        Nobody can type more than an input takes, or choose what is no choice.
        """
        assert typed.keys() <= self.inputs.keys(), f"there is no {typed.keys() - self.inputs.keys()}"
        values: dict[str, Any] = {}
        for name, block in self.inputs.items():
            element = block["element"]
            values[name] = {element["action_id"]: _entered(element, typed.get(name))}
            empty = not any(part for key, part in values[name][element["action_id"]].items() if key != "type")
            assert block.get("optional") or not empty, f"{name} must be filled in"
        return {"values": values}

    def obey(self, acknowledged: dict[str, Any]) -> bool:
        """Do what the app answered to its submission (surfaces/modals); whether it stays open."""
        action = acknowledged.get("response_action")
        self.errors = {}
        if action == "errors":
            errors = acknowledged["errors"]
            assert errors, "errors must not be empty"
            assert errors.keys() <= self.inputs.keys(), "errors go by the ids of input blocks"
            assert all(isinstance(text, str) and text for text in errors.values())
            self.errors = errors
            return True
        if action == "update":
            assert view_complaints(acknowledged["view"], "modal") == []
            self.view |= acknowledged["view"]
            return True
        assert acknowledged == {}, f"Slack knows no such answer: {acknowledged}"
        return False


class Views:
    """All views of the app in a workspace.

    Args:
        clock: seconds, for how long a trigger serves.
        broken_images: addresses that Slack cannot download.

    Attributes:
        modals: the one that is open, by person.
        homes: the Home tab, by person.
        published: how often a Home tab was published.
    """

    def __init__(self, directory: Directory, clock: Callable[[], float], broken_images: set[str]) -> None:
        self._directory = directory
        self._clock = clock
        self._broken = broken_images
        self._numbers = itertools.count(1)
        self._triggers: dict[str, tuple[str, float]] = {}
        self._exchanged: set[str] = set()
        self.modals: dict[str, Modal] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.published = 0

    def methods(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        """The methods of the Web API that are answered here."""
        return {"views.open": self._open, "views.publish": self._publish}

    def trigger(self, user: str) -> str:
        """What an interaction of this person brings along; it opens one view within three seconds."""
        name = f"{next(self._numbers)}.7890123.abcdef"
        self._triggers[name] = (user, self._clock())
        return name

    def _open(self, body: dict[str, Any]) -> dict[str, Any]:
        trigger = body.get("trigger_id")
        if trigger in self._exchanged:
            raise Refused("exchanged_trigger_id")
        if trigger not in self._triggers:
            raise Refused("invalid_trigger_id")
        user, made = self._triggers[str(trigger)]
        if self._clock() - made > _TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        view = self._checked(body, "modal")
        self._exchanged.add(str(trigger))
        self.modals[user] = Modal(user, self._kept(view))
        return {"view": self.modals[user].view}

    def _publish(self, body: dict[str, Any]) -> dict[str, Any]:
        user = str(body.get("user_id"))
        person = self._directory.people.get(user)
        if person is None or (
            person.team != self._directory.team and self._directory.team not in person.teams
        ):
            raise Refused("invalid_arguments", response_metadata={"messages": ["invalid `user_id`"]})
        self.homes[user] = self._kept(self._checked(body, "home"))
        self.published += 1
        return {"view": self.homes[user]}

    def _checked(self, body: dict[str, Any], kind: str) -> dict[str, Any]:
        view: Any = json.loads(body["view"]) if isinstance(body.get("view"), str) else body.get("view")
        if too_large(view):
            raise Refused("view_too_large")
        wrong = view_complaints(view, kind) or [
            f"[ERROR] downloading image failed [json-pointer:/view{pointer}]"
            for url, pointer in images(view["blocks"])
            if url in self._broken
        ]
        if wrong:
            raise Refused("invalid_arguments", response_metadata={"messages": wrong})
        return dict(view)

    def _kept(self, view: dict[str, Any]) -> dict[str, Any]:
        """A view as Slack gives it back (reference/views)."""
        name = f"V{next(self._numbers):08}"
        team = self._directory.team
        given = {
            "id": name, "team_id": team, "root_view_id": name, "app_id": "A0PAPERS", "bot_id": "B0BOT",
            "app_installed_team_id": team, "hash": f"{name}.hash", "external_id": "", "callback_id": "",
            "private_metadata": "", "clear_on_close": False, "notify_on_close": False,
            "state": {"values": {}},
        }  # fmt: skip
        return given | view


def _entered(element: dict[str, Any], typed: str | None) -> dict[str, Any]:
    """The state of one input; Slack has null for what is empty."""
    if element["type"] == "plain_text_input":
        value = element.get("initial_value", "") if typed is None else typed
        assert len(value) <= element.get("max_length", len(value)), "longer than can be typed there"
        return {"type": "plain_text_input", "value": value or None}
    chosen = element.get("initial_option")
    if typed is not None:
        (chosen,) = [option for option in element["options"] if option["value"] == typed] or [None]
        assert chosen or not typed, f"{typed} is no choice"
    return {"type": "static_select", "selected_option": chosen}
