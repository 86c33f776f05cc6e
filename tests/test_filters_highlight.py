"""The words of a filter in a text, and what could stand at the end of one that is being typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.filters.completion import Completes, complete
from bot.filters.fields import FIELDS
from bot.filters.highlight import marks
from bot.filters.match import Matcher
from bot.filters.parser import parse
from bot.filters.syntax import Feature, Filter, Order, Part, Text
from tests.factories import make_paper
from tests.filters import TODAY, filters, prose


def shown(text: str, ranges: list[tuple[int, int]]) -> str:
    """`text` with brackets around the ranges."""
    for start, end in reversed(ranges):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("", "Nothing is asked for"),
        ("model", "[Models] and [modeling], but no supermodel"),
        ("diffusion models", "[Diffusion] [Models]"),
        ('"diffusion models"', "[Diffusion Models], not models of diffusion"),
        ("fine-tuning", "[Fine‐tuning], [fine  tuned], fine"),
        ("quant*", "[Quantized] and [quant] and aquant"),
        ("naive", "[NAÏVE] [nai\u0308ve\u0323] [ｎａｉｖｅ]"),
        ("strasse fine x2", "[Straße] [ﬁne] [x²]"),
        ("half", "½half [half]"),
        ("詩 한국", "の詩, [詩] [\u1112\u1161\u11ab\u1100\u116e\u11a8] [한국]"),
        ("a title:b abstract:c", "[a] [b] c"),
        ("a -b (c OR -d)", "[a] b [c] d"),
        ("author:a org:b upvotes>3", "a b 3"),
        ('"a a" OR "a b"', "[a a b]"),
        ('"a b" "b c"', "[a b c]"),
        ("x\u00ady", "x\u200by [xy]"),
        ("ok", "\x00\ud800\u202e[ok]"),
    ],
)
def test_what_is_looked_for_is_marked(wanted: str, text: str) -> None:
    bare = text.replace("[", "").replace("]", "")

    assert shown(bare, marks(parse(wanted), Part.TITLE, bare)) == text


def test_half_a_megabyte_is_marked() -> None:
    """Quadratic work would not end."""
    phrase = parse('"' + "a " * 200 + '"')

    assert marks(phrase, Part.ABSTRACT, "a " * 250_000)[:2] == [(0, 399), (400, 799)]
    assert marks(parse("é"), Part.ABSTRACT, "é" * 500_000) == []


@given(filters(), st.sampled_from(Part), prose | st.text())
def test_marks_are_in_order_and_hold_what_matches(wanted: Filter, part: Part, text: str) -> None:
    ranges = marks(wanted, part, text)

    borders = [border for each in ranges for border in each]
    assert borders == sorted(borders)
    assert all(0 <= start < end <= len(text) for start, end in ranges)


@given(filters(), prose | st.text())
def test_a_text_that_matches_has_a_mark(wanted: Filter, text: str) -> None:
    if isinstance(wanted.root, Text) and wanted.root.part in (None, Part.TITLE):
        paper = make_paper(title=text, abstract="", keywords=[])
        assert bool(marks(wanted, Part.TITLE, text)) == bool(Matcher([paper], TODAY).matches(wanted))


@pytest.mark.parametrize(
    ("typed", "kind", "prefix", "candidates"),
    [
        ("", Completes.FIELD, "", tuple(field.opening for field in FIELDS.values())),
        ("diffusion ", Completes.FIELD, "", tuple(field.opening for field in FIELDS.values())),
        ("diffusion ti", Completes.FIELD, "ti", ("title:",)),
        ("a -HA", Completes.FIELD, "ha", ("has:",)),
        ("(a|s", Completes.FIELD, "s", ("stars>=", "since:", "sort:")),
        ('"a b" up', Completes.FIELD, "up", ("upvotes>=",)),
        ("diffusion", Completes.FIELD, "diffusion", ()),
        ("has:", Completes.CHOICE, "", tuple(Feature)),
        ("x -has:C", Completes.CHOICE, "c", ("code",)),
        ("sort:", Completes.CHOICE, "", tuple(Order)),
        ("sort:t", Completes.CHOICE, "t", ("trending",)),
        ("since:1", Completes.CHOICE, "1", ("1d", "14d", "1m", "12m")),
        ("org:nv", Completes.ORGANIZATION, "nv", ()),
        ('org:"NVIDIA Re', Completes.ORGANIZATION, "nvidia re", ()),
        ("(by:“a", Completes.NOTHING, "a", ()),
        ('a author:"Song H', Completes.AUTHOR, "song h", ()),
        ('"a b', Completes.NOTHING, "a b", ()),
        ("title:x", Completes.NOTHING, "x", ()),
        ("tilte:x", Completes.NOTHING, "x", ()),
    ],
)
def test_the_end_of_what_is_typed_can_be_completed(
    typed: str, kind: Completes, prefix: str, candidates: tuple[str, ...]
) -> None:
    completion = complete(typed)

    assert (completion.kind, completion.prefix, completion.candidates) == (kind, prefix, candidates)


@pytest.mark.parametrize(
    ("typed", "candidate", "completed"),
    [
        ("a ti", "title:", "a title:"),
        ("a -has:c", "code", "a -has:code"),
        ("a org:nv", "NVIDIA", "a org:NVIDIA"),
        ('org:"ibm', "IBM Research", 'org:"IBM Research"'),
        ("author:“so", 'Song "S" Han', 'author:"Song S Han"'),
        ("org:x", "-x", 'org:"-x"'),
        ("org:", "(x|y", 'org:"(x|y"'),
    ],
)
def test_a_candidate_takes_the_place(typed: str, candidate: str, completed: str) -> None:
    assert complete(typed).with_(candidate) == completed


@given(st.text())
def test_any_text_can_be_completed(typed: str) -> None:
    completion = complete(typed)

    assert completion.with_("x").startswith(completion.text[: completion.start])
