"""Messages for all: whether the bot may post where it was asked to, and what to say where it did not."""

import discord

from bot.adapter import AdapterError, Ambiguous, PlaceGone
from bot.markup import Message, line

_NOT_NOW = "Nothing was posted: Discord takes no message from me here for now. Please try again in a minute."
_UNKNOWN = "Discord did not say whether the message was posted. Please look before you try again."


def require_posting(interaction: discord.Interaction) -> None:
    """Raise PlaceGone where the rules of the channel do not let the bot post.

    Discord itself takes an answer to a person even there. Where only the person has installed the bot, it
    says nothing of such rules.
    """
    granted = interaction.app_permissions
    if not interaction.is_guild_integration() or not granted.value:
        return
    in_thread = isinstance(interaction.channel, discord.Thread)
    allowed = granted.send_messages_in_threads if in_thread else granted.send_messages
    if not (allowed and granted.view_channel):
        name = "Send Messages in Threads" if in_thread else "Send Messages"
        raise PlaceGone(
            "The bot may not post in this channel; somebody who manages the server can give its role "
            f"{name} there."
        )


def not_posted(problem: AdapterError) -> Message:
    """What the person is told whose message for all did not come out."""
    if isinstance(problem, PlaceGone):
        return Message(lines=(line(f"Nothing was posted. {problem}"),))
    return Message(lines=(line(_UNKNOWN if isinstance(problem, Ambiguous) else _NOT_NOW),))
