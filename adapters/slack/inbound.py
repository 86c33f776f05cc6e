"""What Slack sends, as Requests. Pure; whatever is no request of ours becomes None."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from adapters.slack.api import part
from adapters.slack.manifest import LIKE_THIS
from adapters.slack.reading import said, typed
from bot.places import Place
from bot.request import Request

_ID = re.compile(r"[A-Z0-9]{2,32}")
_ACTION = re.compile(r"papers:\d{1,3}")
_HOOKS = "https://hooks.slack.com"
# Of a message that papers are wanted for; more is never looked at.
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the way back to the person.

    Args:
        answer_url: where the answer is posted, five times within half an hour.
        replace: the answer takes the place of the message whose button was clicked.
    """

    request: Request
    answer_url: str
    replace: bool


def command(payload: Mapping[str, Any], now: datetime, origin: str) -> Asked | None:
    """A slash command (docs.slack.dev/interactivity/implementing-slash-commands).

    Args:
        now: when it came (UTC).
        origin: where its answer may be posted to; see `answer_origin`.
    """
    ids = [payload.get(name) for name in ("channel_id", "team_id", "user_id")]
    text = typed(str(payload.get("text") or ""))
    return _asked(text, ids, now, payload.get("response_url"), origin, replace=False)


def click(payload: Mapping[str, Any], now: datetime, origin: str) -> Asked | None:
    """A click on one of our buttons; on a message that only this person sees, the answer replaces it.

    Unlike a typed text, a button's command comes back as it was sent. Arguments as for `command`.

    See docs.slack.dev/reference/interaction-payloads/block_actions-payload.
    """
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(action, dict) or action.get("type") != "button":
        return None
    value = action.get("value")
    if not (isinstance(value, str) and _ACTION.fullmatch(str(action.get("action_id")))):
        return None
    alone = part(payload, "container").get("is_ephemeral") is True
    return _asked(value, _ids(payload), now, payload.get("response_url"), origin, replace=alone)


def shortcut(payload: Mapping[str, Any], now: datetime, origin: str) -> Asked | None:
    """Our shortcut in the menu of a message, as the command `like` with what the message says.

    Arguments as for `command`.

    See docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload.
    """
    message = payload.get("message")
    if payload.get("callback_id") != LIKE_THIS or not isinstance(message, dict):
        return None
    text = f"like {said(message)}"[:_LONGEST]
    return _asked(text, _ids(payload), now, payload.get("response_url"), origin, replace=False)


def answer_origin(api_url: str) -> str:
    """The only origin that answers may be posted to: Slack's, or the one that stands in for Slack's API."""
    parts = urlsplit(api_url)
    return _HOOKS if parts.hostname in ("slack.com", "www.slack.com") else f"{parts.scheme}://{parts.netloc}"


def _ids(payload: Mapping[str, Any]) -> list[Any]:
    """The channel, the team and the user of a click or a shortcut, as they came."""
    user = part(payload, "user")
    # An app of a whole organisation gets no team; then the person's own names it.
    team = part(payload, "team").get("id") or user.get("team_id")
    return [part(payload, "channel").get("id"), team, user.get("id")]


def _asked(
    text: str, ids: list[Any], now: datetime, answer_url: Any, origin: str, replace: bool
) -> Asked | None:
    if not all(isinstance(found, str) and _ID.fullmatch(found) for found in ids):
        return None
    # The slash ends the host for every parser; without it, hooks.slack.com.evil would pass.
    if not (isinstance(answer_url, str) and answer_url.startswith(f"{origin}/")):
        return None
    channel, team, user = ids
    place = Place("slack", f"@{user}" if channel.startswith("D") else channel)
    return Asked(Request(text, place, f"{team}:{user}", now), answer_url, replace)
