"""Which of a platform's connections a process takes, where several processes share them. Pure."""

import re
from dataclasses import dataclass

MOST = 10_000
"""More shards than any bot has; one of Discord's serves up to 2,500 servers."""
WRITE = "write which shards of how many, for example 0-3/16, 5/16 or 0,4,8/16"
_SHARDS = re.compile(r"(?P<which>[0-9,\- ]+)/ *(?P<count>[0-9]{1,6})")
_RANGE = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")


@dataclass(frozen=True, slots=True)
class Shards:
    """Some of so many shards.

    Args:
        ids: ascending, from 0 on, each below `count`.
    """

    ids: tuple[int, ...]
    count: int


def parse_shards(text: str) -> Shards:
    """Read `0-3/16`, `5/16` or `0,4,8-9/16`. Raises ValueError that says what to write."""
    found = _SHARDS.fullmatch(text.strip())
    if not found:
        raise ValueError(WRITE)
    count = int(found["count"])
    if not 1 <= count <= MOST:
        raise ValueError(f"there can be 1 to {MOST} shards; {WRITE}")
    ids: set[int] = set()
    for part in found["which"].split(","):
        span = _RANGE.fullmatch(part.strip())
        if not span:
            raise ValueError(WRITE)
        first, last = int(span[1]), int(span[2] or span[1])
        if first > last:
            raise ValueError(f"{first}-{last} is upside down; {WRITE}")
        if last >= count:
            raise ValueError(f"of {count} shards the last is {count - 1}, so there is no {last}; {WRITE}")
        ids.update(range(first, last + 1))
    return Shards(tuple(sorted(ids)), count)
