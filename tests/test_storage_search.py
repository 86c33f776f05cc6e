"""Conditions over the index, in the database alone: what they select, in which order, how they are asked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col

from bot.filters.order import in_order
from bot.filters.syntax import Order
from bot.indexing import fold_typed
from storage import papers
from storage.database import Database
from storage.search import queries
from storage.search.conditions import AllOf, AnyOf, Column, Condition, Facts, Term, Without
from storage.search.documents import NameField, SearchDocument
from storage.search.names import names_like
from tests.factories import DAY, NOON, make_facts, paper_id
from tests.indexed import ask, keep, selected
from tests.stored import ids

SOUND, PRUNING = Term(("sound",)), Term(("prune",))
MANY_VOTES = Facts(col(SearchDocument.upvotes) >= 20)
PREFIX = Term(("prun",), prefix=True)


@pytest.fixture
async def store(database: Database) -> Database:
    """1: sound and pruning in the title. 2: sound in a keyword. 3: pruned in the abstract, many votes.
    4: neither, many votes. 5: like 1, withdrawn."""
    none: dict[str, Any] = {"abstract": "", "keywords": [], "upvotes": 1}
    await keep(
        database,
        make_facts(1, **{**none, "title": "Pruning by sound waves"}),
        make_facts(2, **{**none, "keywords": ["sound", "waves of rain"]}),
        make_facts(3, **{**none, "abstract": "We pruned it.", "upvotes": 20}),
        make_facts(4, **{**none, "upvotes": 21, "authors": ["Ada Sound", "Prune Waves"]}),
        make_facts(5, **{**none, "title": "Pruning by sound", "withdrawn_at": NOON}),
    )
    return database


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        (AllOf(), (1, 2, 3, 4)),
        (AnyOf(), ()),
        (Without(AnyOf()), (1, 2, 3, 4)),
        (SOUND, (1, 2)),
        (Term(("sound",), Column.KEYWORDS), (2,)),
        (Term(("sound",), Column.AUTHORS), (4,)),
        (Term(("sound", "wave")), (1,)),
        (Term(("ada", "sound"), Column.AUTHORS), (4,)),
        (Term(("sound", "prune"), Column.AUTHORS), ()),
        (PREFIX, (1, 3)),
        (Term(("prun",), Column.ABSTRACT, prefix=True), (3,)),
        (AllOf((SOUND, PRUNING)), (1,)),
        (AnyOf((SOUND, PRUNING)), (1, 2, 3)),
        (Without(SOUND), (3, 4)),
        (Without(AllOf((SOUND, PRUNING))), (2, 3, 4)),
        (AllOf((PRUNING, Without(SOUND))), (3,)),
        (AllOf((Without(PRUNING), Without(SOUND))), (4,)),
        (AnyOf((PRUNING, Without(SOUND))), (1, 3, 4)),
        (AllOf((SOUND, PREFIX)), (1,)),
        (AllOf((SOUND, Without(PREFIX))), (2,)),
        (AnyOf((SOUND, PREFIX, MANY_VOTES)), (1, 2, 3, 4)),
        (AllOf((MANY_VOTES, Without(PRUNING))), (4,)),
        (AllOf((MANY_VOTES, Without(PRUNING), Without(SOUND), Without(PREFIX))), (4,)),
        (AllOf((AnyOf((SOUND, MANY_VOTES)), Without(AllOf((SOUND, PREFIX))))), (2, 3, 4)),
        (Without(Without(MANY_VOTES)), (3, 4)),
        (AllOf((SOUND, SOUND, AllOf())), (1, 2)),
    ],
)
async def test_a_condition_selects(store: Database, condition: Condition, numbers: Sequence[int]) -> None:
    async with store.read() as session:
        assert await selected(session, condition) == ids(*numbers)
        assert await ask(session, queries.count_matching, condition) == len(numbers)
        page = await ask(session, queries.page_of, condition, "new", 10, 0, DAY)
        assert sorted(page) == (await ask(session, queries.matching_keys, condition)).tolist()


SIGNS = ('"', "'", "\\", "\\'", "*", "%", ":*", "!", "(")


async def test_a_token_is_never_syntax(store: Database) -> None:
    """The analyser gives letters and digits alone; the rooms do not lean on that."""
    escapes = ('" OR "sound', "sound' | 'prune", "rain\\' | 'prune", '") OR ("sound')
    async with store.read() as session:
        for column in (None, Column.TITLE, Column.AUTHORS):
            for token in escapes:
                assert await selected(session, Term((token,), column)) == []
            for token in SIGNS:
                assert await selected(session, Term((token, "sound", token, "rain"), column)) == []


@pytest.mark.parametrize("sign", SIGNS)
async def test_a_prefix_is_never_syntax(store: Database, sign: str) -> None:
    async with store.read() as session:
        assert await selected(session, Term((f"x{sign}",), prefix=True)) == []


async def test_words_alone_are_asked_in_one_question_that_reads_no_document(store: Database) -> None:
    """Measured on 100,000 papers this is several times as fast; the few withdrawn ones come from an index."""
    if not store.is_sqlite:
        return
    asked: list[str] = []
    condition = AllOf((AnyOf((SOUND, PRUNING)), Without(Term(("ada",)))))
    async with store.read() as session:
        connection = (await session.connection()).sync_connection
        assert connection is not None
        event.listen(connection, "before_cursor_execute", lambda *about: asked.append(about[2]))
        await ask(session, queries.matching_keys, condition)

    assert len(asked) == 1
    assert asked[0].count("MATCH") == 1
    assert asked[0].count('search_document."key"') == 1


@pytest.mark.parametrize("order", [Order.NEW, Order.UPVOTES, Order.TRENDING])
async def test_the_order_is_that_of_python(database: Database, order: Order) -> None:
    facts = [
        make_facts(
            number, listed_on=DAY + timedelta(days=2 - number * 7 % 11), upvotes=(0, 3, 3, 40, 7)[number % 5]
        )
        for number in range(60)
    ]
    facts.append(make_facts(99, id="cs/0112017", upvotes=3))
    await keep(database, *facts)
    async with database.read() as session:
        stored = await papers.papers_listed(session, DAY - timedelta(days=30), DAY + timedelta(days=30))
        expected = [paper.id for paper in in_order(stored, order, DAY)]
        pages = [
            await ask(session, queries.page_of, AllOf(), order.value, 10, first, DAY)
            for first in range(0, 70, 10)
        ]
        found = await ask(session, queries.papers_by_key, [key for page in pages for key in page])
    shown = [found[key].id for page in pages for key in page]
    assert shown == expected
    assert len(shown) == 61


async def test_a_paper_goes_by_its_key_unless_it_is_withdrawn(store: Database) -> None:
    async with store.read() as session:
        keys = {number: await ask(session, queries.key_of, paper_id(number)) for number in (3, 1, 5)}
        assert None not in keys.values()
        found = await ask(session, queries.papers_by_key, [*keys.values(), 999])
        assert {key: paper.id for key, paper in found.items()} == {keys[3]: paper_id(3), keys[1]: paper_id(1)}
        assert await ask(session, queries.key_of, "2607.99999") is None
        assert await ask(session, queries.papers_by_key, []) == {}


@pytest.mark.parametrize(
    ("field", "typed", "names"),
    [
        (NameField.AUTHOR, "", ["Emmy Noether", "Ada Lovelace", "José García", "Noel Emmerich"]),
        (NameField.AUTHOR, "E", ["Emmy Noether", "Noel Emmerich"]),
        (NameField.AUTHOR, "noe", ["Noel Emmerich", "Emmy Noether"]),
        (NameField.AUTHOR, "JOSE g", ["José García"]),
        (NameField.AUTHOR, "garcia", ["José García"]),
        (NameField.AUTHOR, "ether", []),
        (NameField.AUTHOR, "%", ["Emmy Noether", "Ada Lovelace", "José García", "Noel Emmerich"]),
        (NameField.ORGANIZATION, "nv", ["NVIDIA Research", "nvidia"]),
        (NameField.ORGANIZATION, "éc", ["École 42"]),
        (NameField.ORGANIZATION, "_%", []),
        (NameField.ORGANIZATION, "gone", []),
    ],
)
async def test_names_that_begin_so_come_first_and_those_of_most_papers_before_others(
    database: Database, field: NameField, typed: str, names: list[str]
) -> None:
    nvidia = {"organization": "nvidia", "organization_name": "NVIDIA Research"}
    await keep(
        database,
        make_facts(1, authors=["Emmy Noether", "José García", "Emmy Noether"], **nvidia),
        make_facts(2, authors=["Emmy Noether"], organization_name="NVIDIA Research", organization=None),
        make_facts(3, authors=["Ada Lovelace", "Noel Emmerich"], organization="École 42"),
        make_facts(4, authors=["Gone Away"], organization="gone"),
        make_facts(5, authors=["Gone Withdrawn"], withdrawn_at=NOON),
    )
    await keep(database, make_facts(4, authors=["Emmy Noether"], organization="École 42"))
    async with database.read() as session:
        assert await names_like(session, field, fold_typed(field, typed), 10) == names
        assert await names_like(session, field, fold_typed(field, typed), 1) == names[:1]
