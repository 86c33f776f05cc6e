"""Strict stand-ins for the platforms' HTTP services, on loopback. Each is an aiohttp server.

A fake checks tokens and limits as the platform documents them, keeps what was posted in `transcript`,
and misbehaves on request: `fake.fail_next("500", "lost")` spoils the next two posting calls.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Fault = Literal[
    "429",  # rate limited, with the platform's real headers
    "500",  # an internal error
    "html",  # a 502 with an HTML body
    "drop",  # the connection closes before anything is done
    "lost",  # the message is posted, then the connection closes without an answer
    "slow",  # the message is posted, and the answer comes after a while: perhaps when nobody waits any more
    "gone",  # the place is gone
    "revoked",  # the token is revoked
    "invalid",  # the message is called malformed
]


@dataclass(frozen=True)
class Posted:
    """One message as the platform keeps it.

    Args:
        place: the address of the place it was posted to: a channel, a forum, or `@person`.
        thread: the id of the thread it stands in, or None.
        id: the message's id on the platform.
        text: all that a reader sees, markup included, a line each.
        key: the part key that came with it (metadata, nonce), if any.
        body: the request as it came.
    """

    place: str
    thread: str | None
    id: str
    text: str
    key: str | None
    body: dict[str, Any] = field(repr=False)
