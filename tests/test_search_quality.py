"""Real questions over ten thousand papers: how good the answers are, on either database."""

import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from math import log2
from typing import Any

import pytest

from bot.filters.parser import parse
from bot.filters.question import read_question
from bot.search import Search
from storage.database import Database, open_database
from tests.factories import make_facts
from tests.indexed import keep
from tests.recorded import SHARED
from tests.searching import search_over

FOLDER = SHARED / "data" / "search"
GOAL = 0.65
TODAY = date(2026, 7, 29)
_BATCH = 1000

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="needs the questions in ../shared/data/search, which are not part of the project",
)


@dataclass(frozen=True)
class Question:
    text: str
    relevant: frozenset[str]


def questions() -> list[Question]:
    lines = (FOLDER / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [Question(said["text"], frozenset(said["relevant"])) for said in map(json.loads, lines)]


def collection() -> list[dict[str, Any]]:
    with gzip.open(FOLDER / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture
async def library(shared_url: str) -> AsyncIterator[Search]:
    """The whole collection in a store."""
    database: Database = await open_database(shared_url)
    papers = collection()
    for at in range(0, len(papers), _BATCH):
        facts = [
            make_facts(1, id=said["id"], title=said["title"], abstract=said["abstract"], keywords=[])
            for said in papers[at : at + _BATCH]
        ]
        await keep(database, *facts)
    yield search_over(database)
    await database.close()


def gain(answer: list[str], relevant: frozenset[str]) -> float:
    """nDCG@10 of one answer."""
    found = sum(1 / log2(place + 2) for place, paper in enumerate(answer[:10]) if paper in relevant)
    return found / sum(1 / log2(place + 2) for place in range(min(10, len(relevant))))


async def test_the_answers_are_as_good_as_they_should_be(library: Search) -> None:
    gains = []
    for question in questions():
        found = await library.find(read_question(question.text), TODAY, 10)
        gains.append(gain([hit.paper.id for hit in found.hits], question.relevant))
    assert sum(gains) / len(gains) >= GOAL
    short = await library.find(parse("knowledge distillation language models"), TODAY, 10)
    assert not short.partial
    assert all("distill" in f"{hit.paper.title} {hit.paper.abstract}".lower() for hit in short.hits)
