"""The tree of a filter. Pure data: equal trees mean the same, however they were typed.

Words are folded (see `bot.filters.analysis`) and not yet stemmed, so that a filter can be said again in
words.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Part(StrEnum):
    """The parts of a paper that text is looked for in; the value is the field's name in a filter."""

    TITLE = "title"
    ABSTRACT = "abstract"
    KEYWORD = "keyword"


class Feature(StrEnum):
    """What `has:` asks for."""

    CODE = "code"
    PROJECT = "project"
    MEDIA = "media"
    SUMMARY = "summary"


class Quantity(StrEnum):
    """What is compared with a number; a value that is not known compares as 0."""

    UPVOTES = "upvotes"
    STARS = "stars"
    COMMENTS = "comments"


class Comparison(StrEnum):
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    EQUAL = "="


class Bound(StrEnum):
    """Where the day of the list must lie: both ends count."""

    SINCE = "since"
    UNTIL = "until"
    DATE = "date"


class Unit(StrEnum):
    DAYS = "d"
    WEEKS = "w"
    MONTHS = "m"


class Order(StrEnum):
    RELEVANCE = "relevance"
    NEW = "new"
    UPVOTES = "upvotes"
    TRENDING = "trending"


@dataclass(frozen=True, slots=True)
class Text:
    """One word, or a phrase of several, in `part` or anywhere in title, abstract and keywords.

    Args:
        words: folded tokens in order, at least one.
        prefix: the only word is the beginning of a token, compared without stemming.
    """

    words: tuple[str, ...]
    part: Part | None = None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """One author's name holds these folded words in order, side by side, without stemming."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Organization:
    """The organisation's name or full name, case folded."""

    name: str


@dataclass(frozen=True, slots=True)
class Submitter:
    """The account or the name of who submitted the paper to the daily list, case folded."""

    name: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """An arXiv identifier without its version."""

    id: str


@dataclass(frozen=True, slots=True)
class Has:
    feature: Feature


@dataclass(frozen=True, slots=True)
class Number:
    """A comparison with a number from 0 to 999,999,999."""

    quantity: Quantity
    comparison: Comparison
    value: int


@dataclass(frozen=True, slots=True)
class Age:
    """So long before the day on which the filter is asked; months are calendar months."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Day:
    """The UTC day of the list, compared with a date or an age."""

    bound: Bound
    value: date | Age


@dataclass(frozen=True, slots=True)
class Not:
    term: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All of at least two terms."""

    terms: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """One of at least two terms."""

    terms: "tuple[Node, ...]"


Leaf = Text | Author | Organization | Submitter | Identifier | Has | Number | Day
Node = Leaf | Not | And | Or


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """The terms that must all match; none where every paper does."""
    if node is None:
        return ()
    return node.terms if isinstance(node, And) else (node,)


def is_plain(node: Node) -> bool:
    """Whether it is a word or a phrase that may stand anywhere in the text."""
    return isinstance(node, Text) and node.part is None and not node.prefix


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter in canonical form: `str(filter)` parses back to an equal one.

    Args:
        root: None matches every paper.
        order: how results are sorted; None where the filter does not say.
    """

    root: Node | None = None
    order: Order | None = None

    def __str__(self) -> str:
        from bot.filters.canonical import written

        return written(self)
