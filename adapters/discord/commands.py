"""What people can call on Discord: `/papers` with its subcommands, and the entry in a message's menu."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import discord
from discord import app_commands

from adapters.discord.choices import days
from adapters.discord.quoting import words_of
from bot.request import Suggest

Answer = Callable[[discord.Interaction, str], Awaitable[None]]
"""Answers an interaction with what the text behind `/papers` asks for."""

_Choices = list[app_commands.Choice[str]]
_TEXT_LIMIT = 200
_FILTER_LIMIT = 512
_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
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


def papers_group(answer: Answer, suggest: Suggest, now: Callable[[], datetime]) -> app_commands.Group:
    """`/papers today | yesterday | day | paper | similar | search | help`, for servers and for people.

    Discord has no bare command beside subcommands.
    """
    group = app_commands.Group(
        name="papers",
        description="Trending machine-learning papers",
        allowed_contexts=_CONTEXTS,
        allowed_installs=_INSTALLS,
    )

    @group.command(name="search", description="Find papers")
    @app_commands.describe(wanted="Words and fields, for example: diffusion -survey upvotes>=20 has:code")
    @app_commands.rename(wanted="filter")
    async def search(
        interaction: discord.Interaction, wanted: app_commands.Range[str, 1, _FILTER_LIMIT]
    ) -> None:
        await answer(interaction, f"search {wanted}")

    @search.autocomplete("wanted")
    async def completed(_interaction: discord.Interaction, typed: str) -> _Choices:
        return [app_commands.Choice(name=text, value=text) for text in await suggest(typed)]

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
    async def recent(interaction: discord.Interaction, typed: str) -> _Choices:
        return [app_commands.Choice(name=name, value=value) for name, value in days(now().date(), typed)]

    @group.command(name="paper", description="One paper")
    @app_commands.describe(paper="An arXiv identifier or a link to a paper")
    async def one_paper(
        interaction: discord.Interaction, paper: app_commands.Range[str, 1, _TEXT_LIMIT]
    ) -> None:
        await answer(interaction, f"paper {paper}")

    @group.command(name="similar", description="Papers that resemble one")
    @app_commands.describe(paper="An arXiv identifier or a link to a paper")
    async def similar(
        interaction: discord.Interaction, paper: app_commands.Range[str, 1, _TEXT_LIMIT]
    ) -> None:
        await answer(interaction, f"similar {paper}")

    @group.command(name="help", description="What the bot can do, with examples")
    async def show_help(interaction: discord.Interaction) -> None:
        await answer(interaction, "help")

    return group


def message_menu(answer: Answer) -> app_commands.ContextMenu:
    """*Find papers like this message*, in the menu of every message that a person can see."""

    async def like(interaction: discord.Interaction, message: discord.Message) -> None:
        await answer(interaction, f"like {words_of(message)}".rstrip())

    return app_commands.ContextMenu(
        name="Find papers like this message",
        callback=like,
        allowed_contexts=_CONTEXTS,
        allowed_installs=_INSTALLS,
    )


def same_commands(ours: list[dict[str, Any]], theirs: object) -> bool:
    """Whether Discord has these commands already, in whatever order; defaults that it adds do not count."""
    return _by_name(_essence(ours)) == _by_name(_essence(theirs))


def _by_name(commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(commands, key=lambda command: (str(command.get("type")), str(command.get("name"))))


def _essence(commands: object) -> list[dict[str, Any]]:
    listed = [one for one in commands if isinstance(one, dict)] if isinstance(commands, list) else []
    found = []
    for command in listed:
        kept = {name: _value(command[name]) for name in _COMPARED if command.get(name)}
        found.append(kept | {"options": _essence(command.get("options"))})
    return found


def _value(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value
