"""How long somebody else asks us to wait. Pure."""

import math

LONGEST = 3600.0
"""Seconds; a longer wait is looked at again after an hour."""


def seconds_in(value: object) -> float | None:
    """A number of seconds that somebody else wrote, `LONGEST` at most; None where it is none."""
    try:
        seconds = float(value) if isinstance(value, str | int | float) else math.nan
    except OverflowError:
        seconds = math.inf if isinstance(value, int) and value > 0 else math.nan
    except ValueError:
        return None
    return min(seconds, LONGEST) if seconds >= 0 else None
