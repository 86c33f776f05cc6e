"""Feeds that one person reads."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class PrivateFeed(SQLModel, table=True):
    """The feed of somebody's subscriptions. Who knows its secret reads it; the secret itself is not kept.

    Args:
        who: as `bot.request.Request.who`.
        salt: what the secret is derived from, beside `who` and the secret of the bot; random, so that a feed
            that was renewed or forgotten never comes back.
        lookup: a hash of the secret, by which a feed is found.
    """

    __tablename__ = "private_feed"

    who: str = Field(primary_key=True)
    salt: str
    lookup: str = Field(unique=True)
    created_at: datetime
