"""Papers, the editions that list them, and how their numbers have grown."""

from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

import storage.models.columns  # noqa: F401  # names the constraints


class PaperFacts(TypedDict):
    """What a source says of one paper: the columns of `Paper` that come from outside.

    A plain dict, because an instance of a table costs 0.4 ms to make and an archive holds thousands.
    All texts are clean (see `bot.cleaning`), all addresses http or https.
    """

    id: str
    listed_on: date
    published_on: date | None
    title: str
    abstract: str
    authors: list[str]
    upvotes: int
    comments: int
    submitter: str | None
    submitter_name: str | None
    summary: str | None
    keywords: list[str]
    code_url: str | None
    code_stars: int | None
    project_url: str | None
    organization: str | None
    organization_name: str | None
    media_urls: list[str]
    thumbnail_url: str | None
    withdrawn_at: datetime | None


class Paper(SQLModel, table=True):
    """One paper by its arXiv identifier, with what is known of it now.

    `listed_on` is the day of the daily list, `published_on` arXiv's date. `submitter` and `organization`
    are account names, `..._name` what people read. `summary` is one line made by a machine. `release`
    numbers the moment from which digests may hold it, ascending; None while its edition still grows.
    """

    id: str = Field(primary_key=True)
    listed_on: date = Field(foreign_key="edition.day", index=True)
    published_on: date | None = None
    title: str
    abstract: str = ""
    authors: list[str] = Field(default_factory=list, sa_type=JSON)
    upvotes: int = 0
    comments: int = 0
    submitter: str | None = None
    submitter_name: str | None = None
    summary: str | None = None
    keywords: list[str] = Field(default_factory=list, sa_type=JSON)
    code_url: str | None = None
    code_stars: int | None = None
    project_url: str | None = None
    organization: str | None = None
    organization_name: str | None = None
    media_urls: list[str] = Field(default_factory=list, sa_type=JSON)
    thumbnail_url: str | None = None
    withdrawn_at: datetime | None = None
    first_seen_at: datetime
    release: int | None = Field(default=None, index=True)

    @property
    def url(self) -> str:
        """The paper's page."""
        return f"https://huggingface.co/papers/{self.id}"


class Edition(SQLModel, table=True):
    """The list of one day. It grows until it has settled; a day without papers is an edition too.

    Args:
        changed_at: when a poll last found a paper that was not there before, or first looked.
        polled_at: when the source was last asked for this day.
        settled_at: when the list counted as final; None while it may still grow.
        released_at: when its papers were first given a release; see `Paper.release`.
    """

    day: date = Field(primary_key=True)
    papers: int = 0
    changed_at: datetime
    polled_at: datetime
    settled_at: datetime | None = None
    released_at: datetime | None = Field(default=None, index=True)


class VoteSnapshot(SQLModel, table=True):
    """What a paper's numbers were at one moment; a row for each change that a poll saw."""

    __tablename__ = "vote_snapshot"

    paper_id: str = Field(foreign_key="paper.id", primary_key=True)
    taken_at: datetime = Field(primary_key=True)
    upvotes: int
    comments: int
    code_stars: int | None = None
