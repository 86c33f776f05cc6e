"""The link that adds the bot to a server. Pure."""

import base64
import binascii
import re
from urllib.parse import urlencode

PERMISSIONS = {
    "View Channel": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Read Message History": 1 << 16,
    "Create Public Threads": 1 << 35,
    "Send Messages in Threads": 1 << 38,
}
"""What the bot needs in a channel, by the names that Discord's pages show.

Every message is an embed; the history is read to see whether a message in doubt was posted.
Bits: https://discord.com/developers/docs/topics/permissions
"""

_AUTHORIZE = "https://discord.com/oauth2/authorize"
_SNOWFLAKE = re.compile(r"[0-9]{1,20}")


def invite_url(application_id: str) -> str:
    """Where a person who may manage a server adds the bot and its commands to it."""
    query = {
        "client_id": application_id,
        "scope": "bot applications.commands",
        "permissions": str(sum(PERMISSIONS.values())),
    }
    return f"{_AUTHORIZE}?{urlencode(query)}"


def application_id(token: str) -> str:
    """The application's id, which a bot token carries in its first segment.

    That is the bot user's id; the two are one for every application made since 2016.
    Raises ValueError for what is no bot token; its text does not show the token.
    """
    segment = token.strip().partition(".")[0]
    try:
        found = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        found = ""
    if not _SNOWFLAKE.fullmatch(found):
        raise ValueError(
            "DISCORD_BOT_TOKEN is not a bot token; copy it from the Bot page of your application on "
            "https://discord.com/developers/applications"
        )
    return found
