"""`/papers` as Discord knows it: a group of subcommands, for Discord has no bare command beside them."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

import discord
from discord import app_commands

from bot.messages.words import day_name

Answer = Callable[[discord.Interaction, str], Awaitable[None]]
"""Answers an interaction with what the text behind `/papers` asks for."""

_CHOICES = 25
_TEXT_LIMIT = 200
# What Discord fills in or spells otherwise when it gives a command back.
_COMPARED = (
    "name",
    "type",
    "description",
    "required",
    "autocomplete",
    "min_length",
    "max_length",
    "contexts",
    "integration_types",
    "default_member_permissions",
    "nsfw",
)


def papers_group(answer: Answer, now: Callable[[], datetime]) -> app_commands.Group:
    """`/papers today | yesterday | day | paper | help`, usable in servers, direct messages and by people."""
    group = app_commands.Group(
        name="papers",
        description="Trending machine-learning papers",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )

    @group.command(name="today", description="The papers of today")
    async def today(interaction: discord.Interaction) -> None:
        await answer(interaction, "today")

    @group.command(name="yesterday", description="The papers of yesterday")
    async def yesterday(interaction: discord.Interaction) -> None:
        await answer(interaction, "yesterday")

    @group.command(name="day", description="The papers of one day")
    @app_commands.describe(day="A date such as 2026-07-29")
    @app_commands.rename(day="date")
    async def one_day(interaction: discord.Interaction, day: app_commands.Range[str, 1, _TEXT_LIMIT]) -> None:
        await answer(interaction, day)

    @one_day.autocomplete("day")
    async def recent(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=value) for name, value in days(now().date(), typed)]

    @group.command(name="paper", description="One paper")
    @app_commands.describe(paper="An arXiv identifier or a link to a paper")
    async def one_paper(
        interaction: discord.Interaction, paper: app_commands.Range[str, 1, _TEXT_LIMIT]
    ) -> None:
        await answer(interaction, f"paper {paper}")

    @group.command(name="help", description="What the bot can do, with examples")
    async def show_help(interaction: discord.Interaction) -> None:
        await answer(interaction, "help")

    return group


def days(today: date, typed: str) -> list[tuple[str, str]]:
    """The latest 25 days that fit what was typed so far, newest first: (`Wed 29 Jul 2026`, `2026-07-29`)."""
    latest = [today - timedelta(days=back) for back in range(_CHOICES)]
    named = [(day_name(day), day.isoformat()) for day in latest]
    wanted = typed.strip().lower()
    return [(name, value) for name, value in named if wanted in f"{name} {value}".lower()]


def same_commands(ours: list[dict[str, Any]], theirs: object) -> bool:
    """Whether Discord has these commands already; defaults that it adds do not count."""
    return _essence(ours) == _essence(theirs)


def _essence(commands: object) -> list[dict[str, Any]]:
    listed = [one for one in commands if isinstance(one, dict)] if isinstance(commands, list) else []
    found = []
    for command in listed:
        kept = {name: _value(command[name]) for name in _COMPARED if command.get(name)}
        found.append(kept | {"options": _essence(command.get("options"))})
    return found


def _value(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value
