"""What the index keeps: a narrow row for each paper, names to complete, and how far the index is.

The words themselves lie in tables that differ by database; see `storage.search.rooms`.
"""

from enum import StrEnum
from typing import TypedDict

from sqlmodel import Field, SQLModel


class SearchText(TypedDict):
    """A paper's analysed words, one blank between them; between the items of a list stands a break.

    `title`, `abstract` and `keywords` are stems in order, `..._forms` the distinct unstemmed tokens,
    `authors` unstemmed tokens in order.
    """

    title: str
    abstract: str
    keywords: str
    title_forms: str
    abstract_forms: str
    keyword_forms: str
    authors: str


class DocumentFacts(TypedDict):
    """What a filter compares, apart from words: the columns of `SearchDocument` that a paper decides."""

    paper_id: str
    listed_day: int
    upvotes: int
    comments: int
    stars: int
    has_code: bool
    has_project: bool
    has_media: bool
    has_summary: bool
    organization: str
    organization_name: str
    submitter: str
    submitter_name: str
    standing: bool


class SearchDocument(SQLModel, table=True):
    """One paper as a filter sees it, without its words. Nothing is null, so that "not" means the rest.

    Args:
        key: what the tables of words call it; small, dense, and new after each clearing of the index.
        listed_day: the day of the list as its ordinal, so that both databases count days alike.
        organization, organization_name, submitter, submitter_name: folded for comparison; empty for none.
        standing: not withdrawn. What is withdrawn is found by no search.
        learnt: the number of the learning that has taken in the words as they are now; 0 for none, and that
            number below 0 while it goes on.
    """

    __tablename__ = "search_document"

    key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    paper_id: str = Field(foreign_key="paper.id", unique=True)
    listed_day: int
    upvotes: int
    comments: int
    stars: int
    has_code: bool
    has_project: bool
    has_media: bool
    has_summary: bool
    organization: str
    organization_name: str
    submitter: str
    submitter_name: str
    standing: bool = Field(index=True)
    learnt: int = Field(default=0, index=True)


class NameField(StrEnum):
    """Where a name stands; the value is the filter's field."""

    AUTHOR = "author"
    ORGANIZATION = "org"


class SearchName(SQLModel, table=True):
    """A name that somebody may type, and how many standing papers have it.

    Args:
        folded: as it is compared.
        written: as a person writes it; of several spellings, the latest.
    """

    __tablename__ = "search_name"

    field: str = Field(primary_key=True)
    folded: str = Field(primary_key=True)
    written: str
    papers: int

    __table_args__ = ({"sqlite_with_rowid": False},)


class SearchState(SQLModel, table=True):
    """How far the index is; one row, none before it was first made.

    Args:
        version: of the analyser that made all of it.
        complete: no paper is missing.
        generation: counts the clearings; keys of another generation name other papers.
    """

    __tablename__ = "search_state"

    id: int = Field(default=1, primary_key=True)
    version: int
    complete: bool = False
    generation: int = 1
