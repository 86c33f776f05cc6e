"""Buttons whose command stands in their custom id: nothing is kept, so they work after a restart."""

import re
from typing import Any, Self, cast

import discord

from adapters.discord.inbound import Inbound
from adapters.discord.render import CUSTOM_ID, FORM_ID


class CommandButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=CUSTOM_ID + r"(?P<command>.{0,93})",
):
    """A button that is the same as typing its command."""

    def __init__(self, button: discord.ui.Button[discord.ui.View], command: str) -> None:
        super().__init__(button)
        self._command = command

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The clicked button, found again from what Discord sends back of it."""
        return cls(cast(discord.ui.Button[discord.ui.View], item), match["command"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answer as if the command had been typed."""
        await _inbound(interaction).answer(interaction, self._command)


class FormButton(CommandButton, template=FORM_ID + r"(?P<command>.{0,88})"):
    """A button whose answer may be a form."""

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answer with the form, or as if the command had been typed."""
        await _inbound(interaction).answer_with_form(interaction, self._command)


def _inbound(interaction: discord.Interaction) -> Inbound:
    found: Inbound = interaction.client.inbound  # type: ignore[attr-defined]  # set by Gateway
    return found
