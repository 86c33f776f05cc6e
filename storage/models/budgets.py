"""What all processes together may ask of a platform."""

from sqlmodel import Field, SQLModel


class Budget(SQLModel, table=True):
    """A number of calls a second that every process of the bot shares.

    Args:
        name: of whom is asked, such as `discord`.
        free_at: when the next call may be made, in seconds since 1970 by the database's clock.
    """

    name: str = Field(primary_key=True)
    free_at: float
