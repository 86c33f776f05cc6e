"""Filters that buttons name."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class SavedSearch(SQLModel, table=True):
    """A filter that the buttons of an answer name by its token, so that they work for months and stay short.

    Args:
        token: made of `filter`, so that one filter is kept once; see `storage.searches.token_of`.
        filter: canonical text.
        used_at: when an answer last carried the token, to the day.
    """

    __tablename__ = "saved_search"

    token: str = Field(primary_key=True)
    filter: str
    used_at: datetime = Field(index=True)
