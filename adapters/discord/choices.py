"""What is offered while somebody types an option of a command. Pure, but for asking."""

import asyncio
from datetime import date, timedelta

from bot.logs import log
from bot.messages.words import day_name
from bot.request import Suggest

_MOST = 25
_LONGEST = 100  # characters, of what is shown and of what it stands for
_PATIENCE = 2.0  # seconds; Discord waits for three


def days(today: date, typed: str) -> list[tuple[str, str]]:
    """The latest 25 days that fit what was typed so far, newest first: (`Wed 29 Jul 2026`, `2026-07-29`)."""
    latest = [today - timedelta(days=back) for back in range(_MOST)]
    named = [(day_name(day), day.isoformat()) for day in latest]
    wanted = typed.strip().lower()
    return [(name, value) for name, value in named if wanted in f"{name} {value}".lower()]


async def filters(suggest: Suggest, typed: str, patience: float = _PATIENCE) -> list[str]:
    """What completes a filter, as far as Discord takes it: for one bad choice it would refuse them all.

    Args:
        patience: seconds; nothing is offered after them.
    """
    try:
        async with asyncio.timeout(patience):
            found = await suggest(typed)
    except Exception as error:
        # No traceback: it may quote what the person typed.
        log.warning("suggestions_failed", platform="discord", error=type(error).__name__)
        return []
    fitting = [text for text in found if text.strip() and len(text) <= _LONGEST]
    return list(dict.fromkeys(fitting))[:_MOST]
