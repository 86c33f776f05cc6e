"""What Slack sends, as Requests. Pure; whatever is no request of ours becomes None.

Every reader takes when it came (UTC) and the installation that it came from, which `came_from` tells of. A
person's team is their own (`user.team_id`): in a channel that is shared with another workspace, `team` names
ours, whoever clicks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapters.slack.api import part, words
from adapters.slack.back import Back
from adapters.slack.forms import filled, handed_in
from adapters.slack.installation import Installation
from adapters.slack.manifest import LIKE_THIS
from adapters.slack.reading import said, typed
from bot.places import Place
from bot.request import Request, Unknown

HOME = "home"
"""The command whose answer is the Home tab."""

_TEAM = re.compile(r"[TE][A-Z0-9]{1,31}")
_USER = re.compile(r"[UW][A-Z0-9]{2,31}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,31}")
_ACTION = re.compile(r"papers:\d{1,3}")
# Of a message that papers are wanted for; more is never looked at.
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the way back to the person.

    Args:
        team: the person's own workspace.
        user: Slack's identifier of the person.
        trigger: opens one form, within three seconds.
    """

    request: Request
    team: str
    user: str
    back: Back
    trigger: str = ""


Reader = Callable[[Mapping[str, Any], datetime, Installation], Asked | None]
"""Makes a request of a payload; None where it is none of ours."""


def came_from(payload: Mapping[str, Any]) -> tuple[str, str]:
    """The workspace whose installation a payload is for, and its organisation; each empty if it names none.

    Not the person's own workspace, who may be a guest of a shared channel.
    """
    seen_by = payload.get("authorizations")
    event = seen_by[0] if isinstance(seen_by, list) and seen_by and isinstance(seen_by[0], dict) else {}
    team = (
        words(part(payload, "view"), "app_installed_team_id")
        or words(part(payload, "team"), "id")
        or words(event, "team_id")
        or words(payload, "team_id")
    )
    enterprise = (
        words(part(payload, "enterprise"), "id")
        or words(event, "enterprise_id")
        or words(payload, "enterprise_id")
    )
    return (team if _TEAM.fullmatch(team) else ""), enterprise


def command(payload: Mapping[str, Any], now: datetime, here: Installation) -> Asked | None:
    """A slash command (docs.slack.dev/interactivity/implementing-slash-commands)."""
    text = typed(words(payload, "text"))
    back = Back(words(payload, "channel_id"), words(payload, "response_url"))
    person = words(payload, "team_id"), words(payload, "user_id")
    asked = _asked(text, person, back, now, here, words(payload, "trigger_id"))
    return replace(asked, request=replace(asked.request, file=handed_in(text))) if asked else None


def click(payload: Mapping[str, Any], now: datetime, here: Installation) -> Asked | None:
    """A click on one of our buttons; on a message that only this person sees, the answer replaces it.

    Unlike a typed text, a button's command comes back as it was sent.

    See docs.slack.dev/reference/interaction-payloads/block_actions-payload.
    """
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(action, dict) or action.get("type") != "button":
        return None
    value = action.get("value")
    if not (isinstance(value, str) and _ACTION.fullmatch(str(action.get("action_id")))):
        return None
    if part(payload, "view").get("type") == HOME:
        back = Back(home=True)
    else:
        alone = part(payload, "container").get("is_ephemeral") is True
        back = Back(words(part(payload, "channel"), "id"), words(payload, "response_url"), alone)
    return _asked(value, _person(payload), back, now, here, words(payload, "trigger_id"))


def shortcut(payload: Mapping[str, Any], now: datetime, here: Installation) -> Asked | None:
    """Our shortcut in the menu of a message, as the command `like` with what the message says.

    See docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload.
    """
    message = payload.get("message")
    if payload.get("callback_id") != LIKE_THIS or not isinstance(message, dict):
        return None
    text = f"like {said(message)}"[:_LONGEST]
    back = Back(words(part(payload, "channel"), "id"), words(payload, "response_url"))
    return _asked(text, _person(payload), back, now, here, words(payload, "trigger_id"))


def submission(payload: Mapping[str, Any], now: datetime, here: Installation) -> Asked | None:
    """A form of ours that was filled in.

    See docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
    """
    view = part(payload, "view")
    found = filled(view)
    if found is None or view.get("bot_id", here.bot) != here.bot:
        return None
    text, back, fields = found
    asked = _asked(text, _person(payload), back, now, here)
    if asked is None:
        return None
    return replace(asked, request=replace(asked.request, fields=fields, file=handed_in("", fields)))


def home_opened(payload: Mapping[str, Any], now: datetime, here: Installation) -> Asked | None:
    """Somebody looks at the Home tab (docs.slack.dev/reference/events/app_home_opened)."""
    event = part(payload, "event")
    if event.get("tab") != HOME:
        return None
    return _asked(HOME, (words(payload, "team_id"), words(event, "user")), Back(home=True), now, here)


def as_colleague(asked: Asked, here: Installation) -> Asked:
    """The same of a person who is one of our workspace, although Slack named another of theirs."""
    request = asked.request
    ours = _request(request.text, here.team, asked.user, asked.back, request.now, here)
    return replace(asked, team=here.team, request=replace(ours, fields=request.fields, file=request.file))


def _person(payload: Mapping[str, Any]) -> tuple[str, str]:
    """The team and the user of a click, a shortcut or a form."""
    user = part(payload, "user")
    return words(user, "team_id") or words(part(payload, "team"), "id"), words(user, "id")


def _asked(
    text: str, person: tuple[str, str], back: Back, now: datetime, here: Installation, trigger: str = ""
) -> Asked | None:
    team, user = person
    if not (_TEAM.fullmatch(team) and _USER.fullmatch(user)):
        return None
    # The slash ends the host for every parser; without it, hooks.slack.com.evil would pass.
    if not back.home and not (_CHANNEL.fullmatch(back.channel) and back.url.startswith(f"{here.answers}/")):
        return None
    return Asked(_request(text, team, user, back, now, here), team, user, back, trigger)


def _request(text: str, team: str, user: str, back: Back, now: datetime, here: Installation) -> Request:
    ours = team == here.team
    direct = here.place(f"@{user}") if ours else None
    if back.channel and not back.channel.startswith("D"):
        place = here.place(back.channel)
    else:
        # Another workspace's person may bear the name of one of ours.
        place = direct or Place("slack", f"{team}/@{user}")
    asker = here.asker(user, back.channel) if ours else Unknown()
    return Request(text, place, f"{team}:{user}", now, direct, asker)
