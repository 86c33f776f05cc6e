"""The app manifest to paste into Slack (docs.slack.dev/reference/app-manifest). Pure."""

from typing import Any

from bot.settings import Settings

PATH = "/slack/events"
"""Where Slack posts in HTTP mode."""
INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
"""Where another workspace installs the bot, and where Slack leads back to."""
LIKE_THIS = "papers_like_this"
"""The callback id of the shortcut in the menu of a message."""

# The least that is used, and there is no chat:write.public: it would let the bot post where it cannot look.
SCOPES = [
    "chat:write",  # the daily thread, and digests
    "commands",  # /papers, and the shortcut
    "im:write",  # a person's direct messages are opened before the first digest
    # A message whose answer was lost is looked for before it is sent again, in the channels to which the
    # bot was invited and in its own direct messages.
    "channels:history",
    "groups:history",
    "im:history",
    "channels:read",  # who made a channel, for who may manage it; in which channels a person is
    "groups:read",  # the same of private channels that the bot is in
    "users:read",  # a person's time zone, and whether they are an admin
    "files:write",  # an export comes as a file
]


def missing_to_install(settings: Settings) -> list[str]:
    """Which settings must be set before other workspaces can install the bot."""
    needed = {
        "SLACK_CLIENT_ID": settings.slack_client_id,
        "SLACK_CLIENT_SECRET": settings.slack_client_secret,
        "DAILY_PAPERS_SECRET": settings.secret,
        "PUBLIC_URL": settings.public_url,
    }
    return [name for name, value in needed.items() if not value]


def serves_added(settings: Settings) -> bool:
    """Whether the bot serves workspaces that were added on the command line, without a token of its own."""
    return bool(settings.secret and (settings.slack_app_token or settings.slack_signing_secret))


def manifest(socket_mode: bool, url: str | None = None, public_url: str | None = None) -> dict[str, Any]:
    """The manifest of the app.

    Args:
        socket_mode: Slack sends over a connection that the bot opens; otherwise it posts to `url`.
        url: the public address of the bot, for example https://papers.example.org; unused in Socket Mode.
        public_url: where other workspaces install it, if that is not `url`.

    Raises ValueError where HTTP mode has no https address.
    """
    command = {
        "command": "/papers",
        "description": "Trending machine-learning papers, day by day",
        "usage_hint": "[search <words> | subscribe <words> | subscriptions | channel | today | help]",
        "should_escape": False,
    }
    shortcut = {
        "name": "Find papers like this",  # Slack takes 24 characters
        "type": "message",
        "callback_id": LIKE_THIS,
        "description": "Papers on what a message is about; only you see them",
    }
    interactivity: dict[str, Any] = {"is_enabled": True}
    events: dict[str, Any] = {"bot_events": ["app_home_opened", "app_uninstalled", "tokens_revoked"]}
    if not socket_mode:
        if not url or not url.startswith("https://"):
            raise ValueError("write the bot's public address, for example https://papers.example.org")
        command["url"] = interactivity["request_url"] = events["request_url"] = url.rstrip("/") + PATH
    oauth: dict[str, Any] = {"scopes": {"bot": SCOPES}}
    if (root := (None if socket_mode else url) or public_url) and root.startswith("https://"):
        oauth["redirect_urls"] = [root.rstrip("/") + REDIRECT]
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Daily Papers",
            "description": "Hugging Face's Daily Papers where you talk: a daily thread, and /papers.",
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                # Without the Messages tab Slack delivers no direct message of the bot.
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Daily Papers", "always_online": True},
            "shortcuts": [shortcut],
            "slash_commands": [command],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
