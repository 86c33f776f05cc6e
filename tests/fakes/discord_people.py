"""Who is on the fake Discord's server: its people with their roles, and what these let them do."""

from typing import Any

from tests.fakes import discord_store as store

# https://discord.com/developers/docs/topics/permissions
ADMINISTRATOR, MANAGE_CHANNELS = 1 << 3, 1 << 4
_EVERYBODY = store.VIEW_CHANNEL | store.SEND_MESSAGES | store.SEND_IN_THREADS
_ROLES = {store.MANAGER: [store.EDITORS]}


def granted() -> dict[str, int]:
    """What each person may do where they ask, as an interaction says it; others may read and write."""
    return {store.MANAGER: _EVERYBODY | MANAGE_CHANNELS}


def member_json(person: str, permissions: dict[str, int]) -> dict[str, Any]:
    """A member as an interaction shows it."""
    return _member(store.user_json(person), _ROLES.get(person, [])) | {
        "permissions": str(permissions.get(person, _EVERYBODY))
    }


def chosen_json(person: str) -> dict[str, Any]:
    """Somebody who stands in an option, as the interaction explains their id."""
    member = {name: value for name, value in _member({}, _ROLES.get(person, [])).items() if name != "user"}
    member |= {"permissions": str(_EVERYBODY)}
    for heard_by_voice in ("deaf", "mute"):
        del member[heard_by_voice]
    return {"users": {person: store.user_json(person)}, "members": {person: member}}


def guild_json(every: dict[str, store.FakeChannel], guild: str = store.GUILD) -> dict[str, Any]:
    """A server as the gateway shows it to a bot that hears of no members: itself is the only one."""
    own = [channel for channel in every.values() if not channel.person and channel.guild == guild]
    return {
        "id": guild,
        "name": "Readers",
        "unavailable": False,
        "member_count": 4,
        "owner_id": store.OWNER,
        "roles": [
            _role(guild, "@everyone", _EVERYBODY),
            _role(store.EDITORS, "editors", 0),
            _role(store.BOTS, "Daily Papers", _EVERYBODY),
        ],
        "members": [_member(store.user_json(store.APPLICATION, bot=True), [store.BOTS])],
        "channels": [channel.to_json() for channel in own if not channel.thread],
        "threads": [channel.to_json() for channel in own if channel.thread],
    }


def _member(user: dict[str, Any], roles: list[str]) -> dict[str, Any]:
    return {"user": user, "roles": roles, "joined_at": None, "flags": 0, "deaf": False, "mute": False}


def _role(role_id: str, name: str, permissions: int) -> dict[str, Any]:
    return {
        "id": role_id,
        "name": name,
        "permissions": str(permissions),
        "position": int(name != "@everyone"),
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
