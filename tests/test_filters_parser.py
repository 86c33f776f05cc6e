"""Filters: how they are read, written in canonical form, and said in words."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.filters.canonical import EVERY_PAPER, filter_of, simplified
from bot.filters.describe import describe
from bot.filters.fields import FIELDS
from bot.filters.match import Matcher
from bot.filters.parser import parse
from bot.filters.question import read_question, read_subscription
from bot.filters.syntax import And, Filter, Node, Not, Or, Order, Text
from storage.models import Paper
from tests.filters import TODAY, filters, papers, trees


@pytest.mark.parametrize(
    ("text", "canonical", "described"),
    [
        ("", "", "every paper"),
        (" \t\n", "", "every paper"),
        ("sort:new", "sort:new", "every paper, newest first"),
        (
            "diffusion -survey upvotes>=20 has:code",
            "diffusion -survey has:code upvotes>=20",
            'papers about "diffusion", not "survey", with at least 20 upvotes and code',
        ),
        (
            '(quantization OR pruning) author:"Song Han" org:nvidia',
            '(pruning OR quantization) author:"song han" org:nvidia',
            'papers about "pruning" or "quantization", by "song han", from "nvidia"',
        ),
        (
            '"chain of thought" title:reasoning since:14d sort:upvotes',
            '"chain of thought" title:reasoning since:14d sort:upvotes',
            'papers about "chain of thought", with "reasoning" in the title, listed in the last 14 days, '
            "most upvotes first",
        ),
        ("a OR b c", "a OR b c", 'papers about "a" or (about "b" and "c")'),
        ("a (b OR c)", "a (b OR c)", 'papers about "a" and ("b" or "c")'),
        ("a | has:code", "a OR has:code", 'papers about "a" or with code'),
        ("-(a b)", "-(a b)", 'papers not (about "a" and "b")'),
        ("-(a OR b)", "-(a OR b)", 'papers not about "a" or "b"'),
        ("x -(a b)", "x -(a b)", 'papers about "x", and not (about "a" and "b")'),
        ("NOT (a | has:code)", "-(a OR has:code)", 'papers not about "a", without code'),
        (
            "(x OR by:y) (a OR has:code) -(q r)",
            "(a OR has:code) (x OR by:y) -(q r)",
            'papers (about "a" or with code), (about "x" or submitted by "y"), and not (about "q" and "r")',
        ),
        (
            "a | b -(c (d | e has:code))",
            "a OR b -(c (d OR e has:code))",
            'papers about "a" or (about "b", and not (about "c", and (about "d" or (about "e", with code))))',
        ),
        ("-has:code -has:media", "-has:code -has:media", "papers without code or media"),
        (
            "upvotes<=3 -upvotes>2 -stars=1",
            "upvotes<=3 -stars=1 -upvotes>2",
            "papers with at most 3 upvotes and at most 2 upvotes, without exactly 1 star",
        ),
        ("quant* title:Quant*", "quant* title:quant*", 'papers about "quant…", with "quant…" in the title'),
        (
            'keyword:"a b" abstract:c',
            'abstract:c keyword:"a b"',
            'papers with "c" in the abstract and "a b" in a keyword',
        ),
        (
            "until:0d -date:1w since:2026-07-01",
            "since:2026-07-01 until:0d -date:1w",
            "papers listed since Wed 1 Jul 2026 and until today, not listed 1 week ago",
        ),
        ("date:2026-07-29", "date:2026-07-29", "papers listed on Wed 29 Jul 2026"),
        (
            "-author:x -by:y -org:z until:2m",
            "-author:x -org:z -by:y until:2m",
            'papers not by "x", not from "z", not submitted by "y", listed until 2 months ago',
        ),
        (
            "id:https://arxiv.org/abs/2607.25895v2 sort:relevance",
            "id:2607.25895 sort:relevance",
            "papers with the identifier 2607.25895, best matches first",
        ),
    ],
)
def test_a_filter_is_written_and_said(text: str, canonical: str, described: str) -> None:
    assert str(parse(text)) == canonical
    assert describe(parse(text)) == described


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a   b\n\tc", "a b c"),
        ("c b a", "a b c"),
        ("a AND b", "a b"),
        ("a a b A", "a b"),
        ("((a) (b (c)))", "a b c"),
        ("a|(b|c)", "a OR b OR c"),
        ("(a a) | a", "a"),
        ("--a", "a"),
        ("NOT -NOT a", "-a"),
        ("-(-(a))", "a"),
        ("-(-(a b)) c", "a b c"),
        ("a -a", "a -a"),
        ('"diffusion"', "diffusion"),
        ("fine-tuning", '"fine tuning"'),
        ('"fine tuning"', '"fine tuning"'),
        ("Fine–Tuning", '"fine tuning"'),
        ("GPT-4o", '"gpt 4o"'),
        ("“chain of thought”", '"chain of thought"'),
        ("a —b", "a -b"),
        ("NAÏVE nai\u0308ve ｎａｉｖｅ", "naive"),
        ("Łukasz ﬁne Straße", "fine lukasz strasse"),
        ("don't C++ o’neil", '"don t" "o neil" c'),
        ("or and not", "and not or"),
        ('"OR" "NOT"', "not or"),
        ('"title:x" "-y" "(z)"', '"title x" y z'),
        ("BERT: a survey", "a bert survey"),
        ("a title", "a title"),
        ("Title:X TITLE:y", "title:x title:y"),
        ("title:“a b”", 'title:"a b"'),
        ("title:fine-tuning", 'title:"fine tuning"'),
        ("author:José-García", 'author:"jose garcia"'),
        ("org:NVIDIA", "org:nvidia"),
        ('org:"École  42"', 'org:"école 42"'),
        ("org:Meta-AI org:x&y", "org:meta-ai org:x&y"),
        ("upvotes >= 20", "upvotes>=20"),
        ("upvotes:=20 stars ≥ 007", "stars>=7 upvotes=20"),
        ("since:7D HAS:Code", "has:code since:7d"),
        ("sort:new b a", "a b sort:new"),
        ("a sort:NEW | b", "a OR b sort:new"),
        ("2607.25895", "id:2607.25895"),
        ("arXiv:2607.25895v2,", "id:2607.25895"),
        ("https://huggingface.co/papers/2607.25895", "id:2607.25895"),
        ("-https://arxiv.org/pdf/2607.25895", "-id:2607.25895"),
        ('"2607.25895"', '"2607 25895"'),
        ("https://example.org/a", '"https example org a"'),
        ("NEAR(a b)", "a b near"),
        ("p<0.05 a->b", '"a b" "p 0 05"'),
        ('foo"bar"(baz)', "bar baz foo"),
        ("x" * 70, "x" * 64),
    ],
)
def test_spelling_makes_no_difference(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "subscribed", "searched"),
    [
        ("all", "", '"all"'),
        ("  Every   Paper ", "", '"every" paper'),
        ("everything", "", '"everything"'),
        ("all papers", "", '"all" papers'),
        ('"all"', '"all"', '"all"'),
        ('paper "every"', '"every" paper', '"every" paper'),
        ("all agents", "agents all", "agents all"),
        ("all sort:new", "all sort:new", "all sort:new"),
        ("title:all", "title:all", "title:all"),
    ],
)
def test_all_is_every_paper_for_a_subscription_and_a_word_for_a_search(
    text: str, subscribed: str, searched: str
) -> None:
    """What is kept of the word reads as the word again, in a subscription too."""
    assert str(read_subscription(text)) == subscribed
    assert str(read_question(text)) == searched
    assert read_subscription(subscribed) == read_subscription(text)
    assert read_subscription(searched) == parse(text)


def test_a_star_alone_is_every_paper_for_a_subscription() -> None:
    assert read_subscription(" * ") == Filter()


def test_the_example_of_every_field_is_a_filter() -> None:
    for name, field in FIELDS.items():
        assert str(parse(field.example.upper())).startswith((name, "sort:"))
        assert field.example.startswith(name)
        assert describe(parse(field.example)) != "every paper"


@given(filters())
def test_the_canonical_form_says_the_same_again(wanted: Filter) -> None:
    assert parse(str(wanted)) == wanted
    assert str(parse(str(wanted))) == str(wanted)
    assert str(wanted) not in EVERY_PAPER


@given(trees, papers(3))
def test_the_canonical_form_matches_the_same(tree: Node, listed: list[Paper]) -> None:
    matcher = Matcher(listed, TODAY)

    assert matcher.matches(Filter(simplified(tree))) == matcher.matches(Filter(tree))
    assert simplified(simplified(tree)) == simplified(tree)


@given(trees, st.randoms(use_true_random=False), st.sampled_from([None, *Order]))
def test_filters_that_differ_in_spelling_share_the_canonical_form(
    tree: Node, chance: Random, order: Order | None
) -> None:
    wanted = filter_of(tree, order)
    typed = _typed(tree, chance)
    if order:
        typed = (
            f"sort:{order} {typed}"
            if isinstance(tree, Or) or chance.random() < 0.5
            else f"{typed} sort:{order}"
        )

    if len(typed) <= 512 and typed.count("(") <= 8:
        assert parse(typed) == wanted


def _typed(node: Node, chance: Random) -> str:
    """The tree as somebody may type it: any order, any operators, needless brackets and quotes."""
    if isinstance(node, And | Or):
        signs = (" ", " AND ", "\n") if isinstance(node, And) else (" OR ", "|", " | ")
        terms = [_typed(term, chance) for term in chance.sample(node.terms, len(node.terms))]
        return f"({chance.choice(signs).join(terms)})"
    if isinstance(node, Not):
        return chance.choice(("-", "NOT ", "---", "—")) + _typed(node.term, chance)
    text = str(Filter(node))
    if isinstance(node, Text) and not node.part and not node.prefix:
        text = chance.choice((" ", "-", "—", " … ")).join(node.words)
        text = f"“{text.upper()}”" if " " in text or chance.random() < 0.5 else text
    return f"({text})" if chance.random() < 0.2 else text


@given(filters())
def test_the_words_of_a_filter_are_said(wanted: Filter) -> None:
    said = describe(wanted)

    assert said.count("(") == said.count(")")
    assert said.startswith("papers ") if wanted.root else said.startswith("every paper")
    for text in _texts(wanted.root):
        assert " ".join(text.words) in said


def _texts(node: Node | None) -> list[Text]:
    if isinstance(node, And | Or):
        return [text for term in node.terms for text in _texts(term)]
    if isinstance(node, Not):
        return _texts(node.term)
    return [node] if isinstance(node, Text) else []
