"""What all processes together may do only so often."""

from sqlmodel import Field, SQLModel


class Budget(SQLModel, table=True):
    """Something that every process of the bot may do, and all of them together only so often.

    Args:
        name: of whom is asked, such as `discord`, or the work that one does for all, such as `turn ingest`.
        free_at: when it may be done next, in seconds since 1970 by the database's clock.
    """

    name: str = Field(primary_key=True)
    free_at: float
