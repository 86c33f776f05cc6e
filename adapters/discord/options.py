"""The typed options of `/papers` on Discord: what each takes, and what is said of it."""

from typing import Literal

from discord import app_commands

from bot.mail import LONGEST_ADDRESS

Text = app_commands.Range[str, 1, 200]
Wanted = app_commands.Range[str, 1, 512]
Zone = app_commands.Range[str, 1, 100]
Address = app_commands.Range[str, 1, LONGEST_ADDRESS]
Count = app_commands.Range[int, 0, 100]
Position = app_commands.Range[int, 1, 999_999_999]
When = Literal["daily", "weekly", "each"]
Style = Literal["thread", "compact"]
Switch = Literal["on", "off"]
Late = Literal["next", "append"]
Turn = Literal["on", "off", "pause", "resume"]
Topic = Literal["subscribe", "subscriptions", "search", "channel", "settings"]

PAPER = "An arXiv identifier or a link to a paper"
WANTED = "Words and fields, for example: diffusion -survey upvotes>=20 has:code"
NUMBER = "The number of a subscription; /papers subscriptions shows it"
EMAIL = "Send it there instead, once its owner has said yes, for example: ann@example.org"
POST = "The number of the post, where this channel has several"
SCHEDULE = {
    "when": "Daily, weekly, or each list as soon as it is complete",
    "day": "The days of the week, for example: mon or mon-fri",
    "at": "The time of the day, for example: 09:00",
    "zone": "The time zone, for example: Europe/Berlin",
    "style": "A thread with a reply for each paper, or compact: a line for each",
}
BOUNDS = {
    "most": "The most papers that are shown at once, the rest one click away; 0 for all",
    "least": "With fewer papers, wait for the next digest; 0 for never",
    "explain": "Whether a digest without papers says so",
}
NAMES = {"wanted": "filter", "at": "time"}
"""What people see instead of our names of options."""


def given(**options: str | int | None) -> dict[str, str] | None:
    """The options that have a value, by their names in a request; None where none has."""
    return {name: str(value) for name, value in options.items() if value is not None} or None
