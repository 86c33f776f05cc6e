"""What the fake Discord holds: one server with its channels, people, messages; and their JSON."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from bot.places import Place
from tests.fakes.discord_files import attachment_json

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
HIDDEN, LOCKED, VOICE, STAFF, PRIVATE_THREAD = "1007", "1008", "1009", "1010", "1011"
PERSON, CLOSED_PERSON, MANAGER, OWNER = "2001", "2002", "2003", "2009"
EDITORS, BOTS = "5001", "5002"
DM, CLOSED_DM = "3001", "3002"

_WHEN = "2026-07-29T09:00:00.000000+00:00"
_THREADS = (10, 11, 12)
_VOICE, _FORUM = 2, 15
_ALL_PERMISSIONS = (1 << 50) - 1
VIEW_CHANNEL, SEND_MESSAGES, SEND_IN_THREADS = 1 << 10, 1 << 11, 1 << 38
_REQUIRE_TAG = 1 << 4


@dataclass
class FakeTag:
    """A tag of a forum.

    Args:
        moderated: only moderators may give it to a post.
    """

    id: str
    name: str
    moderated: bool = False

    def to_json(self) -> dict[str, Any]:
        shown = {"id": self.id, "name": self.name, "moderated": self.moderated}
        return shown | {"emoji_id": None, "emoji_name": None}


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
        tags: what a forum offers.
        applied: the ids of a post's tags.
        hidden_from: the roles that do not see it.
        shown_to: the roles that see it nevertheless.
        guild: the server it is on.
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
    tags: list[FakeTag] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    hidden_from: tuple[str, ...] = ()
    shown_to: tuple[str, ...] = ()
    guild: str = GUILD
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def thread(self) -> bool:
        return self.kind in _THREADS

    @property
    def address(self) -> str:
        """What stands behind the colon of the place that leads here."""
        return f"@{self.person}" if self.person else self.id

    def to_json(self) -> dict[str, Any]:
        flags = _REQUIRE_TAG if self.needs_tag else 0
        base: dict[str, Any] = {"id": self.id, "type": self.kind, "flags": flags}
        if self.person:
            return base | {"recipients": [user_json(self.person)]}
        base |= {"guild_id": self.guild, "name": self.name, "parent_id": self.parent}
        if self.thread:
            return base | {
                "owner_id": APPLICATION if self.ours else PERSON,
                "message_count": len(self.messages),
                "member_count": 1,
                "total_message_sent": len(self.messages),
                "applied_tags": self.applied,
                "thread_metadata": {
                    "archived": self.archived,
                    "archive_timestamp": _WHEN,
                    "auto_archive_duration": 1440,
                    "locked": self.locked,
                },
            }
        base |= {"position": 0, "permission_overwrites": self._overwrites()}
        if self.kind == _VOICE:
            return base | {"bitrate": 64000, "user_limit": 0}
        return (
            base | {"available_tags": [tag.to_json() for tag in self.tags]} if self.kind == _FORUM else base
        )

    def _overwrites(self) -> list[dict[str, Any]]:
        view, nothing = str(VIEW_CHANNEL), "0"
        hidden = [{"id": role, "type": 0, "allow": nothing, "deny": view} for role in self.hidden_from]
        return hidden + [{"id": role, "type": 0, "allow": view, "deny": nothing} for role in self.shown_to]


def direct_of(person: str) -> str:
    """The channel of the direct messages of one of a crowd."""
    return f"8{person}"


def channels() -> dict[str, FakeChannel]:
    """The server and the people as every test finds them."""
    every = [
        FakeChannel(TEXT, 0, "papers"),
        FakeChannel(ANNOUNCEMENT, 5, "news"),
        FakeChannel(FORUM, 15, "daily"),
        FakeChannel(TAGGED_FORUM, 15, "tagged", needs_tag=True),
        FakeChannel(THREAD, 11, "reading group", parent=TEXT, ours=False),
        FakeChannel(NO_PERMISSION, 0, "read only", refuses=50013),
        FakeChannel(HIDDEN, 0, "hidden", refuses=50001, hidden_from=(BOTS,)),
        FakeChannel(STAFF, 0, "staff", hidden_from=(GUILD,), shown_to=(EDITORS, BOTS)),
        FakeChannel(PRIVATE_THREAD, 12, "between us", parent=TEXT, ours=False),
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
    missing = SEND_MESSAGES | SEND_IN_THREADS if channel.refuses == 50013 else 0
    return str(_ALL_PERMISSIONS & ~missing)


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
        "attachments": [
            attachment_json(
                f"{number}", name, len(text), f"https://cdn.discordapp.com/attachments/1/{number}/x"
            )
            for number, (name, text) in enumerate((body.get("uploaded") or {}).items(), 6501)
        ],
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
