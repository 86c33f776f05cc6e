"""What a search asks for, in no database's language. Each room makes its own SQL of it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement


class Column(StrEnum):
    """Where words stand; the value is the column's name in the tables of words."""

    ABSTRACT = "abstract"
    TITLE = "title"
    KEYWORDS = "keywords"
    AUTHORS = "authors"


TEXT_COLUMNS = (Column.ABSTRACT, Column.TITLE, Column.KEYWORDS)
"""Where a word stands that asks for no column; no phrase reaches from one into the next."""


@dataclass(frozen=True, slots=True)
class Term:
    """These tokens stand side by side in one column.

    Args:
        tokens: analysed; stems, or unstemmed where `column` is the authors or `prefix` is set.
        column: None for any of `TEXT_COLUMNS`.
        prefix: the only token is the beginning of an unstemmed one; not for authors.
    """

    tokens: tuple[str, ...]
    column: Column | None = None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A clause over the columns of `SearchDocument`, never null."""

    clause: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these; of none, every document."""

    parts: "tuple[Condition, ...]" = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these; of none, no document."""

    parts: "tuple[Condition, ...]" = ()


@dataclass(frozen=True, slots=True)
class Without:
    part: "Condition"


Condition = Term | Facts | AllOf | AnyOf | Without
