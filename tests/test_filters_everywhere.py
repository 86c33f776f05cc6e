"""Promise 1 of the filter language: a filter selects the same papers in both databases and in memory."""

from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.huggingface.records import parse_listing
from bot.filters.analysis import fold_name, tokens
from bot.filters.canonical import filter_of
from bot.filters.compile import compiled
from bot.filters.errors import FilterError
from bot.filters.match import Matcher
from bot.filters.parser import parse
from bot.filters.syntax import (
    And,
    Author,
    Bound,
    Comparison,
    Day,
    Feature,
    Filter,
    Has,
    Identifier,
    Node,
    Not,
    Number,
    Or,
    Organization,
    Part,
    Quantity,
    Submitter,
    Text,
)
from storage.database import Database
from storage.models import Paper, PaperFacts
from storage.search import queries
from storage.search.documents import SearchDocument
from tests.factories import make_facts, make_paper
from tests.filters import TODAY, filters, paper_facts
from tests.indexed import ask, keep, keep_in, storable
from tests.recorded import needs_recorded, recorded, recorded_days

on_both = pytest.mark.parametrize("database_url", ["memory", "postgresql"], indirect=True)
often = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class _Undone(Exception):
    pass


def paper_of(facts: PaperFacts) -> Paper:
    return make_paper(**cast("dict[str, Any]", facts))


@dataclass(frozen=True)
class Told:
    """An open session, the identifiers of its papers by key, and the match in memory over the same papers."""

    session: AsyncSession
    ids: dict[int, str]
    matcher: Matcher

    async def assert_one_meaning(self, wanted: Filter) -> None:
        """The store and the match in memory select the same papers, and count and order no others."""
        where = compiled(wanted, TODAY)
        expected = sorted(paper.id for paper in self.matcher.select(wanted))
        keys = (await ask(self.session, queries.matching_keys, where)).tolist()
        assert sorted(self.ids[key] for key in keys) == expected, str(wanted)
        assert await ask(self.session, queries.count_matching, where) == len(expected)
        page = await ask(self.session, queries.page_of, where, "new", 10_000, 0, TODAY)
        assert sorted(page) == keys


async def told(session: AsyncSession, facts: Iterable[PaperFacts]) -> Told:
    """What is needed to ask a session that has these papers."""
    rows = await session.exec(select(SearchDocument.key, SearchDocument.paper_id))
    return Told(session, dict(rows.all()), Matcher([paper_of(row) for row in facts], TODAY))


@on_both
@often
@given(papers=paper_facts(5), wanted=st.lists(filters(), min_size=4, max_size=12))
async def test_generated_filters_over_generated_papers(
    database: Database, papers: list[PaperFacts], wanted: list[Filter]
) -> None:
    facts = [storable(row) for row in papers]
    with suppress(_Undone):
        async with database.write() as session:
            await keep_in(session, facts)
            asked = await told(session, facts)
            for one in wanted:
                await asked.assert_one_meaning(one)
            raise _Undone


@cache
def recorded_papers() -> tuple[PaperFacts, ...]:
    """What the recorded days list, each paper once."""
    found = {row["id"]: row for day in recorded_days() for row in parse_listing(recorded(day), day).papers}
    return tuple(found.values())


@st.composite
def _leaves(draw: st.DrawFn) -> Node:
    """A term that some recorded paper gave the words for, and often matches several."""
    facts = draw(st.sampled_from(recorded_papers()))
    kind = draw(st.integers(0, 12))
    if kind <= 5:
        said = tokens(f"{facts['title']} {facts['abstract']}")
        first = draw(st.integers(0, len(said) - 1))
        words = tuple(said[first : first + draw(st.sampled_from((1, 1, 1, 2, 3)))])
        prefix = len(words) == 1 and len(words[0]) > 2 and draw(st.booleans())
        part = draw(st.sampled_from((None, None, *Part)))
        return Text((words[0][: max(2, len(words[0]) - 2)],), part, True) if prefix else Text(words, part)
    if kind == 6:
        name = tokens(draw(st.sampled_from(facts["authors"] or ["nobody"])))
        return Author(tuple(name[-draw(st.integers(1, 2)) :] or ["nobody"]))
    if kind == 7:
        return Organization(fold_name(facts["organization_name"] or facts["organization"] or "nvidia"))
    if kind == 8:
        return Submitter(fold_name(facts["submitter"] or facts["submitter_name"] or "nobody"))
    if kind == 9:
        known: list[Node] = [Identifier(facts["id"]), *map(Has, Feature)]
        return draw(st.sampled_from(known))
    if kind == 10:
        return Day(
            draw(st.sampled_from(Bound)), facts["listed_on"] + timedelta(days=draw(st.integers(-1, 1)))
        )
    quantity = draw(st.sampled_from(Quantity))
    return Number(quantity, draw(st.sampled_from(Comparison)), draw(st.sampled_from((0, 1, 5, 20, 50, 1000))))


def _branches(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=4).map(tuple)
    return st.one_of(below.map(Not), several.map(And), several.map(Or))


_trees = st.recursive(_leaves(), _branches, max_leaves=6)


@pytest.fixture
async def recorded_store(database: Database) -> AsyncIterator[Told]:
    facts = recorded_papers()
    await keep(database, *facts)
    async with database.read() as session:
        yield await told(session, facts)


@needs_recorded
@on_both
@often
@given(wanted=st.lists(_trees.map(filter_of), min_size=8, max_size=16))
async def test_generated_filters_over_the_recorded_days(recorded_store: Told, wanted: list[Filter]) -> None:
    for one in wanted:
        await recorded_store.assert_one_meaning(one)


HOSTILE = (
    '"',
    '""',
    "*",
    "a*",
    "-",
    "NEAR(a b, 5)",
    "title : a",
    "{title} : a",
    "^a",
    "a + b",
    "a & b | !c",
    "a:*",
    "<->",
    "'a' <2> 'b':A",
    "\\'",
    "' OR 1=1; DROP TABLE paper; --",
    "%s %(a)s :words $1 ?",
    "a\x00b",
    "¶",
    "§ada",
    "search_text",
    "rowid:1",
    "🙂",
    "ﬀ Ⅷ ½ ㎏",
    "e\u0301\u0302\u0303",
    "\u202eabc",
    "a" * 400,
    " ".join("a" * 100),
)


@on_both
async def test_what_looks_like_another_language_is_words_or_an_error(database: Database) -> None:
    facts = [
        storable(make_facts(number, title="a b", abstract=text, authors=[text, "Ada § ¶"], organization=text))
        for number, text in enumerate(HOSTILE)
    ]
    await keep(database, *facts)
    forms = ("{}", '"{}"', "title:{}", 'author:"{}"', 'org:"{}"', "{}*")
    typed = [form.format(text) for text in HOSTILE for form in forms]
    async with database.read() as session:
        asked = await told(session, facts)
        for text in typed:
            with suppress(FilterError):
                await asked.assert_one_meaning(parse(text))


@on_both
@often
@given(typed=st.lists(st.text(max_size=30), min_size=10, max_size=20))
async def test_any_text_has_one_meaning_or_is_an_error(database: Database, typed: list[str]) -> None:
    facts = [storable(make_facts(number, title=text)) for number, text in enumerate(typed)]
    with suppress(_Undone):
        async with database.write() as session:
            await keep_in(session, facts)
            asked = await told(session, facts)
            for text in typed:
                for term in (text, f'"{text}"', f'title:"{text}"'):
                    with suppress(FilterError):
                        await asked.assert_one_meaning(parse(term))
            raise _Undone
