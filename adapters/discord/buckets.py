"""How many calls of a route Discord takes before it wants a pause, those that are under way included. Pure.

https://discord.com/developers/docs/topics/rate-limits#header-format
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.recent import Recent
from bot.waiting import seconds_in

_REMEMBERED = 10_000
_SOON = 0.1
"""Seconds; about what an answer takes."""


@dataclass(slots=True)
class _Bucket:
    """A route's calls.

    Args:
        left: how many may begin before `ends`.
        ends: monotonic seconds.
        under_way: how many have begun and not been answered.
        limit: how many Discord takes in one window; 0 while it has not said so.
    """

    left: int = 0
    ends: float = 0.0
    under_way: int = 0
    limit: int = 0


class Buckets:
    """What Discord has said of each route. One of which it has said nothing is open.

    Discord counts several routes together now and then; what it says of one is not told of the others, which
    learn it with their next answers.
    """

    def __init__(self) -> None:
        self._known: Recent[str, _Bucket] = Recent(_REMEMBERED)

    def begin(self, route: str, now: float) -> float:
        """Count a call that begins now; 0, or the seconds until one may begin, and then none is counted.

        Args:
            now: monotonic seconds.
        """
        bucket = self._known.get(route)
        if bucket is None:
            bucket = _Bucket()
            self._known.put(route, bucket)
        if now < bucket.ends:
            if bucket.left <= 0:
                return bucket.ends - now
            bucket.left -= 1
        elif 0 < bucket.limit <= bucket.under_way:
            return _SOON  # of the new window nothing is known before one of these is answered
        bucket.under_way += 1
        return 0.0

    def end(self, route: str, now: float, headers: Mapping[str, str]) -> None:
        """A call was answered; the headers are empty where no answer came."""
        bucket = self._known.get(route)
        if bucket is None:  # forgotten meanwhile
            return
        bucket.under_way = max(bucket.under_way - 1, 0)
        remaining = headers.get("X-RateLimit-Remaining", "")
        pause = seconds_in(headers.get("X-RateLimit-Reset-After"))
        if pause is None or not (remaining.isascii() and remaining.isdigit() and len(remaining) < 10):
            return
        limit = headers.get("X-RateLimit-Limit", "")
        bucket.limit = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 10 else 0
        # Discord may have counted those that are under way, or not yet: the worse is supposed.
        left, is_new = int(remaining) - bucket.under_way, now >= bucket.ends
        bucket.left = left if is_new else min(bucket.left, left)
        bucket.ends = now + pause if is_new else max(bucket.ends, now + pause)
