"""A source without a network, and a clock without time."""

from datetime import date, datetime

from bot.source import Listing, SourceError
from storage.models import PaperFacts
from tests.factories import make_facts


class Shelf:
    """A source with some lists; a day without one is empty. What is put for a day may also be an error."""

    name = "shelf"

    def __init__(self) -> None:
        self.lists: dict[date, Listing | SourceError] = {}
        self.asked: list[date] = []

    def put(self, day: date, *numbers: int, skipped: int = 0, **changes: object) -> None:
        facts: list[PaperFacts] = [make_facts(number, **{"listed_on": day, **changes}) for number in numbers]
        self.lists[day] = Listing(facts, skipped)

    async def fetch(self, day: date) -> Listing:
        self.asked.append(day)
        answer = self.lists.get(day, Listing([]))
        if isinstance(answer, SourceError):
            raise answer
        return answer

    async def newest(self) -> Listing:
        return await self.fetch(max(self.lists))

    async def close(self) -> None:
        pass


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now
