"""The search of a store, put together as the app does, and a shelf of papers to search."""

from datetime import date, timedelta

from pydantic import SecretStr

from bot.adapter import Limits
from bot.beyond import Beyond
from bot.commands import Commands, Parts
from bot.filters.question import read_question
from bot.indexing import Index
from bot.ingest import Ingest
from bot.planning import Planner
from bot.posting import Poster
from bot.ranking.ranking import Ranking
from bot.receipts import Receipts
from bot.search import Found, Search
from bot.source import Source
from bot.subscribing import Subscribing
from storage.database import Database
from tests.factories import DAY, RULES, make_facts
from tests.fakes.clock import Clock
from tests.indexed import keep

SHELF = {
    1: {"title": "Quantization of language models", "abstract": "Fewer bits.", "upvotes": 5},
    2: {"title": "Pruning of networks", "abstract": "We remove weights of language models.", "upvotes": 50},
    3: {"title": "Diffusion for images", "abstract": "Noise becomes pixels.", "upvotes": 20},
    4: {"title": "Diffusion for text", "abstract": "Noise becomes language.", "upvotes": 1},
    5: {"title": "A survey", "abstract": "Of quantization, pruning and diffusion.", "upvotes": 99},
}


def search_over(database: Database) -> Search:
    """A search that has learnt nothing yet."""
    return Search(database, Index(database), Ranking(database, Clock()))


def commands_over(
    database: Database,
    source: Source,
    clock: Clock,
    beyond: Beyond | None = None,
    public_url: str | None = None,
    secret: str | None = None,
) -> Commands:
    """All commands over one store."""
    planner = Planner(database, lambda _place: Limits(20, 1), RULES, clock)
    search = search_over(database)
    parts = Parts(
        database,
        Ingest(database, source, RULES, clock),
        search,
        Poster(database, planner, RULES, clock),
        Subscribing(RULES),
        Receipts(database, search),
        RULES,
        beyond,
        public_url=public_url,
        secret=SecretStr(secret) if secret else None,
    )
    return Commands(parts)


async def shelved(database: Database) -> Search:
    """Five papers, the first listed first, all of them within a week."""
    for number, facts in SHELF.items():
        await keep_papers(database, number, listed_on=DAY - timedelta(days=5 - number), **facts)
    return search_over(database)


async def keep_papers(database: Database, *numbers: int, **changes: object) -> None:
    await keep(database, *(make_facts(number, **changes) for number in numbers))


async def ask(search: Search, typed: str, limit: int = 5, first: int = 0, today: date = DAY) -> Found:
    return await search.find(read_question(typed), today, limit, first)


def numbers(found: Found) -> list[int]:
    return [int(hit.paper.id.partition(".")[2]) for hit in found.hits]
