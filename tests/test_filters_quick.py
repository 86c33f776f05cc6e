"""Matching by the text of a filter gives what parsing it and matching its tree gives."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.filters.errors import FilterError
from bot.filters.match import Matcher
from bot.filters.parser import DEPTH, LENGTH, TERMS, parse
from bot.filters.quick import QuickMatcher
from bot.filters.syntax import Filter, Order
from storage.models import Paper
from tests.factories import make_paper
from tests.filters import TODAY, filters, papers

PAPERS = [
    make_paper(1, title="Diffusion models, naively", upvotes=3),
    make_paper(2, title="A survey of agents", upvotes=60, code_url=None),
    make_paper(3, title="Fine tuning", authors=["Song Han"], listed_on=TODAY - timedelta(days=3)),
]
Answer = tuple[int, Order | None] | str


def by_tree(text: str, listed: list[Paper]) -> Answer:
    try:
        wanted = parse(text)
    except FilterError as problem:
        return str(problem)
    return Matcher(listed, TODAY).matches(wanted), wanted.order


def by_text(text: str, listed: list[Paper]) -> Answer:
    try:
        return QuickMatcher(listed, TODAY).matches(text)
    except FilterError as problem:
        return str(problem)


@given(filters(), papers())
def test_a_canonical_text_matches_what_its_tree_matches(wanted: Filter, listed: list[Paper]) -> None:
    assert by_text(str(wanted), listed) == (Matcher(listed, TODAY).matches(wanted), wanted.order)


_pieces = st.sampled_from(
    'diffusion models "fine tuning" agen* -survey OR AND NOT | ( ) -( - -- "" " sort:new sort:upvotes sort:x '
    'upvotes>=5 upvotes >= :>5 title:diffusion title: author:"song han" has:code since:7d id:2607.00001 '
    "2607.00001 Diffusion ﬁne\u200btuning naïve tilte:x * !! \x00".split(" ")
)
_texts = st.lists(st.tuples(_pieces, st.sampled_from((" ", " ", "", "  ", "\t", "\u00a0"))), max_size=8).map(
    lambda pieces: "".join(piece + between for piece, between in pieces)
)


@given(_texts)
@example("")
@example("  ")
@example("diffusion OR")
@example("OR diffusion")
@example("(diffusion) OR ()")
@example("(sort:new OR diffusion)")
@example("-sort:new")
@example("sort:new sort:new")
@example("diffusion upvotes :>5")
def test_any_other_text_means_or_is_refused_as_the_parser_says(text: str) -> None:
    assert by_text(text, PAPERS) == by_tree(text, PAPERS)


@pytest.mark.parametrize(
    "text",
    [
        " ".join(["diffusion"] * TERMS),
        " ".join(["diffusion"] * (TERMS + 1)),
        "(" * DEPTH + "diffusion" + ")" * DEPTH,
        "(" * (DEPTH + 1) + "diffusion" + ")" * (DEPTH + 1),
        "diffusion " * (LENGTH // 10),
        "d" * (LENGTH + 1),
        '"' + "a b" * (LENGTH // 6) + '"',
    ],
    ids=len,
)
def test_the_limits_of_a_filter_are_the_parser_s(text: str) -> None:
    assert by_text(text, PAPERS) == by_tree(text, PAPERS)


def test_each_term_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(text: str) -> Filter:
        read.append(text)
        return parse(text)

    monkeypatch.setattr("bot.filters.quick.parse", counted)
    matcher = QuickMatcher(PAPERS, TODAY)
    found = [matcher.matches(text)[0] for text in ("diffusion", "diffusion OR survey", "survey -(a survey)")]

    assert found == [0b001, 0b011, 0]
    assert read == ["diffusion", "survey", "a"]
