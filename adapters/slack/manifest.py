"""The app manifest to paste into Slack (docs.slack.dev/reference/app-manifest). Pure."""

from typing import Any

PATH = "/slack/events"
"""Where Slack posts in HTTP mode."""
LIKE_THIS = "papers_like_this"
"""The callback id of the shortcut in the menu of a message."""

# The least that is used. A message whose answer was lost is looked for before it is sent again; for that
# the bot reads the history of the channels it was invited to, and of its own direct messages. There is no
# chat:write.public: it would let the bot post where it cannot look.
_SCOPES = ["chat:write", "commands", "im:write", "channels:history", "groups:history", "im:history"]


def manifest(socket_mode: bool, url: str | None = None) -> dict[str, Any]:
    """The manifest of the app.

    Args:
        socket_mode: Slack sends over a connection that the bot opens; otherwise it posts to `url`.
        url: the public address of the bot, for example https://papers.example.org; unused in Socket Mode.

    Raises ValueError where HTTP mode has no https address.
    """
    command = {
        "command": "/papers",
        "description": "Trending machine-learning papers, day by day",
        "usage_hint": "[search <words> | today | yesterday | 2026-07-29 | paper <id> | help]",
        "should_escape": False,
    }
    shortcut = {
        "name": "Find papers like this",  # Slack takes 24 characters
        "type": "message",
        "callback_id": LIKE_THIS,
        "description": "Papers on what a message is about; only you see them",
    }
    interactivity: dict[str, Any] = {"is_enabled": True}
    if not socket_mode:
        if not url or not url.startswith("https://"):
            raise ValueError("write the bot's public address, for example https://papers.example.org")
        command["url"] = interactivity["request_url"] = url.rstrip("/") + PATH
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Daily Papers",
            "description": "Hugging Face's Daily Papers where you talk: a daily thread, and /papers.",
            "background_color": "#1f2937",
        },
        "features": {
            # Without the Messages tab Slack delivers no direct message of the bot.
            "app_home": {"messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "Daily Papers", "always_online": True},
            "shortcuts": [shortcut],
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": _SCOPES}},
        "settings": {
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
