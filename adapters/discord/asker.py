"""What Discord tells of the person behind an interaction; all of it is in the payload or remembered."""

import re
from collections.abc import Collection

import discord

_ID = re.compile(r"[0-9]{1,20}")


class InteractionAsker:
    """A `bot.request.Asker` that calls nobody.

    Discord sends with an interaction what the person may do in its channel, and which roles they have; the
    gateway keeps the channels of the server.
    """

    zone_source = ""

    def __init__(self, interaction: discord.Interaction) -> None:
        self._interaction = interaction

    async def zone(self) -> str | None:
        """Discord does not tell it."""
        return None

    async def manages(self) -> bool:
        """Whether the person has Manage Channels here. Nobody has it in direct messages."""
        granted = self._interaction.permissions
        in_server = self._interaction.guild_id is not None
        return in_server and (granted.manage_channels or granted.administrator)

    async def sees(self, addresses: Collection[str]) -> set[str]:
        """Those channels of this server that both may view; other servers' are not known here."""
        return {address for address in addresses if self._sees(address)}

    def _sees(self, address: str) -> bool:
        guild, person = self._interaction.guild, self._interaction.user
        if guild is None or guild.me is None or not isinstance(person, discord.Member):
            return False
        channel = guild.get_channel_or_thread(int(address)) if _ID.fullmatch(address) else None
        if channel is None or (isinstance(channel, discord.Thread) and channel.parent is None):
            return False
        theirs = channel.permissions_for(person)
        if isinstance(channel, discord.Thread) and channel.is_private() and not theirs.manage_threads:
            # Who was added to a private thread is not known, but whoever asks in it is in it.
            return channel.id == self._interaction.channel_id
        return theirs.view_channel and channel.permissions_for(guild.me).view_channel
