"""Workspaces in which the bot is installed with a token of their own."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Installation(SQLModel, table=True):
    """The bot in one workspace. What it was told there stays when it is removed, but for the token.

    Args:
        name: the platform's identifier of the workspace: what stands before the slash of its places.
        token: sealed, see `bot.sealing`; empty once the bot was removed.
        enterprise: the organisation that the workspace is part of, if it is.
        bot: the platform's identifier of the bot there.
        title: what people call the workspace.
        removed_at: None while it is installed.
    """

    platform: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    token: str
    enterprise: str | None = None
    bot: str = ""
    title: str = ""
    installed_at: datetime
    removed_at: datetime | None = None
