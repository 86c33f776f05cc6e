"""What Slack tells an app about what people do, written from docs.slack.dev. Pure."""

from typing import Any

from tests.fakes.slack_people import TEAM


def escaped(text: str) -> str:
    """Text as Slack hands it on."""
    for raw, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(raw, entity)
    return text


def command_payload(
    text: str, user: str, channel: str, response_url: str, trigger: str, team: str = TEAM
) -> dict[str, Any]:
    """Somebody typed a slash command (interactivity/implementing-slash-commands)."""
    name, _, rest = text.partition(" ")
    return {
        "command": name, "text": escaped(rest), "team_id": team, "team_domain": "papers",
        "channel_id": channel, "channel_name": "directmessage" if channel.startswith("D") else "papers",
        "user_id": user, "user_name": "reader", "api_app_id": "A0PAPERS", "is_enterprise_install": "false",
        "trigger_id": trigger, "response_url": response_url,
    }  # fmt: skip


def click_payload(
    button: dict[str, Any], user: str, team: str, trigger: str, here: str = TEAM, **surface: Any
) -> dict[str, Any]:
    """Somebody of a team clicked a button (reference/interaction-payloads/block_actions-payload).

    Args:
        here: the workspace where the button stands.
        surface: what Slack says of the message or the view that the button stands in.
    """
    return {
        "type": "block_actions",
        "user": {"id": user, "username": "reader", "name": "reader", "team_id": team},
        "team": {"id": here, "domain": "papers"},
        "api_app_id": "A0PAPERS",
        "token": "deprecated",
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": trigger,
        "actions": [{"type": "button", "block_id": "b", **button}],
        **surface,
    }


def on_message(channel: str, response_url: str, ephemeral: bool) -> dict[str, Any]:
    """The surface of a click on a message."""
    return {
        "channel": {"id": channel, "name": "papers"},
        "container": {"type": "message", "channel_id": channel, "is_ephemeral": ephemeral},
        "response_url": response_url,
    }


def on_home(view: dict[str, Any]) -> dict[str, Any]:
    """The surface of a click in a Home tab: there is neither a channel nor a response_url."""
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def submission_payload(
    view: dict[str, Any], user: str, team: str, trigger: str, here: str = TEAM
) -> dict[str, Any]:
    """Somebody submitted a modal (reference/interaction-payloads/view-interactions-payload)."""
    return {
        "type": "view_submission",
        "team": {"id": here, "domain": "papers"},
        "user": {"id": user, "username": "reader", "name": "reader", "team_id": team},
        "api_app_id": "A0PAPERS",
        "token": "deprecated",
        "trigger_id": trigger,
        "view": view,
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }


def home_payload(user: str, tab: str, view: dict[str, Any] | None, team: str = TEAM) -> dict[str, Any]:
    """Somebody looks at the app (reference/events/app_home_opened), as the Events API wraps it."""
    event = {
        "type": "app_home_opened", "user": user, "channel": f"D{user}", "tab": tab,
        "event_ts": "1785000000.000100",
    }  # fmt: skip
    bot = {"enterprise_id": None, "team_id": team, "user_id": "U0BOT", "is_bot": True}
    return event_payload(event | ({"view": view} if view else {}), bot, team)


def event_payload(
    event: dict[str, Any], bot: dict[str, Any] | None = None, team: str = TEAM
) -> dict[str, Any]:
    """Any event, as the Events API wraps it (apis/events-api)."""
    return {
        "token": "deprecated",
        "team_id": team,
        "api_app_id": "A0PAPERS",
        "event": event,
        "type": "event_callback",
        "event_id": "Ev0PAPERS",
        "event_time": 1785000000,
        "authorizations": [bot] if bot else [],
        "is_ext_shared_channel": False,
    }


def shortcut_payload(
    message: dict[str, Any],
    callback_id: str,
    user: str,
    channel: str,
    response_url: str,
    trigger: str,
    team: str = TEAM,
) -> dict[str, Any]:
    """Somebody chose a shortcut of a message (reference/interaction-payloads/shortcuts-...-payload)."""
    ts = "1785000000.000100"
    return {
        "type": "message_action",
        "token": "deprecated",
        "action_ts": "1785000001.000200",
        "team": {"id": team, "domain": "papers"},
        "user": {"id": user, "username": "reader", "team_id": team, "name": "reader"},
        "channel": {"id": channel, "name": "papers"},
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": callback_id,
        "trigger_id": trigger,
        "response_url": response_url,
        "message_ts": ts,
        "message": {"type": "message", "user": "U0WRITER", "ts": ts, "team": team} | message,
    }
