"""Texts that help to set a platform up."""

from bot.adapter import platforms
from bot.cli.shell import Failed, answer
from bot.settings import read_settings


def show(platform: str, name: str, url: str | None = None) -> None:
    """Print a platform's guide; needs no database and connects to nothing. Raises SettingsError, Failed."""
    settings, described = read_settings(), platforms()[platform]
    try:
        answer(described.guides[name](settings, url))
    except ValueError as problem:
        raise Failed(str(problem)) from None
