"""Whether a process does its work, from what is known of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

SOURCE_FRESH = timedelta(hours=2)
"""How old the last answer of the source may be: a process asks every ten minutes, so a dozen have failed."""


@dataclass(frozen=True, slots=True)
class Listening:
    """How one platform stands that is to listen for commands.

    Args:
        now: whether it listens.
        since: when that began (UTC).
    """

    now: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What readiness is decided from.

    Args:
        database: what is wrong with it, in a sentence that names no address; None where it can be used.
        platforms: those that are to listen, by name; empty for a process that only sends.
        newest: the newest edition with papers; None where there is none, or it is not known.
        read_at: when the source last answered (UTC); None where it never did, or it is not known.
    """

    database: str | None
    platforms: Mapping[str, Listening]
    newest: date | None
    read_at: datetime | None


def problems(facts: Facts, now: datetime) -> list[str]:
    """Why a process is not ready, a sentence each; empty when it is.

    One platform that listens is enough: the other's trouble must not take this one from the people who use
    it. Where the database is silent, nothing is known of the source.
    """
    found = []
    if facts.database:
        found.append(facts.database)
    if facts.platforms and not any(platform.now for platform in facts.platforms.values()):
        found.append(f"no platform listens for commands (wanted: {', '.join(sorted(facts.platforms))})")
    if not facts.database and facts.read_at is None:
        found.append("the source of papers has not been read yet")
    elif facts.read_at is not None and now - facts.read_at > SOURCE_FRESH:
        minutes = int((now - facts.read_at).total_seconds() // 60)
        found.append(f"the source of papers was last read {minutes} minutes ago")
    return found


def report(facts: Facts, now: datetime) -> dict[str, object]:
    """The decision with what it was made from, as JSON can hold it."""
    wrong = problems(facts, now)
    age = age_seconds(facts.read_at, now)
    return {
        "ready": not wrong,
        "problems": wrong,
        "database": "usable" if facts.database is None else "not usable",
        "platforms": {
            name: {"listening": platform.now, "since": platform.since.isoformat(timespec="seconds")}
            for name, platform in sorted(facts.platforms.items())
        },
        "newest_edition": facts.newest.isoformat() if facts.newest else None,
        "source_age_seconds": None if age is None else int(age),
    }


def age_seconds(moment: datetime | None, now: datetime) -> float | None:
    """Seconds since `moment`; not less than 0, as clocks of several machines differ a little."""
    return None if moment is None else max((now - moment).total_seconds(), 0.0)
