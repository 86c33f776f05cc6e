"""A month of papers to subscribe to: on every weekday of July 2026 up to the 29th, four papers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from storage.database import Database
from tests.factories import DAY, NOON, make_facts
from tests.fakes.clock import Clock
from tests.indexed import keep
from tests.talk import Talk, talking
from tests.talk_chat import ZONE

SUBJECTS = ("Diffusion for images", "Diffusion for video", "Agents that write code", "Pruning of networks")


async def a_month_of_papers(database: Database) -> None:
    """One of each of the `SUBJECTS` a day, 21 days; the papers of a day are numbered together."""
    days = [DAY - timedelta(days=back) for back in reversed(range(29))]
    rows = [
        make_facts(day.day * 10 + number, title=f"{subject}, {day:%d %b}", abstract="We try it.",
                   keywords=[], summary=None, listed_on=day, upvotes=day.day + number, code_url=None)
        for day in days if day.weekday() < 5
        for number, subject in enumerate(SUBJECTS)
    ]  # fmt: skip
    await keep(database, *rows)


@asynccontextmanager
async def talking_over_a_month(platform: str, database: Database) -> AsyncIterator[Talk]:
    """The bot on a platform with that month, on a machine in `ZONE`."""
    await a_month_of_papers(database)
    with pytest.MonkeyPatch.context() as machine:
        machine.setattr("tzlocal.get_localzone_name", lambda: ZONE)
        async with talking(platform, database, Clock(NOON)) as talk:
            yield talk
