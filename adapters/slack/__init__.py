"""Slack: what it costs nothing to know of it. The library is imported by `create`."""

import json
import re

from adapters.slack.manifest import manifest
from adapters.slack.render import render
from bot.adapter import Adapter, Limits, Platform, Shared
from bot.markup import Message
from bot.settings import Settings


def _missing(settings: Settings) -> list[str]:
    return [] if settings.slack_bot_token else ["SLACK_BOT_TOKEN"]


def _create(settings: Settings, shared: Shared) -> Adapter:
    from adapters.slack.app import SlackAdapter

    return SlackAdapter(settings)


def _preview(message: Message) -> object:
    text, blocks = render(message)
    return {"text": text, "blocks": blocks}


def _manifest(settings: Settings, url: str | None) -> str:
    """What to paste into Slack; for Socket Mode unless there is an address. Raises ValueError."""
    return json.dumps(manifest(socket_mode=url is None, url=url), ensure_ascii=False, indent=2)


PLATFORM = Platform(
    name="slack",
    address=re.compile(r"[CGD][A-Z0-9]{2,}|@[UW][A-Z0-9]{2,}"),
    example="slack:C0123 or slack:@U0123",
    limits=Limits(lines=40, cards=10, pause=1.0, installation_pause=0.05),
    missing=_missing,
    create=_create,
    preview=_preview,
    guides={"manifest": _manifest},
)
