"""What the fake Discord holds: one server with its channels, people, messages; and their JSON."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from bot.places import Place

GUILD = "900"
APPLICATION = "700"
TEXT, ANNOUNCEMENT, FORUM, TAGGED_FORUM, THREAD, NO_PERMISSION = (
    "1001",
    "1002",
    "1003",
    "1004",
    "1005",
    "1006",
)
HIDDEN, LOCKED, VOICE = "1007", "1008", "1009"
PERSON, CLOSED_PERSON = "2001", "2002"
DM, CLOSED_DM = "3001", "3002"

_WHEN = "2026-07-29T09:00:00.000000+00:00"
_THREADS = (10, 11, 12)
_VOICE, _FORUM = 2, 15
_ALL_PERMISSIONS = (1 << 50) - 1
_SEND_MESSAGES, _SEND_IN_THREADS = 1 << 11, 1 << 38


@dataclass
class FakeChannel:
    """A channel, a thread or a person's direct messages.

    Args:
        kind: Discord's number of its type.
        parent: a thread's channel.
        person: whose direct messages these are.
        stays_archived: nothing fetches it back from the archive.
        refuses: the error code that every post gets.
        ours: whether the bot opened this thread.
    """

    id: str
    kind: int
    name: str = ""
    parent: str | None = None
    person: str | None = None
    refuses: int = 0
    needs_tag: bool = False
    archived: bool = False
    locked: bool = False
    stays_archived: bool = False
    ours: bool = True
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def thread(self) -> bool:
        return self.kind in _THREADS

    @property
    def address(self) -> str:
        """What stands behind the colon of the place that leads here."""
        return f"@{self.person}" if self.person else self.id

    def to_json(self) -> dict[str, Any]:
        base: dict[str, Any] = {"id": self.id, "type": self.kind, "flags": 0}
        if self.person:
            return base | {"recipients": [user_json(self.person)]}
        base |= {"guild_id": GUILD, "name": self.name, "parent_id": self.parent}
        if self.thread:
            return base | {
                "owner_id": APPLICATION if self.ours else PERSON,
                "message_count": len(self.messages),
                "member_count": 1,
                "total_message_sent": len(self.messages),
                "thread_metadata": {
                    "archived": self.archived,
                    "archive_timestamp": _WHEN,
                    "auto_archive_duration": 1440,
                    "locked": self.locked,
                },
            }
        base |= {"position": 0, "permission_overwrites": []}
        if self.kind == _VOICE:
            return base | {"bitrate": 64000, "user_limit": 0}
        return base | {"available_tags": []} if self.kind == _FORUM else base


def channels() -> dict[str, FakeChannel]:
    """The server and the people as every test finds them."""
    every = [
        FakeChannel(TEXT, 0, "papers"),
        FakeChannel(ANNOUNCEMENT, 5, "news"),
        FakeChannel(FORUM, 15, "daily"),
        FakeChannel(TAGGED_FORUM, 15, "tagged", needs_tag=True),
        FakeChannel(THREAD, 11, "reading group", parent=TEXT, ours=False),
        FakeChannel(NO_PERMISSION, 0, "staff", refuses=50013),
        FakeChannel(HIDDEN, 0, "hidden", refuses=50001),
        FakeChannel(LOCKED, 11, "closed case", parent=TEXT, refuses=160005, ours=False),
        FakeChannel(VOICE, 2, "voice"),
        FakeChannel(DM, 1, person=PERSON),
        FakeChannel(CLOSED_DM, 1, person=CLOSED_PERSON, refuses=50007),
    ]
    return {channel.id: channel for channel in every}


def place(channel: FakeChannel) -> Place:
    return Place("discord", channel.address)


def user_json(user_id: str, *, bot: bool = False) -> dict[str, Any]:
    return {
        "id": user_id,
        "username": "Daily Papers" if bot else f"reader{user_id}",
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": None,
        "primary_guild": None,
        "bot": bot,
    }


def permissions(channel: FakeChannel) -> str:
    """What the bot may do in a channel, as an interaction says it."""
    missing = _SEND_MESSAGES | _SEND_IN_THREADS if channel.refuses == 50013 else 0
    return str(_ALL_PERMISSIONS & ~missing)


def guild_json(every: dict[str, FakeChannel]) -> dict[str, Any]:
    own = [channel for channel in every.values() if not channel.person]
    return {
        "id": GUILD,
        "name": "Readers",
        "unavailable": False,
        "member_count": 2,
        "owner_id": PERSON,
        "roles": [],
        "members": [],
        "channels": [channel.to_json() for channel in own if not channel.thread],
        "threads": [channel.to_json() for channel in own if channel.thread],
    }


def message_json(message_id: str, channel: str, body: dict[str, Any]) -> dict[str, Any]:
    """A message as Discord answers it: without its nonce, which it does not keep."""
    numbers = itertools.count(1)
    rows = []
    for row in body.get("components") or []:
        buttons = [{**button, "id": next(numbers)} for button in row["components"]]
        rows.append({**row, "id": next(numbers), "components": buttons})
    return {
        "id": message_id,
        "channel_id": channel,
        "type": 0,
        "author": user_json(APPLICATION, bot=True),
        "content": body.get("content") or "",
        "embeds": [{"type": "rich", **embed} for embed in body.get("embeds") or []],
        "components": rows,
        "flags": body.get("flags") or 0,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "timestamp": _WHEN,
        "edited_timestamp": None,
        "pinned": False,
        "mention_everyone": False,
        "tts": False,
    }


def shown(body: dict[str, Any]) -> str:
    """All that a reader sees of a message."""
    rows = [body.get("content")]
    for embed in body.get("embeds") or []:
        rows += [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    for row in body.get("components") or []:
        rows += [button["label"] for button in row["components"]]
    return "\n".join(row for row in rows if row)


def application_json() -> dict[str, Any]:
    return {
        "id": APPLICATION,
        "name": "Daily Papers",
        "icon": None,
        "description": "",
        "type": None,
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "eligible_oauth2_scopes": [],
        "max_participants": None,
        "tags": [],
        "owner": user_json(PERSON),
        "team": None,
        "rpc_origins": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "event_webhooks_status": 1,
        "event_webhooks_types": [],
        "event_webhooks_url": None,
        "integration_types_config": {},
    }


def command_json(command: dict[str, Any], command_id: str) -> dict[str, Any]:
    """A registered command as Discord gives it back: defaults filled in, false ones left out."""
    return {"description": "", **_option_json(command)} | {
        "id": command_id,
        "application_id": APPLICATION,
        "version": command_id,
        "default_member_permissions": command.get("default_member_permissions"),
        "nsfw": False,
        "contexts": command.get("contexts"),
        "integration_types": command.get("integration_types"),
    }


def _option_json(option: dict[str, Any]) -> dict[str, Any]:
    dropped = ("options", "nsfw", "default_member_permissions", "contexts", "integration_types")
    kept = {name: value for name, value in option.items() if value is not False and name not in dropped}
    if options := option.get("options"):
        kept["options"] = [_option_json(one) for one in options]
    return kept
