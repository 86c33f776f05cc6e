"""One term of a filter in words: a head, as `with`, and what follows it, as `at least 20 upvotes`."""

from dataclasses import dataclass, replace

from bot.filters.syntax import (
    Age,
    Author,
    Bound,
    Comparison,
    Day,
    Feature,
    Has,
    Identifier,
    Leaf,
    Node,
    Not,
    Number,
    Organization,
    Part,
    Quantity,
    Submitter,
    Text,
    Unit,
)
from bot.messages.words import day_name
from bot.text import counted


@dataclass(frozen=True, slots=True)
class Clause:
    """Clauses with the same head and sign can share the head.

    Args:
        rank: where `said` stands among others behind the same head.
        several: `said` is a list of alternatives, which needs brackets beside others.
    """

    head: str
    said: str
    rank: int = 0
    negated: bool = False
    several: bool = False

    @property
    def opening(self) -> str:
        """The head with its sign: `not by`, `without`."""
        if not self.negated:
            return self.head
        return "without" if self.head == "with" else f"not {self.head}"

    def __str__(self) -> str:
        return f"{self.opening} {self.said}"


HEADS = ("about", "by", "from", "submitted by", "with", "listed")
"""All heads, in the order in which the clauses of a filter are said."""

PARTS = {Part.TITLE: "the title", Part.ABSTRACT: "the abstract", Part.KEYWORD: "a keyword"}
FEATURES = {
    Feature.CODE: "code",
    Feature.PROJECT: "a project page",
    Feature.MEDIA: "media",
    Feature.SUMMARY: "a summary",
}
UNITS = {Quantity.UPVOTES: "upvote", Quantity.STARS: "star", Quantity.COMMENTS: "comment"}
_COMPARISONS = {
    Comparison.AT_LEAST: "at least",
    Comparison.AT_MOST: "at most",
    Comparison.MORE: "more than",
    Comparison.LESS: "fewer than",
    Comparison.EQUAL: "exactly",
}
_OPPOSITES = {
    Comparison.AT_LEAST: Comparison.LESS,
    Comparison.AT_MOST: Comparison.MORE,
    Comparison.MORE: Comparison.AT_MOST,
    Comparison.LESS: Comparison.AT_LEAST,
}
_AGES = {Unit.DAYS: "day", Unit.WEEKS: "week", Unit.MONTHS: "month"}
_BOUNDS = {Bound.SINCE: "since ", Bound.UNTIL: "until ", Bound.DATE: ""}


def clause_of(node: Node) -> Clause | None:
    """The words for a leaf or a negated leaf; None for a node with several terms."""
    if isinstance(node, Not):
        return _negated(node.term)
    return _leaf(node) if isinstance(node, Leaf) else None


def phrase(words: tuple[str, ...], prefix: bool = False) -> str:
    """Words in quotes; the beginning of a word ends with an ellipsis."""
    return f'"{" ".join(words)}{"…" if prefix else ""}"'


def _negated(term: Node) -> Clause | None:
    if isinstance(term, Number) and term.comparison in _OPPOSITES:
        return _leaf(replace(term, comparison=_OPPOSITES[term.comparison]))
    return replace(_leaf(term), negated=True) if isinstance(term, Leaf) else None


def _leaf(leaf: Leaf) -> Clause:
    match leaf:
        case Text(words, part, prefix) if part:
            return Clause("with", f"{phrase(words, prefix)} in {PARTS[part]}")
        case Text(words, _, prefix):
            return Clause("about", phrase(words, prefix))
        case Author(words):
            return Clause("by", phrase(words))
        case Organization(name):
            return Clause("from", f'"{name}"')
        case Submitter(name):
            return Clause("submitted by", f'"{name}"')
        case Identifier(id):
            return Clause("with", f"the identifier {id}", 1)
        case Number(quantity, comparison, value):
            return Clause("with", f"{_COMPARISONS[comparison]} {counted(value, UNITS[quantity])}", 2)
        case Has(feature):
            return Clause("with", FEATURES[feature], 3)
        case Day():
            return Clause("listed", _day(leaf))


def _day(day: Day) -> str:
    if not isinstance(day.value, Age):
        return ("on " if day.bound is Bound.DATE else _BOUNDS[day.bound]) + day_name(day.value)
    count, unit = day.value.count, day.value.unit
    if count == 0:
        return f"{_BOUNDS[day.bound]}today"
    if day.bound is Bound.SINCE:
        return f"in the last {_AGES[unit] if count == 1 else counted(count, _AGES[unit])}"
    return f"{_BOUNDS[day.bound]}{counted(count, _AGES[unit])} ago"
