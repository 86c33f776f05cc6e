"""Slack: what it costs nothing to know of it. The library is imported by `create`."""

import json
import re

from adapters.slack.manifest import manifest, missing_to_install, serves_added
from adapters.slack.render import render
from bot.adapter import Adapter, Installed, Limits, Platform, Shared
from bot.markup import Message
from bot.settings import Settings


def _missing(settings: Settings) -> list[str]:
    if settings.slack_bot_token:
        return []
    if settings.slack_client_id or settings.slack_client_secret:
        return missing_to_install(settings)
    return [] if serves_added(settings) else ["SLACK_BOT_TOKEN"]


def _create(settings: Settings, shared: Shared) -> Adapter:
    from adapters.slack.app import SlackAdapter

    return SlackAdapter(settings, shared.workspaces)


def _preview(message: Message) -> object:
    text, blocks = render(message)
    return {"text": text, "blocks": blocks}


def _manifest(settings: Settings, url: str | None) -> str:
    """What to paste into Slack; for Socket Mode unless there is an address. Raises ValueError."""
    made = manifest(url is None, url, settings.public_url)
    return json.dumps(made, ensure_ascii=False, indent=2)


async def _recognise(settings: Settings, token: str) -> Installed:
    from adapters.slack.recognising import recognise

    return await recognise(settings, token)


PLATFORM = Platform(
    name="slack",
    address=re.compile(r"(?:T[A-Z0-9]{1,31}/)?(?:[CGD][A-Z0-9]{2,}|@[UW][A-Z0-9]{2,})"),
    example="slack:C0123 or slack:@U0123 or slack:T0123/C0123",
    limits=Limits(lines=40, cards=10, pause=1.0, installation_pause=0.05),
    missing=_missing,
    create=_create,
    preview=_preview,
    guides={"manifest": _manifest},
    recognise=_recognise,
)
