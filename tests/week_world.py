"""Ten days of a source whose lists grow and whose votes rise, and a record of what was read of it when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile

from bot.source import Listing
from tests.factories import at, make_facts

FIRST = date(2026, 10, 21)
"""A Wednesday; on the Sunday behind it Europe's clocks are put back."""
PAPERS = (6, 8, 5, 0, 0, 7, 25, 9, 6, 8)
"""How many papers each day's list comes to."""
TOPICS = ("diffusion", "agents", "a survey of diffusion", "robots")


@dataclass(frozen=True)
class WorldPaper:
    """One paper of the source.

    Args:
        appears: when the list first holds it; for the last of every other day that is in the evening.
    """

    number: int
    day: date
    appears: datetime
    topic: str

    def votes(self, now: datetime) -> int:
        """They rise each hour, some papers' faster than others'."""
        hours = (now - self.appears) // timedelta(hours=1)
        return self.number * 7 % 30 + self.number * 13 % 5 * hours


def _papers() -> list[WorldPaper]:
    found = []
    for step, count in enumerate(PAPERS):
        day = FIRST + timedelta(days=step)
        for place in range(count):
            number = 100 * (step + 1) + place
            hour, minute = (5, 0) if place == 0 else (6, 40) if place < count / 2 else (8, 20)
            if place == count - 1 and step % 2 == 0:
                hour, minute = 18, 10
            found.append(WorldPaper(number, day, at(day, hour, minute), TOPICS[number % 4]))
    return found


WORLD = {paper.number: paper for paper in _papers()}


@dataclass(frozen=True)
class Poll:
    """What the source answered.

    Args:
        votes: of each listed paper, by number.
    """

    moment: datetime
    day: date
    votes: dict[int, int]


@dataclass
class Record:
    """A source that notes what it was asked."""

    clock: Callable[[], datetime]
    polls: list[Poll] = field(default_factory=list)
    name = "record"

    async def fetch(self, day: date) -> Listing:
        now = self.clock()
        listed = [paper for paper in WORLD.values() if paper.day == day and paper.appears <= now]
        self.polls.append(Poll(now, day, {paper.number: paper.votes(now) for paper in listed}))
        facts = [
            make_facts(
                paper.number,
                listed_on=day,
                title=f"Paper {paper.number} on {paper.topic}",
                upvotes=paper.votes(now),
            )
            for paper in listed
        ]
        return Listing(facts)

    async def newest(self) -> Listing:
        return await self.fetch(self.clock().date())

    async def close(self) -> None:
        pass


@dataclass
class Known:
    """What is known of the source at a moment, worked out from the polls before it.

    Attributes:
        votes: by paper.
        final: days whose list is final.
        late: papers that came to a list which was final before, at this very moment.
    """

    votes: dict[int, int] = field(default_factory=dict)
    read: set[date] = field(default_factory=set)
    final: set[date] = field(default_factory=set)
    late: set[int] = field(default_factory=set)
    _changed: dict[date, datetime] = field(default_factory=dict)

    def learn(self, polls: list[Poll], now: datetime) -> None:
        """Take the polls of one moment in."""
        final_before = set(self.final)
        self.late = set()
        for poll in polls:
            new = set(poll.votes) - set(self.votes)
            self.votes.update(poll.votes)
            if new or poll.day not in self.read:
                self._changed[poll.day] = now
            self.read.add(poll.day)
            rested = now - self._changed[poll.day] >= timedelta(hours=1)
            if (poll.votes and rested and now >= at(poll.day, 7)) or now >= at(poll.day, 12):
                self.final.add(poll.day)
            if poll.day in final_before:
                self.late |= new
        self.final |= {day for day in self.read if now >= at(day, 12)}

    def holdable(self) -> dict[int, WorldPaper]:
        """The papers that digests may hold."""
        return {number: WORLD[number] for number in self.votes if WORLD[number].day in self.final}


def polls_at(polls: list[Poll], now: datetime) -> list[Poll]:
    """Take those of one moment from the front."""
    found = list(takewhile(lambda poll: poll.moment == now, polls))
    del polls[: len(found)]
    return found
