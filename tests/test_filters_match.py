"""Which papers a filter matches, why, and in which order they come."""

import re
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Stemmer import Stemmer

from adapters.huggingface.records import parse_listing
from bot.filters.days import resolve
from bot.filters.match import Matcher
from bot.filters.order import in_order, trend
from bot.filters.parser import parse
from bot.filters.syntax import (
    Age,
    And,
    Author,
    Bound,
    Day,
    Feature,
    Filter,
    Has,
    Identifier,
    Node,
    Not,
    Number,
    Or,
    Order,
    Organization,
    Part,
    Quantity,
    Submitter,
    Text,
    Unit,
)
from bot.filters.why import why
from storage.models import Paper
from tests.factories import DAY, NOON, make_paper
from tests.filters import TODAY, filters, papers
from tests.recorded import needs_recorded, recorded, recorded_days

PAPER = make_paper(
    title="Fine-Tuning Diffusion Models, naïvely",
    abstract="Quantized models are good enough.\nWe tune 3 models: GPT-4o and others.",
    keywords=["chain of thought", "image synthesis"],
    authors=["Song Han", "José García", "Łukasz Kaiser"],
    organization="nvidia",
    organization_name="NVIDIA  Research",
    submitter="akhaliq",
    submitter_name="AK",
    upvotes=42,
    comments=0,
    code_stars=None,
    project_url=None,
)


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", ()),
        ("diffusion", ('"diffusion" in the title',)),
        ("DIFFUSIONS", ('"diffusions" in the title',)),
        ("fine-tune", ('"fine tune" in the title',)),
        ("naive", ('"naive" in the title',)),
        ('"quantized model"', ('"quantized model" in the abstract',)),
        ("quanti*", ('"quanti…" in the abstract',)),
        ("gpt-4o", ('"gpt 4o" in the abstract',)),
        ('"good enough we"', ('"good enough we" in the abstract',)),
        ("keyword:thoughts", ('"thoughts" in a keyword',)),
        ("synthesis", ('"synthesis" in a keyword',)),
        ("title:models abstract:models", ('"models" in the abstract', '"models" in the title')),
        ("author:han", ("by Song Han",)),
        ('author:"jose garcia"', ("by José García",)),
        ("author:lukasz", ("by Łukasz Kaiser",)),
        ("org:NVIDIA", ("from NVIDIA  Research",)),
        ('org:"nvidia research"', ("from NVIDIA  Research",)),
        ("by:ak", ("submitted by AK",)),
        ("by:AKHALIQ", ("submitted by AK",)),
        ("id:2607.00001", ("the identifier 2607.00001",)),
        ("has:code has:media has:summary", ("code", "media", "a summary")),
        ("upvotes>=42 upvotes<43 stars=0 stars<1 comments<=0", ("0 comments", "0 stars", "42 upvotes")),
        ("since:0d until:0d date:2026-07-29", ("listed on Wed 29 Jul 2026",)),
        ("since:1d since:1w since:1m", ("listed on Wed 29 Jul 2026",)),
        ("diffusion -survey", ('"diffusion" in the title',)),
        ("-survey", ()),
        ("diffusion OR survey OR has:code", ('"diffusion" in the title', "code")),
        ("(survey OR tune) (models survey OR by:ak)", ('"tune" in the title', "submitted by AK")),
    ],
)
def test_a_paper_matches_and_can_say_why(text: str, reasons: tuple[str, ...]) -> None:
    assert Matcher([PAPER], DAY).select(parse(text)) == [PAPER]
    assert why(parse(text), PAPER, DAY) == reasons


