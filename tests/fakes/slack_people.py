"""The people and channels of a Slack workspace, what the token may ask of them, and the methods that do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_rules import Refused

TEAM, ENTERPRISE = "T0PAPERS", "E0RESEARCH"
OTHER_TEAM = "T0OTHERS"
# docs.slack.dev/reference/methods; by kind of channel where Slack asks for that.
_SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.open": "im:write",
    "conversations.history": "{}:history",
    "conversations.replies": "{}:history",
    "conversations.info": "{}:read",
    "users.info": "users:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
}
_KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
_ALL = {
    "chat:write", "commands", "im:write", "channels:history", "groups:history", "im:history", "channels:read",
    "groups:read", "im:read", "mpim:read", "users:read", "files:write",
}  # fmt: skip


@dataclass
class Person:
    """As `users.info` shows them.

    Args:
        teams: the workspaces of our organisation that they are in, if there is an organisation.
    """

    team: str = TEAM
    zone: str = "Europe/Berlin"
    admin: bool = False
    owner: bool = False
    teams: tuple[str, ...] = ()


@dataclass
class Channel:
    """One channel.

    Args:
        bot: the bot is in it.
    """

    creator: str = "U0WRITER"
    members: set[str] = field(default_factory=lambda: {"U0READER", "U0WRITER"})
    private: bool = False
    bot: bool = True


class Directory:
    """Who and what is there. Channels and people can be added and changed.

    Args:
        team: the workspace.

    Attributes:
        scopes: what the bot's token may do; all that anybody asks for, at first.
    """

    def __init__(self, team: str = TEAM) -> None:
        self.team = team
        self.people = {
            "U0READER": Person(team),
            "U0WRITER": Person(team, zone="America/New_York"),
            "U0ADMIN": Person(team, admin=True),
            "W0GRID": Person(team),
            "U0STRANGER": Person(team=OTHER_TEAM, admin=True, owner=True),
        }
        self.channels = {
            "C0PAPERS": Channel(),
            "C0OTHERS": Channel(),
            "G0SECRET": Channel(private=True, members={"U0WRITER"}),
        }
        self.archived: set[str] = set()
        self.direct: dict[str, str] = {}
        self.scopes = set(_ALL)

    def methods(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        """The methods of the Web API that are answered here."""
        return {
            "conversations.open": self._open,
            "conversations.info": self._info,
            "users.info": self._person,
            "users.conversations": self._conversations,
        }

    def check_scopes(self, method: str, body: dict[str, Any]) -> None:
        """Raise Refused where the token may not call the method."""
        if method == "users.conversations":
            kinds = str(body.get("types", "public_channel")).split(",")
            needed = [f"{_KINDS.get(kind, kind)}:read" for kind in kinds]
        else:
            needed = [_SCOPES[method].format(self._kind(body))] if method in _SCOPES else []
        for scope in needed:
            if scope not in self.scopes:
                raise Refused("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def channel(self, body: dict[str, Any]) -> str:
        """The channel that a body names, where the bot can post. Raises Refused."""
        channel = str(body.get("channel", ""))
        if channel not in self.channels and channel not in self.direct:
            raise Refused("channel_not_found")
        return channel

    def _kind(self, body: dict[str, Any]) -> str:
        channel = str(body.get("channel", ""))
        if channel.startswith("D"):
            return "im"
        known = self.channels.get(channel)
        return "groups" if known and known.private else "channels"

    def _open(self, body: dict[str, Any]) -> dict[str, Any]:
        person = body.get("users", "")
        if person not in self.people:
            raise Refused("user_not_found")
        if self.people[person].team != self.team:
            raise Refused("user_not_visible")
        channel = f"D{person}"
        self.direct[channel] = f"@{person}"
        return {"channel": {"id": channel}}

    def _info(self, body: dict[str, Any]) -> dict[str, Any]:
        name = str(body.get("channel", ""))
        channel = self.channels.get(name)
        if channel is None or (channel.private and not channel.bot):
            raise Refused("channel_not_found")
        return {"channel": self._shown(name) | {"created": 1_700_000_000, "creator": channel.creator}}

    def _person(self, body: dict[str, Any]) -> dict[str, Any]:
        name = str(body.get("user", ""))
        person = self.people.get(name)
        if person is None:
            raise Refused("user_not_found")
        shown = {
            "id": name, "team_id": person.team, "name": "reader", "deleted": False, "tz": person.zone,
            "tz_label": "Some Time", "tz_offset": 0, "is_bot": False,
        }  # fmt: skip
        if person.team != self.team and not person.teams:
            return {"user": shown | {"is_stranger": True}}
        roles: dict[str, Any] = {
            "is_admin": person.admin or person.owner,
            "is_owner": person.owner,
            "is_primary_owner": False,
        }
        if person.teams:
            roles["enterprise_user"] = {"id": name, "enterprise_id": ENTERPRISE, "teams": [*person.teams]}
        return {"user": shown | roles}

    def _conversations(self, body: dict[str, Any]) -> dict[str, Any]:
        kinds = set(str(body.get("types", "public_channel")).split(","))
        if unknown := kinds - _KINDS.keys():
            raise Refused("invalid_types", response_metadata={"messages": sorted(unknown)})
        limit, start = int(body.get("limit", 100)), int(body.get("cursor") or 0)
        if not 1 <= limit <= 999:
            raise Refused("invalid_limit")
        user = body.get("user")
        if user not in self.people:
            raise Refused("user_not_found")
        bare = str(body.get("exclude_archived", "")).lower() in ("1", "true")
        found = [
            name
            for name, channel in self.channels.items()
            if user in channel.members
            and ("private_channel" if channel.private else "public_channel") in kinds
            and not (channel.private and not channel.bot)
            and not (bare and name in self.archived)
        ]
        cursor = str(start + limit) if len(found) > start + limit else ""
        page = [self._shown(name) for name in found[start : start + limit]]
        return {"channels": page, "response_metadata": {"next_cursor": cursor}}

    def _shown(self, name: str) -> dict[str, Any]:
        private = self.channels[name].private
        return {
            "id": name, "name": name.lower(), "is_channel": not private, "is_group": private,
            "is_private": private, "is_archived": name in self.archived,
        }  # fmt: skip
