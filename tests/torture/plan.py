"""Who subscribes to what, and what each place must hold in the end: told without asking the bot."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.adapter import platforms
from storage import papers, subscriptions
from storage.database import Database
from storage.models import PaperFacts, Style
from tests.factories import DAY, NOON, at, make_facts, make_subscription
from tests.fakes import discord_store as store
from tests.torture.platforms import discord_channel, slack_channel

TOPICS = ("diffusion", "agents", "proteins")
TOP_TITLES = 5
"""How many titles the head of a thread names."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A place and what is to come there.

    Args:
        filters: of its subscriptions, which are due at the same hour; several arrive as one message.
        opens: a reply stands in the thread that the head opens; elsewhere it stands beside its head.
    """

    place: str
    filters: tuple[str, ...] = ("",)
    style: Style = Style.THREAD
    opens: bool = True

    @property
    def platform(self) -> str:
        return self.place.partition(":")[0]

    @property
    def address(self) -> str:
        return self.place.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Expected:
    """One message.

    Args:
        heading: `Wed 29 Jul 2026 · 20 papers` for what opens a digest, else empty.
        papers: their numbers, in the order in which they are named.
        thread: it is a reply in the thread of the latest head before it.
    """

    heading: str
    papers: tuple[int, ...]
    thread: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper of an edition."""

    number: int
    topic: str
    upvotes: int


@dataclass(frozen=True, slots=True)
class Edition:
    """The papers of a day."""

    day: date
    papers: tuple[Listed, ...]


def many_readers() -> list[Reader]:
    """Channels, private ones, forums, threads, people; threads, lists and what travels together."""
    return [
        *(Reader(f"slack:{slack_channel(number)}") for number in range(3)),
        Reader(f"slack:{slack_channel(3)}", style=Style.COMPACT),
        Reader("slack:G0SECRET", (TOPICS[0],)),
        Reader("slack:@U0READER", (TOPICS[1],)),
        Reader("slack:@U0WRITER", TOPICS[:2]),
        Reader(f"discord:{store.TEXT}"),
        Reader(f"discord:{discord_channel(0)}", style=Style.COMPACT),
        Reader(f"discord:{discord_channel(1)}", TOPICS[1:]),
        Reader(f"discord:{store.ANNOUNCEMENT}", (TOPICS[0],)),
        Reader(f"discord:{store.FORUM}"),
        Reader(f"discord:{store.THREAD}", (TOPICS[2],), opens=False),
        Reader(f"discord:@{store.PERSON}", opens=False),
    ]


def few_readers() -> list[Reader]:
    """One of each kind that is sent in a way of its own."""
    return [
        Reader(f"slack:{slack_channel(0)}"),
        Reader("slack:@U0READER", TOPICS[:2], Style.COMPACT),
        Reader(f"discord:{store.TEXT}"),
        Reader(f"discord:{store.FORUM}", (TOPICS[0],)),
        Reader(f"discord:@{store.PERSON}", (TOPICS[1],), opens=False),
    ]


def edition_of(day: date, size: int, chance: random.Random) -> Edition:
    """A day's papers: each topic has some, and no two have the same upvotes."""
    first = (day - DAY).days * size
    votes = chance.sample(range(1, 400), size)
    return Edition(
        day,
        tuple(Listed(first + at, TOPICS[at % len(TOPICS)], votes[at]) for at in range(size)),
    )


async def subscribe(database: Database, readers: Sequence[Reader]) -> None:
    """Keep their subscriptions, which are due every day at noon."""
    async with database.write() as session:
        for reader in readers:
            for wanted in reader.filters:
                row = make_subscription(
                    place=reader.place, filter=wanted, style=reader.style, next_due_at=NOON
                )
                await subscriptions.add_subscription(session, row)


async def publish(database: Database, edition: Edition) -> None:
    """List the papers of a day, which has settled before noon."""
    async with database.write() as session:
        await papers.keep_papers(session, [_facts(edition.day, paper) for paper in edition.papers], NOON)
        (row,) = await papers.record_polls(session, [edition.day], at(edition.day, 9))
        row.settled_at = at(edition.day, 9)


def _facts(day: date, paper: Listed) -> PaperFacts:
    title = f"Paper {paper.number:05} on {paper.topic}"
    return make_facts(paper.number + 1, listed_on=day, title=title, upvotes=paper.upvotes)


def expected(reader: Reader, edition: Edition) -> list[Expected]:
    """What a day must bring to a place, in order: most upvotes first."""
    wanted = [paper for paper in edition.papers if _is_wanted(reader, paper)]
    numbers = [paper.number for paper in sorted(wanted, key=lambda paper: -paper.upvotes)]
    counted = f"{len(numbers)} paper{'s' * (len(numbers) != 1)}"
    heading = f"{edition.day:%a} {edition.day.day} {edition.day:%b %Y} · {counted}"
    if reader.style is Style.THREAD:
        cards = [Expected("", (number,), reader.opens) for number in numbers]
        return [Expected(heading, tuple(numbers[:TOP_TITLES]), False), *cards]
    lines = platforms()[reader.platform].limits.lines
    first, *more = (tuple(numbers[at : at + lines]) for at in range(0, len(numbers), lines))
    return [Expected(heading, first, False), *(Expected("", numbers, False) for numbers in more)]


def _is_wanted(reader: Reader, paper: Listed) -> bool:
    return any(wanted in ("", paper.topic) for wanted in reader.filters)
