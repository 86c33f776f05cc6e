"""Filters and papers made for each other, for Hypothesis: few words, so that matches happen."""

from datetime import timedelta
from typing import Any, cast

from hypothesis import strategies as st

from bot.filters.canonical import filter_of
from bot.filters.parser import LENGTH, TERMS
from bot.filters.syntax import (
    Age,
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
    Order,
    Organization,
    Part,
    Quantity,
    Submitter,
    Text,
    Unit,
)
from storage.models import Paper, PaperFacts
from tests.factories import DAY, make_facts, make_paper, paper_id

TODAY = DAY
"""The day on which the filters are asked."""

WORDS = (
    "diffusion",
    "model",
    "models",
    "modeling",
    "fine",
    "tuning",
    "naive",
    "gpt",
    "4o",
    "or",
    "3d",
    "の詩",
)
"""Folded tokens; some share a stem, some a beginning."""
_SPELLED = {
    "naive": ("naive", "Naïve", "NAI\u0308VE"),
    "diffusion": ("diffusion", "Diffusion", "Diﬀusion"),
    "3d": ("3D", "３Ｄ"),
}
_NAMES = ("song han", "ada lovelace", "jose garcia", "han", "han song")
_SPELLED_NAMES = ("Song Han", "Ada Lovelace", "José García", "Han", "Han Song", "Jose\u0301 Garcia", "")
_ACCOUNTS = ("nvidia", "ada", "ibm research", "école 42", "o'neil & co", "(x)")
_SPELLED_ACCOUNTS = ("NVIDIA", "ada", "IBM  Research", "École 42", "O’Neil & Co", "(X)", "“x”", "", None)
_HOSTILE = (
    '"',
    "*",
    "NEAR(",
    "¶",
    "' OR 1=1 --",
    "title:",
    "\x00",
    "\ud800",
    "\u202e",
    "%",
    "_",
    "\\",
    ":*",
    "&",
)
_BETWEEN = (" ", "-", " ", ", ", " ", "\n", " … ", "/", "", " ¶ ")


def _sometimes(strategy: st.SearchStrategy[Any], default: Any) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(default), strategy)


words = st.sampled_from(WORDS)
phrases = st.lists(words, min_size=1, max_size=3).map(tuple)
parts = _sometimes(st.sampled_from(Part), None)
prefixes = words.map(lambda word: word[: max(2, len(word) - 3)])
texts = st.builds(Text, phrases, parts) | st.builds(
    lambda word, part: Text((word,), part, prefix=True), prefixes, parts
)
authors = st.sampled_from([*_NAMES, "lovelace", "song"]).map(lambda name: Author(tuple(name.split())))
days = st.integers(-3, 3).map(lambda days: DAY + timedelta(days=days))
ages = st.builds(Age, st.integers(0, 4) | st.integers(0, 9999), st.sampled_from(Unit))
numbers = st.sampled_from((0, 1, 2, 5, 10, 999_999_999)) | st.integers(0, 30)
leaves: st.SearchStrategy[Node] = st.one_of(
    texts,
    texts,
    authors,
    st.sampled_from(_ACCOUNTS).map(Organization),
    st.sampled_from(_ACCOUNTS).map(Submitter),
    st.integers(0, 4).map(lambda number: Identifier(paper_id(number))),
    st.sampled_from(Feature).map(Has),
    st.builds(Number, st.sampled_from(Quantity), st.sampled_from(Comparison), numbers),
    st.builds(Day, st.sampled_from(Bound), days | ages),
)


def _branches(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=4).map(tuple)
    return st.one_of(below.map(Not), several.map(And), several.map(Or))


trees: st.SearchStrategy[Node] = st.recursive(leaves, _branches, max_leaves=8)
"""Trees as they come: not flat, with repetitions and double negations; within the limits of a text."""


def filters() -> st.SearchStrategy[Filter]:
    """Filters in canonical form, with every kind of term, within the limits of a text."""
    made = st.builds(filter_of, _sometimes(trees, None), _sometimes(st.sampled_from(Order), None))
    return made.filter(lambda wanted: len(str(wanted)) <= LENGTH and _leaves(wanted.root) <= TERMS)


def _leaves(node: Node | None) -> int:
    if isinstance(node, And | Or):
        return sum(map(_leaves, node.terms))
    return 1 if node else 0


_spelled = words.flatmap(lambda word: st.sampled_from(_SPELLED.get(word, (word, word.capitalize()))))
_pieces = st.one_of(_spelled, _spelled, _spelled, st.sampled_from(_HOSTILE))
prose = st.lists(st.tuples(_pieces, st.sampled_from(_BETWEEN)), max_size=8).map(
    lambda pieces: "".join(word + between for word, between in pieces)
)
"""Text out of the filters' words in several spellings, with hostile pieces between them."""
_counts = st.integers(0, 12)
_addresses = st.sampled_from((None, "https://example.org"))


def facts(number: int = 1) -> st.SearchStrategy[PaperFacts]:
    """What a source may say of the paper with that number, before anything was cleaned."""
    columns = {
        "title": prose,
        "abstract": prose,
        "keywords": st.lists(prose, max_size=3),
        "authors": st.lists(st.sampled_from(_SPELLED_NAMES), max_size=3),
        "listed_on": days,
        "upvotes": _counts,
        "comments": _counts,
        "code_stars": _sometimes(_counts, None),
        "submitter": st.sampled_from(_SPELLED_ACCOUNTS),
        "submitter_name": st.sampled_from(_SPELLED_ACCOUNTS),
        "organization": st.sampled_from(_SPELLED_ACCOUNTS),
        "organization_name": st.sampled_from(_SPELLED_ACCOUNTS),
        "summary": st.sampled_from((None, "It works.")),
        "code_url": _addresses,
        "project_url": _addresses,
        "media_urls": st.sampled_from(((), ("https://example.org/a.png",))).map(list),
    }
    return st.fixed_dictionaries(columns).map(lambda changes: make_facts(number, **changes))


def paper_facts(count: int = 4) -> st.SearchStrategy[list[PaperFacts]]:
    """Up to `count` of them, numbered from 1."""
    return st.integers(0, count).flatmap(lambda many: st.tuples(*map(facts, range(1, many + 1))).map(list))


def papers(count: int = 4) -> st.SearchStrategy[list[Paper]]:
    """Up to `count` stored papers, numbered from 1."""
    return paper_facts(count).map(
        lambda listed: [make_paper(**cast("dict[str, Any]", row)) for row in listed]
    )
