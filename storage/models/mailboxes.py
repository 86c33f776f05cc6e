"""Mailboxes, and who is to say first that they want mail."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Mailbox(SQLModel, table=True):
    """A mailbox whose owner has said that they want mail.

    Args:
        place: as a subscription has it.
        generation: random; the links that manage the mailbox name it, and with another one, or without a row,
            they are void.
    """

    place: str = Field(primary_key=True)
    generation: int
    confirmed_at: datetime


class OptIn(SQLModel, table=True):
    """A subscription that somebody has asked for and the owner of the mailbox has not confirmed yet.

    Args:
        token: what the link in the mail calls it; random.
        delivery: the token of the delivery that asks the owner.
        filter: canonical text.
        wish: what else was said, as `bot.wishes.spoken` says it.
        zone: an IANA name, for where the wish names none.
        box: stands for all addresses that lead to this mailbox, so that they are counted together.
        origin: stands for the network or the person that asked: it can be counted and not be read.
        confirmed_at: when it was confirmed; then it cannot be again.
    """

    __tablename__ = "opt_in"

    token: str = Field(primary_key=True)
    delivery: str = Field(index=True)
    place: str = Field(index=True)
    filter: str
    wish: str
    zone: str
    box: str = Field(index=True)
    origin: str = Field(index=True)
    asked_at: datetime = Field(index=True)
    confirmed_at: datetime | None = None
