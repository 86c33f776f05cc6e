"""`/papers feed`: the address of a person's own feed, and another one for it."""

import secrets

from pydantic import SecretStr

from bot.feed_keys import lookup_of, secret_of
from bot.messages import feeds as messages
from bot.request import Reply, Request
from storage import feeds
from storage.database import Database
from storage.models import PrivateFeed


class FeedCommands:
    """The use cases; each takes the request and the words behind the command's name.

    Args:
        root: the bot's public address; without it, or without a key, there are no private feeds.
        key: what secrets are derived from.
    """

    def __init__(self, database: Database, root: str | None, key: SecretStr | None) -> None:
        self._database = database
        self._root = root
        self._key = key

    async def feed(self, request: Request, rest: str) -> Reply:
        """Say where the person's feed is, for nobody else to see; behind `renew`, move it first."""
        if self._root is None or self._key is None:
            return Reply((messages.no_feeds(),))
        renew = bool(rest)
        key = self._key.get_secret_value()
        salt = secrets.token_hex(16)
        new = PrivateFeed(
            who=request.who,
            salt=salt,
            lookup=lookup_of(secret_of(key, request.who, salt)),
            created_at=request.now,
        )
        async with self._database.write() as session:
            kept = await feeds.keep_feed(session, new, renew)
            secret = secret_of(key, kept.who, kept.salt)
            if kept.lookup != lookup_of(secret):  # DAILY_PAPERS_SECRET is another one now
                kept = await feeds.keep_feed(session, new, renew=True)
                secret, renew = secret_of(key, kept.who, kept.salt), True
        return Reply((messages.own_feed(f"{self._root}/feed/{secret}", renew),))
