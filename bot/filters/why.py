"""Which terms of a filter made a paper match, in words: the line "why am I seeing this"."""

from collections.abc import Iterator
from datetime import date

from bot.filters.analysis import tokens
from bot.filters.canonical import place
from bot.filters.clauses import FEATURES, PARTS, UNITS, phrase
from bot.filters.facts import QUANTITIES
from bot.filters.match import Matcher
from bot.filters.syntax import (
    And,
    Author,
    Day,
    Filter,
    Has,
    Identifier,
    Leaf,
    Node,
    Not,
    Number,
    Or,
    Organization,
    Part,
    Submitter,
    Text,
)
from bot.messages.words import day_name
from bot.text import counted
from storage.models import Paper

_SOUGHT = (Part.TITLE, Part.KEYWORD, Part.ABSTRACT)


def why(wanted: Filter, paper: Paper, today: date) -> tuple[str, ...]:
    """What of `paper` the terms of `wanted` found: `"diffusion" in the title`, `by Song Han`, `42 upvotes`.

    Of alternatives, all that are so; words first. What is negated found nothing and is not named. Empty for
    a paper that does not match, and for a filter that asks for nothing.
    """
    matcher = Matcher([paper], today)
    if wanted.root is None or not matcher.matches(wanted):
        return ()
    leaves = sorted(_found(wanted.root, matcher), key=place)
    return tuple(dict.fromkeys(_reason(leaf, paper, matcher) for leaf in leaves))


def _found(node: Node, matcher: Matcher) -> Iterator[Leaf]:
    """The leaves under a node that matches."""
    if isinstance(node, And | Or):
        for term in node.terms:
            if matcher.matches(Filter(term)):
                yield from _found(term, matcher)
    elif not isinstance(node, Not):
        yield node


def _reason(leaf: Leaf, paper: Paper, matcher: Matcher) -> str:
    match leaf:
        case Text(words, part, prefix):
            places = (place for place in _SOUGHT if matcher.matches(Filter(Text(words, place, prefix))))
            return f"{phrase(words, prefix)} in {PARTS[part or next(places)]}"
        case Author(words):
            return f"by {_author(words, paper)}"
        case Organization():
            return f"from {paper.organization_name or paper.organization}"
        case Submitter():
            return f"submitted by {paper.submitter_name or paper.submitter}"
        case Identifier(id):
            return f"the identifier {id}"
        case Has(feature):
            return FEATURES[feature]
        case Number(quantity):
            return counted(QUANTITIES[quantity](paper), UNITS[quantity])
        case Day():
            return f"listed on {day_name(paper.listed_on)}"


def _author(words: tuple[str, ...], paper: Paper) -> str:
    """The first author whose name holds these words."""
    sought = f" {' '.join(words)} "
    return next(name for name in paper.authors if sought in f" {' '.join(tokens(name))} ")
