"""The secret in the address of a private feed. Pure.

It is derived, so that it can be said again and yet is kept nowhere: who reads the database reads no feed.
"""

import hmac
from hashlib import sha256

from bot.keys import key_for

_PURPOSE = "private feed"


def secret_of(key: str, who: str, salt: str) -> str:
    """The secret of somebody's feed: 40 characters of [0-9a-f], 160 bits.

    Args:
        key: the bot's own, `Settings.secret`.
        salt: random, of this feed.
    """
    said = "\n".join((who, salt))
    return hmac.new(key_for(key, _PURPOSE), said.encode(), sha256).hexdigest()[:40]


def lookup_of(secret: str) -> str:
    """By what a feed is found whose secret is known."""
    return sha256(f"{_PURPOSE}\n{secret}".encode()).hexdigest()