@pytest.mark.parametrize(
    "text",
    [
        "survey",
        "diff",
        '"models naively quantized"',
        '"thought image"',
        '"han jose"',
        'author:"han song"',
        'author:"han jose"',
        "author:songs",
        "diffusions*",
        "fusion*",
        "abstract:diffusion",
        "title:quantized",
        "keyword:gpt*",
        "org:nvid",
        "org:akhaliq",
        "by:nvidia",
        "id:2607.00002",
        "has:project",
        "upvotes>42",
        "upvotes<42",
        "stars>0",
        "comments=1",
        "until:1d",
        "date:1w",
        "since:2026-07-30",
        "-diffusion",
        "-(diffusion has:code)",
        "-(survey OR has:code)",
        "diffusion survey",
    ],
)
def test_a_paper_does_not_match_and_nothing_says_why(text: str) -> None:
    assert Matcher([PAPER], DAY).select(parse(text)) == []
    assert why(parse(text), PAPER, DAY) == ()


@given(papers(5), st.lists(filters(), min_size=1, max_size=5))
def test_bit_masks_say_what_each_filter_says_of_each_paper(listed: list[Paper], wanted: list[Filter]) -> None:
    matcher = Matcher(listed, TODAY)

    for each in wanted:
        expected = [paper for paper in listed if each.root is None or _is_so(each.root, paper)]
        assert matcher.select(each) == expected
        assert matcher.matches(each) == sum(1 << listed.index(paper) for paper in expected)


@given(papers(3), filters())
def test_the_reasons_match_by_themselves(listed: list[Paper], wanted: Filter) -> None:
    for paper in listed:
        reasons = why(wanted, paper, TODAY)
        assert len(set(reasons)) == len(reasons)
        assert not reasons or Matcher([paper], TODAY).matches(wanted)


def test_a_matcher_tells_terms_apart_that_look_alike() -> None:
    matcher = Matcher([make_paper(1, title="Quantized", abstract="chain of thought"), make_paper(2)], DAY)
    wanted = (
        "quant",
        "quant*",
        "title:quant*",
        "abstract:quant*",
        '"chain thought"',
        '"chain of"',
        "author:ada",
    )

    assert [matcher.matches(parse(text)) for text in wanted] == [0, 1, 1, 0, 0, 1, 3]


@needs_recorded
def test_recorded_papers_are_matched_alone_as_together() -> None:
    listed = [
        Paper(**cast("dict[str, Any]", facts), first_seen_at=NOON)
        for day in recorded_days()[-3:]
        for facts in parse_listing(recorded(day), day).papers
    ]
    together = Matcher(listed, DAY)

    for text in (
        "diffusion",
        '"language models" -agent*',
        "title:video has:code",
        "reasoning OR upvotes>=50",
    ):
        wanted = parse(text)
        alone = [paper for paper in listed if Matcher([paper], DAY).matches(wanted)]
        assert together.select(wanted) == alone == [p for p in listed if _is_so(cast("Node", wanted.root), p)]
        assert 0 < len(alone) < len(listed)


_STEMMER = Stemmer("english")
_COMPARED = {">=": int.__ge__, "<=": int.__le__, ">": int.__gt__, "<": int.__lt__, "=": int.__eq__}


