"""The real time. Everything that decides gets it as an argument; this is where it comes from."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the moment, aware, in UTC."""


def utc_now() -> datetime:
    """The real time, aware, in UTC."""
    return datetime.now(UTC)
