"""Looks for a message of ours on Slack, a page at a time, and goes on where a page was refused."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.slack.api import Api, part, unusable, words
from bot.adapter import CLOCKS_DIFFER, AdapterError, RateLimited, Temporary
from bot.places import Place
from bot.recent import Recent

EVENT = "daily_papers_part"
"""The type of the metadata that names a message of ours."""
_PAGE, _PAGES = 15, 70
"""Messages of a call, and calls of a search: a thousand messages. An app that is sold outside of the
Marketplace gets 15 at the most, and one call a minute (docs.slack.dev, conversations.history)."""
_SEARCHES = 1_000
_GOES_ON = 180.0
"""Seconds for which a search is remembered: less than a claim lasts, so that nobody else can have posted the
message meanwhile, and more than the minute that Slack asks for."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a search was refused.

    Args:
        cursor: of the page.
        until: when it is to begin anew.
    """

    cursor: str
    until: float


class Finder:
    """The searches of an adapter.

    Args:
        clock: seconds, for how long one is remembered.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stands: Recent[tuple[str, str], _Stand] = Recent(_SEARCHES)

    def forget(self, place: Place, key: str) -> None:
        """Begin anew at the next search: the message is being posted."""
        self._stands.drop((str(place), key))

    async def find(
        self, api: Api, place: Place, channel: str, thread_ts: str | None, key: str, since: datetime | None
    ) -> str | None:
        """The `ts` of the message with that key, or None. Raises an AdapterError.

        Args:
            since: as in `bot.adapter.Adapter.find`.
        """
        name = (str(place), key)
        cursor = self._cursor(name)
        for _ in range(_PAGES):
            try:
                page = await _page(api, channel, thread_ts, cursor)
            except RateLimited as refused:
                self._stands.put(name, _Stand(cursor, self._clock() + _GOES_ON))
                # Slack counts each method by itself: what may not be read may be posted.
                raise RateLimited(str(refused), refused.retry_after) from refused
            except Temporary:
                self._stands.put(name, _Stand(cursor, self._clock() + _GOES_ON))
                raise
            except AdapterError:
                self._stands.drop(name)
                raise
            for posted in page["messages"]:
                if _key(posted) == key and (ts := words(posted, "ts")):
                    self._stands.drop(name)
                    return ts
            cursor = words(part(page, "response_metadata"), "next_cursor")
            if not cursor or (not thread_ts and since and _all_before(page["messages"], since)):
                break
        self._stands.drop(name)
        return None

    def _cursor(self, name: tuple[str, str]) -> str:
        stand = self._stands.get(name)
        return stand.cursor if stand and self._clock() < stand.until else ""


async def _page(api: Api, channel: str, thread_ts: str | None, cursor: str) -> dict[str, Any]:
    """A thread comes oldest first, a channel latest first. No time is asked for: where our clock is ahead of
    Slack's, that would hide the message, and it would be posted twice."""
    asked: dict[str, Any] = {"channel": channel, "limit": _PAGE, "include_all_metadata": True}
    if cursor:
        asked["cursor"] = cursor
    if thread_ts:
        page = await api.ask(api.web.conversations_replies(ts=thread_ts, **asked))
    else:
        page = await api.ask(api.web.conversations_history(**asked))
    if not isinstance(page.get("messages"), list):
        raise unusable()
    return page


def _all_before(messages: list[Any], since: datetime) -> bool:
    """Whether the last of some messages is older than a message that was posted at `since` can be."""
    posted = _posted_at(words(messages[-1], "ts")) if messages else None
    return posted is None or posted < (since - CLOCKS_DIFFER).timestamp()


def _posted_at(ts: str) -> float | None:
    """When a message was posted, in seconds since 1970; None where that cannot be read."""
    try:
        return float(ts)
    except ValueError:
        return None


def _key(posted: object) -> str:
    """The part key of a message of ours; empty for any other."""
    metadata = part(posted, "metadata")
    return words(part(metadata, "event_payload"), "key") if metadata.get("event_type") == EVENT else ""
