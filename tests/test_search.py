"""Search over a store, on every database: what is found, in which order, and what when nothing is."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from bot.filters.errors import FilterError
from bot.filters.parser import parse
from bot.filters.question import read_question
from bot.search import CLOSEST, Search
from storage.database import Database
from tests.factories import DAY, paper_id
from tests.fakes.clock import Clock
from tests.searching import SHELF, ask, keep_papers, numbers, search_over, shelved


@pytest.fixture
async def search(database: Database) -> Search:
    return await shelved(database)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("quantization", [1, 5]),
        ("quantizing", [1, 5]),
        ("diffusion -survey", [3, 4]),
        ("diffusion language", [4]),
        ("title:diffusion sort:upvotes", [3, 4]),
        ("sort:upvotes", [5, 2, 3, 1, 4]),
        ("", [5, 4, 3, 2, 1]),
        ("upvotes>=20", [5, 3, 2]),
        ("since:2d", [5, 4, 3]),
        ("sort:new diffusion", [5, 4, 3]),
        ("sort:relevance", [5, 4, 3, 2, 1]),
        ("sort:trending since:4d", [5, 2, 3, 4, 1]),
        ("nothing-of-the-kind", []),
    ],
)
async def test_what_is_found_and_in_which_order(search: Search, text: str, expected: list[int]) -> None:
    found = await ask(search, text)
    assert numbers(found) == expected
    assert found.total == len(expected)
    assert not found.partial


async def test_pages_together_hold_every_paper_once_in_one_order(search: Search) -> None:
    whole = numbers(await ask(search, "diffusion OR pruning OR quantization", limit=5))
    pages = [await ask(search, "diffusion OR pruning OR quantization", 2, first) for first in (0, 2, 4, 6)]
    assert [number for page in pages for number in numbers(page)] == whole
    assert [(page.total, page.first) for page in pages] == [(5, 0), (5, 2), (5, 4), (5, 6)]


async def test_scores_fall_from_the_first_to_the_last(search: Search) -> None:
    scores = [hit.score for hit in (await ask(search, "language models OR diffusion")).hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("Are there any papers about quantization of language models?", 1),
        ("what has been written about turning noise into pixels with diffusion", 3),
        ("Which works remove weights of networks (pruning) - and how?", 2),
    ],
)
async def test_a_question_is_answered_with_the_closest(search: Search, question: str, best: int) -> None:
    found = await ask(search, question)
    assert found.partial
    assert numbers(found)[0] == best
    assert found.total <= CLOSEST


async def test_a_question_of_more_words_than_a_filter_may_have_is_answered(search: Search) -> None:
    question = (
        "I am looking for papers that in one way or another have something to say about how the noise "
        "that is in an image may be turned into pixels, as it is done by what people call diffusion?"
    )
    assert numbers(await ask(search, question))[0] == 3


async def test_what_a_question_asks_for_besides_its_words_holds(search: Search) -> None:
    found = await ask(search, "are there papers about diffusion of noise into language -survey upvotes<=20")
    assert found.partial
    assert set(numbers(found)) == {1, 3, 4}


@pytest.mark.parametrize("text", ["quantization pixels bits", '"noise becomes pixels and bits" diffusion'])
async def test_few_terms_are_all_wanted(search: Search, text: str) -> None:
    found = await ask(search, text)
    assert (found.total, found.partial) == (0, False)


@pytest.mark.parametrize(
    ("text", "blamed", "rest"),
    [
        ("diffusion zebras", "zebras", "diffusion"),
        ("quantization pixels -survey", "pixels", "-survey quantization"),
        ("diffusion quantum zebras", "quantum zebras", "diffusion"),
        ("has:summary zebras upvotes>=1", "zebras", "has:summary upvotes>=1"),
    ],
)
async def test_the_terms_that_empty_a_search_are_named(
    search: Search, text: str, blamed: str, rest: str
) -> None:
    assert await search.blocking(parse(text), DAY) == (parse(blamed), parse(rest))


@pytest.mark.parametrize("text", ["zebras", "zebras lions", "zebras OR lions", ""])
async def test_where_no_one_term_is_to_blame_none_is_named(search: Search, text: str) -> None:
    assert await search.blocking(parse(text), DAY) is None


async def test_withdrawn_papers_are_found_by_nothing(search: Search, database: Database) -> None:
    await ask(search, "diffusion")
    await keep_papers(database, 3, withdrawn_at=Clock()(), **SHELF[3])
    assert numbers(await ask(search, "diffusion -survey")) == [4]
    similar = await search.similar(paper_id(4))
    assert similar is not None
    assert 3 not in numbers(similar)


async def test_a_paper_that_came_after_learning_is_found_and_ordered(
    search: Search, database: Database
) -> None:
    assert numbers(await ask(search, "zebras")) == []
    await keep_papers(database, 6, title="Zebras", abstract="Diffusion of zebras.", listed_on=DAY)
    assert numbers(await ask(search, "zebras")) == [6]
    assert numbers(await ask(search, "zebras OR bits"))[0] == 6


async def test_papers_like_one_do_not_hold_the_paper_itself(search: Search) -> None:
    similar = await search.similar(paper_id(3))
    assert similar is not None
    assert numbers(similar)[0] == 4
    assert 3 not in numbers(similar)
    assert await search.similar("9999.99999") is None


async def test_a_message_becomes_its_most_telling_words(search: Search) -> None:
    wanted = await search.like("Have you seen this? They do quantization, of zebras even!")
    assert wanted == parse("quantization")
    assert await search.like("have you seen this") is None
    assert await search.like("zebras") is None


@pytest.mark.parametrize(
    "typed",
    [
        '" OR 1=1 --',
        "NEAR(a b, 2)",
        "title:a* AND col:b",
        "a & b | !c:*",
        "'); DROP TABLE paper; --",
        "a:b:c",
        "%_\\",
        "😀 OR 😀",
        "ﷺ",
        "ａ ＯＲ ｂ",
        "\u202ediffusion\u202c",
        "(" * 500 + ")" * 500,
        "a" * 100_000,
        "diffusion\x00",
        "\ud800",
        "-" * 400,
        "a* b* c* d* e* f* g* h*",
    ],
)
async def test_whatever_is_typed_is_answered_or_refused_and_harms_nothing(search: Search, typed: str) -> None:
    with suppress(FilterError):
        found = await ask(search, typed)
        assert found.total >= len(found.hits)
    assert numbers(await ask(search, "quantization")) == [1, 5]


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("AlayaWorld: long-horizon worlds – a report", "alayaworld horizon long report worlds"),
        ('When is it "fine", but not so good for models?', "fine good models"),
        ("Robots & us (see https://example.org/a:b) and what they learn", "learn robots see"),
    ],
)
def test_prose_that_is_no_filter_is_read_by_its_words(pasted: str, meant: str) -> None:
    assert read_question(pasted) == parse(meant)


@pytest.mark.parametrize(
    "slip",
    [
        "diffusion - survey",
        "robots & video",
        "one two three four five tilte:vision",
        "many words and then an upvotes>=x",
        "some words of mine (a OR b",
        " ".join(f"w{number}" for number in range(33)),
    ],
)
def test_a_slip_in_the_language_is_not_taken_for_prose(slip: str) -> None:
    with pytest.raises(FilterError):
        read_question(slip)


async def test_a_withdrawn_paper_that_comes_back_is_found_by_its_words(
    search: Search, database: Database
) -> None:
    await keep_papers(database, 6, title="Zebras", withdrawn_at=Clock()())
    assert numbers(await ask(search, "zebras")) == []
    await keep_papers(database, 6, title="Zebras")
    assert numbers(await ask(search, "zebras")) == [6]


async def test_rows_that_were_deleted_by_hand_keep_nobody_waiting(database: Database) -> None:
    await keep_papers(database, 1, 2, 3, title="Zebras")
    async with database.write() as session:
        for table, name in (("search_document", "paper_id"), ("vote_snapshot", "paper_id"), ("paper", "id")):
            await (await session.connection()).execute(
                text(f"DELETE FROM {table} WHERE {name} = '2607.00002'")
            )
    assert numbers(await ask(search_over(database), "title:zebras sort:new")) == [1, 3]


async def test_a_message_of_long_words_becomes_a_filter_that_can_be_read_again(database: Database) -> None:
    words = [f"{letter * 60}{number}" for number, letter in enumerate("abcdefghijkl")]
    await keep_papers(database, 1, title=" ".join(words))
    wanted = await search_over(database).like(" ".join(words))
    assert wanted is not None
    assert parse(str(wanted)) == wanted


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("diffusion org:exa", 'diffusion org:"Example Lab"'),
        ("-author:lov", '-author:"Ada Lovelace"'),
        ("sort:tr", "sort:trending"),
    ],
)
async def test_a_filter_is_completed_with_what_the_store_knows(
    database: Database, typed: str, completed: str
) -> None:
    await keep_papers(
        database, 1, authors=["Ada Lovelace"], organization=None, organization_name="Example Lab"
    )
    assert completed in await search_over(database).suggest(typed)
