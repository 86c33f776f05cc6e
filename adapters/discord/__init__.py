"""Discord as a chat platform. What stands here costs no import of a library."""

import re

from adapters.discord.invite import application_id, invite_url
from adapters.discord.render import render
from bot.adapter import Adapter, Limits, Platform, Shared
from bot.settings import Settings


def _missing(settings: Settings) -> list[str]:
    return [] if settings.discord_bot_token else ["DISCORD_BOT_TOKEN"]


def _create(settings: Settings, shared: Shared) -> Adapter:
    from adapters.discord.app import DiscordAdapter

    return DiscordAdapter(settings, shared.budget("discord", settings.discord_per_second))


def _invite(settings: Settings, _url: str | None) -> str:
    """The link that adds this bot to a server. Raises ValueError where the token is missing or none."""
    if settings.discord_bot_token is None:
        raise ValueError("set DISCORD_BOT_TOKEN first; .env.example says where it comes from")
    return invite_url(application_id(settings.discord_bot_token.get_secret_value()))


PLATFORM = Platform(
    name="discord",
    address=re.compile(r"@?[0-9]{1,20}"),
    example="discord:1234 or discord:@1234",
    limits=Limits(lines=20, cards=5),
    missing=_missing,
    create=_create,
    preview=render,
    guides={"invite": _invite},
)
