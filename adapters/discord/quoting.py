"""A message that somebody points at → its words."""

import re

import discord

from bot.identifiers import identifiers_in
from bot.text import cut, one_line

_LONGEST = 1995  # characters; with "like " before them 2000, which is what a command may have
# Mentions, emoji, timestamps, commands: Discord's own signs, which no paper is about.
_SIGN = re.compile(r"<(?:[@#/]|a?:|t:|id:)[^<>]*>")
_ADDRESS = re.compile(r"https?://\S+")
_TARGET = re.compile(r"(?<=\])\(https?://[^()\s]*\)")


def words_of(message: discord.Message) -> str:
    """What a message says, in one line of at most 1995 characters; empty where it has no words at all.

    Its content, or that of the message it forwards. Where that is nothing but addresses, the embeds follow:
    they hold what Discord saw behind an address, and are all that a bot's message holds.
    """
    snapshots = message.message_snapshots
    content = message.content or "\n".join(snapshot.content for snapshot in snapshots)
    said = _SIGN.sub(" ", content)
    parts = [said]
    if not _ADDRESS.sub("", said).strip():
        embeds = [*message.embeds, *(embed for snapshot in snapshots for embed in snapshot.embeds)]
        parts += [text for embed in embeds for text in _texts(embed)]
    return cut(one_line("\n".join(parts)), _LONGEST)


def _texts(embed: discord.Embed) -> list[str]:
    """Title and description without the addresses of links; the embed's own one where it names a paper."""
    address = embed.url or ""
    shown = [_TARGET.sub("", _SIGN.sub(" ", text or "")) for text in (embed.title, embed.description)]
    return [*shown, address] if identifiers_in(address) else shown
