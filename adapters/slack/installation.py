"""What is known of an installation of the bot, and where Slack may lead us. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from adapters.slack.api import unusable, words
from bot.adapter import Installed
from bot.places import Place
from bot.request import Asker, Unknown

_SLACK = ("slack.com", "www.slack.com")


def _nobody(_user: str, _channel: str) -> Asker:
    return Unknown()


@dataclass(frozen=True, slots=True)
class Installation:
    """One workspace with our app in it.

    Args:
        team: the workspace.
        bot: the bot's own identifier.
        answers: the only origin that answers may be posted to.
        uploads: the only origin that files may be uploaded to.
        enterprise: the organisation that the workspace is part of, if it is.
        asker: what Slack can tell of one of the workspace's people, by person and channel.
        prefix: of the addresses of its places; none for the workspace of SLACK_BOT_TOKEN.
    """

    team: str
    bot: str
    answers: str
    uploads: str
    enterprise: str = ""
    asker: Callable[[str, str], Asker] = _nobody
    prefix: str = ""

    def place(self, address: str) -> Place:
        """The place of this workspace with that address: a channel, or `@` and a person."""
        return Place("slack", self.prefix + address)


def neighbour(installed: Installed, api_url: str, asker: Callable[[str, str], Asker]) -> Installation:
    """A workspace with a token of its own."""
    return Installation(
        installed.name,
        installed.bot,
        origin(api_url, "hooks"),
        origin(api_url, "files"),
        installed.enterprise,
        asker,
        f"{installed.name}/",
    )


def stranger(team: str, bot: str, api_url: str) -> Installation:
    """A workspace without a token: just enough to read what comes from there.

    Args:
        bot: what Slack says that it is called there.
    """
    return neighbour(Installed("slack", team, "", bot), api_url, _nobody)


def installation(me: Mapping[str, Any], api_url: str, asker: Callable[[str, str], Asker]) -> Installation:
    """The installation of SLACK_BOT_TOKEN, as `auth.test` tells of it. Raises Temporary where it tells of no
    workspace."""
    team = words(me, "team_id")
    if not team:
        raise unusable()
    return Installation(
        team,
        words(me, "bot_id"),
        origin(api_url, "hooks"),
        origin(api_url, "files"),
        words(me, "enterprise_id"),
        asker,
    )


def origin(api_url: str, service: str) -> str:
    """The origin of one of Slack's services, or of what stands in for Slack's API."""
    parts = urlsplit(api_url)
    if parts.hostname in _SLACK:
        return f"https://{service}.slack.com"
    return f"{parts.scheme}://{parts.netloc}"