def _words(text: str) -> list[str]:
    """The analysis again, character by character."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(sign for sign in bare if not unicodedata.category(sign).startswith("M"))
    return "".join(sign if sign.isalnum() else " " for sign in kept).split()


def _holds_phrase(words: list[str], text: str, stemmed: bool = True) -> bool:
    if stemmed:
        words, found = _STEMMER.stemWords(words), _STEMMER.stemWords(_words(text))
    else:
        found = _words(text)
    return any(found[at : at + len(words)] == words for at in range(len(found)))


def _same_name(wanted: str, *names: str | None) -> bool:
    plain = [re.sub("[“”]", "", name or "").replace("’", "'") for name in names]
    return wanted in [" ".join(name.casefold().split()) for name in plain]


def _is_so(node: Node, paper: Paper) -> bool:
    """The meaning of the language, spelled out for one paper."""
    match node:
        case And(terms):
            return all(_is_so(term, paper) for term in terms)
        case Or(terms):
            return any(_is_so(term, paper) for term in terms)
        case Not(term):
            return not _is_so(term, paper)
        case Text(words, part, prefix):
            if part is None:
                return any(_is_so(replace(node, part=each), paper) for each in Part)
            columns = {
                Part.TITLE: [paper.title],
                Part.ABSTRACT: [paper.abstract],
                Part.KEYWORD: paper.keywords,
            }
            if prefix:
                return any(word.startswith(words[0]) for text in columns[part] for word in _words(text))
            return any(_holds_phrase(list(words), text) for text in columns[part])
        case Author(words):
            return any(_holds_phrase(list(words), name, stemmed=False) for name in paper.authors)
        case Organization(name):
            return _same_name(name, paper.organization, paper.organization_name)
        case Submitter(name):
            return _same_name(name, paper.submitter, paper.submitter_name)
        case Identifier(id):
            return paper.id == id
        case Has(feature):
            had = {
                Feature.CODE: paper.code_url,
                Feature.PROJECT: paper.project_url,
                Feature.MEDIA: paper.media_urls,
                Feature.SUMMARY: paper.summary,
            }
            return bool(had[feature])
        case Number(quantity, comparison, value):
            counts = {Quantity.UPVOTES: paper.upvotes, Quantity.COMMENTS: paper.comments}
            return _COMPARED[comparison](counts.get(quantity, paper.code_stars or 0), value)
        case Day(bound, value):
            day = resolve(value, TODAY)
            if bound is Bound.DATE:
                return paper.listed_on == day
            return paper.listed_on >= day if bound is Bound.SINCE else paper.listed_on <= day


@pytest.mark.parametrize(
    ("age", "today", "day"),
    [
        (Age(0, Unit.DAYS), date(2026, 7, 29), date(2026, 7, 29)),
        (Age(7, Unit.DAYS), date(2026, 3, 1), date(2026, 2, 22)),
        (Age(2, Unit.WEEKS), date(2026, 1, 1), date(2025, 12, 18)),
        (Age(1, Unit.MONTHS), date(2026, 7, 29), date(2026, 6, 29)),
        (Age(1, Unit.MONTHS), date(2026, 3, 31), date(2026, 2, 28)),
        (Age(1, Unit.MONTHS), date(2024, 3, 31), date(2024, 2, 29)),
        (Age(12, Unit.MONTHS), date(2024, 2, 29), date(2023, 2, 28)),
        (Age(7, Unit.MONTHS), date(2026, 7, 1), date(2025, 12, 1)),
        (Age(9999, Unit.MONTHS), date(800, 7, 1), date.min),
        (Age(9999, Unit.MONTHS), date(834, 3, 1), date.min),
        (Age(9999, Unit.WEEKS), date(2, 7, 1), date.min),
    ],
)
def test_an_age_is_counted_back(age: Age, today: date, day: date) -> None:
    assert resolve(age, today) == day


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        (Order.RELEVANCE, [1, 2, 3, 4, 5]),
        (Order.NEW, [5, 2, 4, 3, 1]),
        (Order.UPVOTES, [3, 5, 2, 4, 1]),
        (Order.TRENDING, [5, 2, 4, 3, 1]),
    ],
)
def test_papers_come_in_an_order(order: Order, numbers: list[int]) -> None:
    listed = [
        make_paper(1, upvotes=0, listed_on=DAY - timedelta(days=9)),
        make_paper(2, upvotes=5),
        make_paper(3, upvotes=50, listed_on=DAY - timedelta(days=8)),
        make_paper(4, upvotes=5),
        make_paper(5, upvotes=9, listed_on=DAY + timedelta(days=1)),
    ]

    assert [int(paper.id[-1]) for paper in in_order(listed, order, DAY)] == numbers


def test_a_vote_counts_less_the_older_the_paper_is() -> None:
    assert trend(3, DAY, DAY) == trend(3, DAY + timedelta(days=3), DAY) == 1.0
    assert trend(8, DAY - timedelta(days=1), DAY) == 1.0
    assert trend(15, DAY - timedelta(days=2), DAY) == 1.0
