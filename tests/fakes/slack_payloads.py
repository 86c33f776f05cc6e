"""What Slack tells an app about what people do, written from docs.slack.dev. Pure."""

from typing import Any

from tests.fakes.slack_workspace import TEAM


def escaped(text: str) -> str:
    """Text as Slack hands it on."""
    for raw, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(raw, entity)
    return text


def command_payload(text: str, user: str, channel: str, response_url: str) -> dict[str, Any]:
    """Somebody typed a slash command (interactivity/implementing-slash-commands)."""
    name, _, rest = text.partition(" ")
    return {
        "command": name, "text": escaped(rest), "team_id": TEAM, "team_domain": "papers",
        "channel_id": channel, "channel_name": "directmessage" if channel.startswith("D") else "papers",
        "user_id": user, "user_name": "reader", "api_app_id": "A0PAPERS", "is_enterprise_install": "false",
        "trigger_id": "1.2.3", "response_url": response_url,
    }  # fmt: skip


def click_payload(
    value: str, action_id: str, user: str, channel: str, response_url: str, ephemeral: bool
) -> dict[str, Any]:
    """Somebody clicked a button (reference/interaction-payloads/block_actions-payload)."""
    return {
        "type": "block_actions",
        "user": {"id": user, "username": "reader", "team_id": TEAM},
        "team": {"id": TEAM, "domain": "papers"},
        "channel": {"id": channel, "name": "papers"},
        "container": {"type": "message", "channel_id": channel, "is_ephemeral": ephemeral},
        "api_app_id": "A0PAPERS",
        "trigger_id": "1.2.3",
        "response_url": response_url,
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
    }


def shortcut_payload(
    message: dict[str, Any], callback_id: str, user: str, channel: str, response_url: str
) -> dict[str, Any]:
    """Somebody chose a shortcut of a message (reference/interaction-payloads/shortcuts-...-payload)."""
    ts = "1785000000.000100"
    return {
        "type": "message_action",
        "token": "deprecated",
        "action_ts": "1785000001.000200",
        "team": {"id": TEAM, "domain": "papers"},
        "user": {"id": user, "username": "reader", "team_id": TEAM, "name": "reader"},
        "channel": {"id": channel, "name": "papers"},
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": callback_id,
        "trigger_id": "1.2.3",
        "response_url": response_url,
        "message_ts": ts,
        "message": {"type": "message", "user": "U0WRITER", "ts": ts, "team": TEAM} | message,
    }
