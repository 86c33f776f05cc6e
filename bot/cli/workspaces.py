"""`slack workspaces`, `add` and `remove`: those that have a token of their own."""

import json
import sys
from datetime import datetime

import typer

from bot.app import App
from bot.cli.shell import Failed, answer, note
from bot.sealing import NO_SECRET
from bot.text import counted
from storage.models import Installation

_LONGEST_TOKEN = 1000


async def show(app: App, platform: str, as_json: bool) -> int:
    """List the workspaces. Raises AdapterError."""
    found = await app.workspaces.all(platform)
    if as_json:
        rows = [_as_json(one, subscriptions) for one, subscriptions in found]
        answer(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for one, subscriptions in found:
        state = f"removed {_day(one.removed_at)}" if one.removed_at else f"since {_day(one.installed_at)}"
        answer(f"{one.name}  {_shown(one.title)}: {state}, {counted(subscriptions, 'subscription')}")
    if not found:
        note(f"No workspace has installed the bot; `daily-papers {platform} add` takes one's token.")
    return 0


async def add(app: App, platform: str) -> int:
    """Read a token, ask the platform what it is of, and keep it. Raises AdapterError, Failed."""
    recognise = app.connections.platform(platform).recognise
    if recognise is None:
        raise Failed(f"{platform} has one token for all")
    if not app.workspaces.open:
        raise Failed(NO_SECRET)
    installed = await recognise(app.settings, _read_token())
    resumed = await app.workspaces.keep(installed)
    goes_on = f"; {counted(resumed, 'subscription goes', 'subscriptions go')} on" if resumed else ""
    answer(f"{installed.name}, {_shown(installed.title)}, is added{goes_on}.")
    return 0


async def remove(app: App, platform: str, name: str) -> int:
    """Forget a workspace's token. Raises AdapterError, Failed."""
    found = {one.name: (one, subscriptions) for one, subscriptions in await app.workspaces.all(platform)}
    if name not in found:
        raise Failed(
            f"no workspace is called {_shown(name)}; `daily-papers {platform} workspaces` lists them"
        )
    await app.workspaces.remove(platform, name)
    _, subscriptions = found[name]
    rest = f", and what it subscribed to ({subscriptions}) is paused" if subscriptions else ""
    answer(f"{name} is removed{rest}. An admin there can take the app out of the workspace itself.")
    return 0


def _read_token() -> str:
    """What is typed, unseen, or comes in by a pipe; no argument, which others on the machine would see."""
    if sys.stdin.isatty():
        token: str = typer.prompt("Bot token (xoxb-…)", hide_input=True, err=True)
    else:
        token = sys.stdin.readline(_LONGEST_TOKEN)
    return token.strip()


def _as_json(one: Installation, subscriptions: int) -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "installed": one.installed_at.isoformat(),
        "removed": one.removed_at.isoformat() if one.removed_at else None,
        "subscriptions": subscriptions,
    }


def _shown(text: str) -> str:
    """Words from outside, for a terminal: without what would move its cursor."""
    return "".join(letter for letter in text if letter.isprintable())[:80]


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
