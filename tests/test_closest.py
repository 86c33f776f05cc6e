"""Which paper came closest to a filter, and what it lacks."""

from typing import Any

import pytest
from hypothesis import given

from bot.filters.canonical import written
from bot.filters.closest import closest
from bot.filters.match import Matcher
from bot.filters.parser import parse
from bot.filters.syntax import And, Filter
from storage.models import Paper
from tests.factories import DAY, make_paper
from tests.filters import TODAY, filters, papers

BARE: dict[str, Any] = {
    "abstract": "",
    "summary": None,
    "keywords": [],
    "code_url": None,
    "organization_name": None,
}


def paper(number: int, title: str, upvotes: int = 10) -> Paper:
    return make_paper(number, **{**BARE, "title": title, "upvotes": upvotes})


PAPERS = [
    paper(1, "Diffusion for images", 3),
    paper(2, "A survey of diffusion", 80),
    paper(3, "Pruning of networks", 99),
]


@pytest.mark.parametrize(
    ("asked", "number", "lacks"),
    [
        ("diffusion images upvotes>=50", 2, ["images"]),
        ("diffusion -survey -pruning upvotes>=50", 2, ["-survey"]),
        ("diffusion upvotes>=90 has:code", 3, ["has:code", "diffusion"]),
        ("(agents OR diffusion) upvotes>=90", 3, ["agents OR diffusion"]),
        ('"diffusion for" text', 1, ["text"]),
    ],
)
def test_it_lacks_the_fewest_terms_and_has_the_most_upvotes(
    asked: str, number: int, lacks: list[str]
) -> None:
    found = closest(parse(asked), PAPERS, DAY)
    assert found is not None
    assert found.paper is PAPERS[number - 1]
    assert {written(Filter(term)) for term in found.lacks} == set(lacks)


@pytest.mark.parametrize(
    ("asked", "listed", "why"),
    [
        ("", PAPERS, "everything matches"),
        ("frobnicate", PAPERS, "one term is fulfilled or not"),
        ("agents OR robots", PAPERS, "nothing is lacked of a choice"),
        ("agents robots", PAPERS, "none fulfils any"),
        ("diffusion images", PAPERS, "one fulfils all"),
        ("diffusion agents", [], "there is no paper"),
    ],
)
def test_where_none_is_close(asked: str, listed: list[Paper], why: str) -> None:
    assert closest(parse(asked), listed, DAY) is None, why


def test_of_papers_alike_the_one_is_named_that_people_like() -> None:
    alike = [paper(1, "Diffusion", 5), paper(2, "Diffusion", 7), paper(3, "Diffusion", 6)]
    found = closest(parse("diffusion has:code"), alike, DAY)
    assert found is not None
    assert found.paper.upvotes == 7


@given(filters(), papers())
def test_it_lacks_what_it_is_said_to_lack_and_no_other_lacks_fewer(
    wanted: Filter, listed: list[Paper]
) -> None:
    found = closest(wanted, listed, TODAY)
    if not isinstance(wanted.root, And):
        assert found is None
        return
    terms = wanted.root.terms
    lacked = [
        [term for term in terms if not Matcher([paper], TODAY).select(Filter(term))] for paper in listed
    ]
    fewest = min(map(len, lacked), default=0)
    if found is None:
        assert fewest in (0, len(terms))
    else:
        assert list(found.lacks) == lacked[listed.index(found.paper)]
        assert len(found.lacks) == fewest
