"""The fields of a filter: one table for the parser, the help, autocompletion and the documents."""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from bot.filters.syntax import Bound, Feature, Order, Part, Quantity


class Value(StrEnum):
    """What stands behind a field's name."""

    TEXT = "text"
    NAME = "name"
    IDENTIFIER = "identifier"
    CHOICE = "choice"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Args:
        name: as it is typed, without what follows it.
        meaning: in a few words, for a table.
        example: a whole term.
        value: what stands behind the name: a comparison for a number, else a colon.
        choices: all values, where they are few.
        subscribable: a subscription may have it.
    """

    name: str
    meaning: str
    example: str
    value: Value
    choices: tuple[str, ...] = ()
    subscribable: bool = True

    @property
    def opening(self) -> str:
        """How a term of this field begins: `title:` or `upvotes>=`."""
        return f"{self.name}>=" if self.value is Value.NUMBER else f"{self.name}:"


_ALL = (
    Field(Part.TITLE, "words in the title", "title:reasoning", Value.TEXT),
    Field(Part.ABSTRACT, "words in the abstract", 'abstract:"chain of thought"', Value.TEXT),
    Field(Part.KEYWORD, "words in a keyword", "keyword:diffusion", Value.TEXT),
    Field("author", "words of one author's name", 'author:"Song Han"', Value.TEXT),
    Field("org", "the organisation's name or full name", "org:nvidia", Value.NAME),
    Field("by", "who submitted it to the daily list", "by:akhaliq", Value.NAME),
    Field("id", "arXiv identifier, or a link to the paper", "id:2607.25895", Value.IDENTIFIER),
    Field(
        "has",
        "what comes with the paper",
        "has:code",
        Value.CHOICE,
        tuple(feature.value for feature in Feature),
    ),
    Field(Quantity.UPVOTES, "upvotes on the paper's page", "upvotes>=20", Value.NUMBER),
    Field(Quantity.STARS, "stars of the code", "stars>=100", Value.NUMBER),
    Field(Quantity.COMMENTS, "comments on the paper's page", "comments>0", Value.NUMBER),
    Field(Bound.SINCE, "listed on that day or later", "since:14d", Value.DAY, subscribable=False),
    Field(Bound.UNTIL, "listed on that day or before", "until:2026-07-29", Value.DAY, subscribable=False),
    Field(Bound.DATE, "listed on that day", "date:2026-07-29", Value.DAY, subscribable=False),
    Field("sort", "which come first", "sort:upvotes", Value.CHOICE, tuple(order.value for order in Order)),
)

FIELDS = {field.name: field for field in _ALL}
"""By name, in the order in which they are explained."""

_MEANT = {
    "abs": "abstract",
    "affiliation": "org",
    "after": "since",
    "arxiv": "id",
    "before": "until",
    "day": "date",
    "from": "since",
    "github": "stars",
    "in": "title",
    "is": "has",
    "likes": "upvotes",
    "on": "date",
    "order": "sort",
    "organisation": "org",
    "organization": "org",
    "submitter": "by",
    "tag": "keyword",
    "tags": "keyword",
    "to": "until",
    "topic": "keyword",
    "user": "by",
    "votes": "upvotes",
    "with": "has",
}
"""Names that other search boxes have for these fields."""


def meant_field(name: str) -> str | None:
    """The field that somebody probably meant who typed the unknown `name`; None for none."""
    return _MEANT.get(name) or closest(name, FIELDS)


def closest(typed: str, known: "dict[str, Field] | tuple[str, ...]") -> str | None:
    """The one of `known` that resembles `typed`, None for none."""
    if len(typed) > 32:
        return None
    return next(iter(get_close_matches(typed, list(known), n=1, cutoff=0.6)), None)
