"""What came back from one request, and whether to ask again. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any

from bot.cleaning import clean
from bot.text import counted

MOST_ATTEMPTS = 4
FIRST_PAUSE = 1.0
"""Seconds; most that is waited before the second attempt. Each later one may wait twice as long."""
LONGEST_WAIT = 60.0
"""Seconds. Who asks for more gets it: the reader gives up and says when to come back."""

_LATER = "try again in some minutes"
_CHECK = "check DAILY_PAPERS_SOURCE_URL"
_LONGEST_QUOTE = 120
_MOST_DIGITS = 20

# Two drafts of the header: `"api";r=0;t=54`, as Hugging Face sends it, and `remaining=0, reset=54`.
_RATE_LIMIT = re.compile(r"(?:^|[;,\s])(?:t|reset)\s*=\s*(\d{1,9})(?!\d)", re.ASCII)
_SECONDS = re.compile(r"\d{1,10}", re.ASCII)
# No server means a pause of three years: what is larger is a moment, in seconds since 1970.
_EPOCH = 100_000_000


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request brought no list.

    Args:
        what: what happened, as it follows the host's name in a sentence.
        advice: what helps.
        passing: whether the same request may succeed within a minute.
        wait: seconds that the server asked to wait, if it did.
    """

    what: str
    advice: str = _LATER
    passing: bool = False
    wait: float | None = None

    def sentence(self, host: str) -> str:
        """What happened and what helps, for a person."""
        return f"{host} {self.what}; {self.advice}"


UNREACHABLE = Failure("is out of reach", f"check the network, or {_LATER}", passing=True)
TOO_LATE = Failure("did not answer in time", passing=True)
TOO_LARGE = Failure("answered with more than a list of papers can hold")
ENDLESS = Failure("sent us on too often", _CHECK)
BAD_ADDRESS = Failure("is no address that can be asked", _CHECK)


@dataclass(frozen=True, slots=True)
class Pause:
    """How long to wait: `least` seconds, and a random share of `spread` more, so that many do not come at
    once."""

    least: float
    spread: float


def pause_after(failure: Failure, attempt: int, most: int = MOST_ATTEMPTS) -> Pause | None:
    """The pause before the same request is made again, or None to give up.

    Args:
        attempt: how many requests have failed, this one included; from 1.
        most: how many requests there may be in all.
    """
    if not failure.passing or attempt >= most:
        return None
    if failure.wait is None:
        return Pause(0.0, FIRST_PAUSE * 2 ** (attempt - 1))
    return Pause(failure.wait, FIRST_PAUSE) if failure.wait <= LONGEST_WAIT else None


def _whole(digits: str) -> int:
    """A whole number; one that no column holds is cut, lest Python refuse the whole answer over it."""
    return int(digits[:_MOST_DIGITS])


def read_answer(
    status: int, headers: Mapping[str, str], body: bytes, day: date | None, now: datetime
) -> list[Any] | Failure:
    """The decoded list, or why there is none.

    Args:
        day: what was asked for; None for the newest.
        now: aware, for a `Retry-After` that is a date.
    """
    if status == 200:
        return _read_list(body)
    if status == 429:
        return _limited(asked_wait(headers, now))
    if status >= 500:
        return Failure(f"is in trouble ({status})", passing=True, wait=asked_wait(headers, now))
    if status == 400 and day:
        word = _quote(body)
        return Failure(
            f"has no list for {day} yet" + (f" ({word})" if word else ""), "ask for an earlier day"
        )
    if status == 404:
        return Failure("has no list of daily papers", _CHECK)
    return Failure(f"refused to answer ({status})", f"{_CHECK}, or {_LATER}")


def sent_on(host: str | None) -> Failure:
    """A redirect that is not followed: a login page, a proxy, another service."""
    return Failure(f"sent us on to {clean(host or 'an address without a host', _LONGEST_QUOTE)}", _CHECK)


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a server asks to wait: `Retry-After` (RFC 9110, section 10.2.3, seconds or a date), or
    when the window of `RateLimit`, `RateLimit-Reset` or `X-RateLimit-Reset` ends. None without any."""
    if (retry_after := headers.get("Retry-After", "").strip()) and (
        wait := _wait(retry_after, now)
    ) is not None:
        return wait
    if found := _RATE_LIMIT.search(headers.get("RateLimit", "")):
        return _wait(found[1], now)
    resets = (headers.get(name, "").strip() for name in ("RateLimit-Reset", "X-RateLimit-Reset"))
    return next((wait for reset in resets if reset and (wait := _wait(reset, now)) is not None), None)


def _wait(value: str, now: datetime) -> float | None:
    if _SECONDS.fullmatch(value):
        seconds = float(value)
        return max(0.0, seconds - now.timestamp()) if seconds > _EPOCH else seconds
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _limited(wait: float | None) -> Failure:
    if wait is None or wait <= LONGEST_WAIT:
        return Failure("answers too many requests now (429)", passing=True, wait=wait)
    advice = f"come back in {counted(ceil(wait / 60), 'minute')}"
    return Failure("answers no more requests for now (429)", advice, passing=True, wait=wait)


def _read_list(body: bytes) -> list[Any] | Failure:
    if body.lstrip()[:1] == b"<":
        return Failure("answered with a web page instead of a list of papers")
    try:
        answer = json.loads(body, parse_int=_whole)
    except UnicodeDecodeError:
        return Failure("answered in an encoding that is not UTF-8")
    except (ValueError, RecursionError):
        return Failure("answered with broken JSON", passing=True)
    if isinstance(answer, list):
        return answer
    word = _quote(body)
    return Failure("answered with something else than a list of papers" + (f" ({word})" if word else ""))


def _quote(body: bytes) -> str:
    """The server's own word, `{"error": "..."}`, in at most 120 characters; empty where there is none."""
    try:
        answer = json.loads(body, parse_int=_whole)
    except (ValueError, RecursionError):
        return ""
    word = answer.get("error") if isinstance(answer, dict) else None
    return clean(word, _LONGEST_QUOTE) if isinstance(word, str) else ""
