"""The application on the fake Discord, and its commands as Discord gives them back."""

from typing import Any

from tests.fakes import discord_store as store


def application_json() -> dict[str, Any]:
    return {
        "id": store.APPLICATION,
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
        "owner": store.user_json(store.PERSON),
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
        "application_id": store.APPLICATION,
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
    if choices := option.get("choices"):
        kept["choices"] = [choice | {"name_localizations": None} for choice in choices]
    return kept
