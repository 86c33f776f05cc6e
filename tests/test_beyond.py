"""Search beyond the store: what goes out, what comes back, and that it never spoils an answer."""

import asyncio
from dataclasses import dataclass, field
from datetime import date

import pytest

from bot.beyond import MOST, Beyond, asked_of
from bot.filters.parser import parse
from bot.source import PaperFacts, SourceError
from tests.factories import DAY, make_facts, paper_id


@dataclass
class Library:
    """A source that finds the same whatever it is asked."""

    found: list[PaperFacts] = field(default_factory=list)
    problem: Exception | None = None
    slow: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def search(self, query: str, limit: int) -> list[PaperFacts]:
        self.asked.append((query, limit))
        if self.slow:
            await asyncio.Event().wait()
        if self.problem:
            raise self.problem
        return self.found


async def beyond(library: Library, text: str, *shown: int, patience: float = 60) -> list[str]:
    found = await Beyond(library, patience).papers(parse(text), set(map(paper_id, shown)), DAY)
    return [paper.id for paper in found]


@pytest.mark.parametrize(
    ("text", "query", "rest"),
    [
        ("diffusion models", "diffusion models", ""),
        ('"chain of thought" reasoning', "chain of thought reasoning", ""),
        ("diffusion -survey upvotes>=20", "diffusion", "-survey upvotes>=20"),
        ("(pruning OR quantization) has:code", "pruning quantization", "has:code"),
        ("title:vision attention", "attention", "title:vision"),
        ("quant* attention", "attention", "quant*"),
        ("diffusion (author:song OR org:nvidia)", "diffusion", "(author:song OR org:nvidia)"),
        ("attention since:14d", "attention", "since:14d"),
        ('author:"Song Han"', "", 'author:"Song Han"'),
        ("-survey", "", "-survey"),
        ("author:song OR diffusion", "", "author:song OR diffusion"),
        ("sort:new", "", ""),
        ("which papers are about attention in vision has:code", "attention vision", "has:code"),
    ],
)
def test_plain_words_go_out_and_the_rest_stays(text: str, query: str, rest: str) -> None:
    asked, kept = asked_of(parse(text))
    assert sorted(asked.split()) == sorted(query.split())
    assert kept == parse(rest)


def test_a_long_filter_is_cut_between_words() -> None:
    text = " ".join(f"word{number}x" * 3 for number in range(20))
    asked, _ = asked_of(parse(text))
    assert 200 < len(asked) <= 250
    assert set(asked.split()) <= set(text.split())


async def test_what_the_filter_asks_for_besides_words_holds_for_what_comes() -> None:
    found = [
        make_facts(1, title="A survey of agents"),
        make_facts(2, code_url=None),
        make_facts(3, listed_on=date(2025, 1, 1)),
        make_facts(4),
    ]
    library = Library(found)
    assert await beyond(library, "agents -survey has:code since:30d") == [paper_id(4)]
    assert library.asked == [("agents", 20)]


async def test_a_few_that_are_new_are_shown() -> None:
    library = Library([make_facts(number) for number in range(1, 10)])
    assert await beyond(library, "numbers", 1, 3) == [paper_id(2), paper_id(4), paper_id(5)]
    assert MOST == 3


async def test_without_plain_words_nobody_is_asked() -> None:
    library = Library([make_facts()])
    assert await beyond(library, "author:ada") == []
    assert library.asked == []


@pytest.mark.parametrize("problem", [SourceError("out of reach"), RuntimeError("a bug"), KeyError("id")])
async def test_a_failure_is_nothing_found(problem: Exception) -> None:
    assert await beyond(Library(problem=problem), "numbers") == []


async def test_a_slow_source_is_not_waited_for() -> None:
    assert await beyond(Library(slow=True), "numbers", patience=0) == []
