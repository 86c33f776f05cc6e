"""What somebody wants of a subscription, out of a typed line or the fields of a form. Pure.

    diffusion -survey daily 09:00 on mon,wed in Europe/Paris style compact most 10

The filter comes first; what follows it is read from the end, so that a filter may hold any of these words
elsewhere, or in quotes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import time
from typing import Any

from bot.schedule import ScheduleError, parse_time, parse_weekdays, parse_zone, short_weekdays
from storage.models import Cadence, Style

MOST_PAPERS = 100
"""The most papers on their own that a subscription can ask for."""

EACH_HAS_NO_TIME = (
    "each comes as soon as an edition has settled, at no time or weekday of its own; "
    "leave those out, or write daily"
)


class WishError(ValueError):
    """Something that cannot be read. The text says what to write instead.

    Args:
        field: which field of a form it stands in.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Wish:
    """What was said; None is nothing said.

    Args:
        filter: as typed.
        weekdays: 0 is Monday.
        zone: an IANA name.
        most, least: 0 takes the bound away.
        late: late papers are added to the thread of their day.
        email: where it is to go instead of direct messages, as typed.
    """

    filter: str | None = None
    cadence: Cadence | None = None
    local_time: time | None = None
    weekdays: frozenset[int] | None = None
    zone: str | None = None
    style: Style | None = None
    most: int | None = None
    least: int | None = None
    explain: bool | None = None
    late: bool | None = None
    email: str | None = None

    @property
    def has_time(self) -> bool:
        """Whether a time of day or weekdays were said."""
        return self.local_time is not None or self.weekdays is not None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said at all."""
        return all(getattr(self, each.name) is None for each in fields(self))


def spoken(wish: Wish) -> str:
    """What a wish says beside its filter, as it can be typed; `wish_in` reads it back."""
    words = [wish.cadence.value] if wish.cadence else []
    if wish.local_time is not None:
        words += [] if wish.cadence else ["at"]
        words.append(f"{wish.local_time:%H:%M}")
    for name, value in (
        ("on", wish.weekdays and short_weekdays(wish.weekdays)),
        ("in" if re.fullmatch(_PLAIN_ZONE, wish.zone or "", re.IGNORECASE) else "in zone", wish.zone),
        ("style", wish.style),
        ("most", wish.most if wish.most is None else wish.most or "all"),
        ("least", wish.least),
        ("explain", _said(wish.explain, "on", "off")),
        ("late", _said(wish.late, "append", "next")),
        ("by email", wish.email),
    ):
        words += [name, str(value)] if value is not None else []
    return " ".join(words)


def _said(switch: bool | None, on: str, off: str) -> str | None:
    return None if switch is None else on if switch else off


_LONGEST = 100
"""Characters of what is said beside the filter, each."""
_LONGEST_ADDRESS = 254
_DAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_PLAIN_ZONE = r"[a-z_]+(?:/[a-z0-9_+-]+)+|UTC|GMT"
_TIME = r"(?:at\s+)?\d{1,2}:\d{2}"
_ENDINGS = tuple(
    re.compile(rf"(?:^|\s){ending}$", re.IGNORECASE)
    for ending in (
        rf"in\s+(?P<zone>{_PLAIN_ZONE})",
        r"in\s+zone\s+(?P<zone>\S+)",  # others could be words of a filter: Japan, Eire
        rf"on\s+(?P<days>{_DAY}(?:\s*[-,–]\s*{_DAY})*)",
        rf"(?P<when>(?:daily|each|weekly(?:\s+(?:on\s+)?{_DAY})?)(?:\s+{_TIME})?)",
        r"at\s+(?P<time>\d{1,2}:\d{2})",
        r"style\s+(?P<style>thread|compact)",
        r"most\s+(?P<most>\d{1,4}|all)",
        r"least\s+(?P<least>\d{1,4})",
        r"explain\s+(?P<explain>on|off)",
        r"late\s+(?P<late>append|next)",
        r"by\s+e-?mail\s+(?P<email>\S+@\S+)",
    )
)
_HALF_A_TIME = re.compile(
    rf"(?:^|\s)(?:daily|weekly(?:\s+(?:on\s+)?{_DAY})?)\s+(?:at\s+)?\d{{1,2}}(?::\d)?(?:\s*[ap]\.?m\.?)?$",
    re.IGNORECASE,
)
"""What would become words of the filter, and is meant for a time: `daily 9`, `weekly mon 9am`."""
_WHEN = re.compile(
    rf"(?P<cadence>daily|weekly|each)?(?:\s*(?:on\s+)?(?P<days>{_DAY}(?:\s*[-,–]\s*{_DAY})*))?"
    r"(?:\s*(?:at\s+)?(?P<time>\d{1,2}:\d{2}))?",
    re.I,
)


def wish_in(text: str) -> Wish:
    """What a typed line says. Raises WishError."""
    said: dict[str, str] = {}
    rest = " ".join(text.split())
    while found := next((match for pattern in _ENDINGS if (match := pattern.search(rest))), None):
        for name, value in found.groupdict().items():
            if name in said:
                raise WishError(f'"{name}" is said twice; keep one of them', name)
            said[name] = value
        rest = rest[: found.start()].rstrip()
    if _HALF_A_TIME.search(rest):
        raise WishError("write the time with its minutes, for example daily 09:00", "when")
    if "days" in said and _names_a_day(said.get("when", "")):
        raise WishError("the weekday is said twice; keep one of them", "when")
    return wish_of(said | ({"filter": rest} if rest else {}))


def consistent(wish: Wish) -> Wish:
    """The wish itself. Raises WishError where it says a time or weekdays of what comes at none."""
    if wish.cadence is Cadence.EACH and (wish.local_time or wish.weekdays):
        raise WishError(EACH_HAS_NO_TIME, "when")
    return wish


def wish_of(said: Mapping[str, str]) -> Wish:
    """What the fields of a form, or typed options, say. An empty field says nothing, but for the filter
    (every paper) and the bounds (none).

    Raises WishError.
    """
    values = {name: " ".join(value.split()) for name, value in said.items() if name in _READERS}
    values |= {name: "all" for name in ("most", "least") if values.get(name) == ""}
    if _names_a_day(values.get("when", "")):
        values.pop("days", None)
    wish = Wish(filter=said["filter"].strip()) if "filter" in said else Wish()
    for name, reader in _READERS.items():
        longest = _LONGEST_ADDRESS if name == "email" else _LONGEST
        if len(values.get(name, "")) > longest:
            raise WishError(f"that is too long; {longest} characters are enough", name)
        if values.get(name):
            try:
                wish = replace(wish, **reader(values[name]))
            except (ScheduleError, ValueError) as problem:
                raise WishError(str(problem), name) from problem
    if wish.cadence is Cadence.WEEKLY and wish.weekdays is not None and len(wish.weekdays) != 1:
        raise WishError("a weekly digest comes on one day; write for example weekly mon 09:00", "when")
    if wish.cadence is Cadence.EACH and wish.has_time:
        raise WishError(EACH_HAS_NO_TIME, "when")
    return wish


def _names_a_day(when: str) -> bool:
    """`weekly mon 09:00`: other weekdays that stood in a form before count no more."""
    found = _WHEN.fullmatch(when)
    return found is not None and bool(found["days"])


def merged(first: Wish, second: Wish) -> Wish:
    """What either says; where both say it, the second counts."""
    said = {each.name: value for each in fields(Wish) if (value := getattr(second, each.name)) is not None}
    return replace(first, **said)


def _when(text: str) -> dict[str, Any]:
    """`daily`, `daily 09:00`, `weekly mon 09:00`, `each`, `mon-fri 09:00`, `09:00`."""
    found = _WHEN.fullmatch(text)
    if found is None or not text:
        raise ValueError(f'"{text}" is no time; write daily 09:00, weekly mon 09:00, or each')
    read: dict[str, Any] = {}
    if found["cadence"]:
        read["cadence"] = Cadence(found["cadence"].lower())
    if found["days"]:
        read |= _days(found["days"])
    if found["time"]:
        read |= _time(found["time"])
    return read


def _days(text: str) -> dict[str, Any]:
    return {"weekdays": parse_weekdays(text)}


def _time(text: str) -> dict[str, Any]:
    return {"local_time": parse_time(text.lower().removeprefix("at ").strip())}


def _zone(text: str) -> dict[str, Any]:
    return {"zone": parse_zone(text).key}


def _style(text: str) -> dict[str, Any]:
    if text.lower() not in (Style.THREAD, Style.COMPACT):
        raise ValueError(f'"{text}" is no style; write thread or compact')
    return {"style": Style(text.lower())}


def _number(name: str) -> Callable[[str], dict[str, Any]]:
    def read(text: str) -> dict[str, Any]:
        if text.lower() in ("all", "none"):
            return {name: 0}
        if not (text.isascii() and text.isdigit() and int(text[:6]) <= MOST_PAPERS and len(text) <= 6):
            raise ValueError(f'"{text}" is no number of papers; write 1 to {MOST_PAPERS}, or all')
        return {name: int(text)}

    return read


def _switch(name: str, on: tuple[str, ...], off: tuple[str, ...]) -> Callable[[str], dict[str, Any]]:
    def read(text: str) -> dict[str, Any]:
        if text.lower() not in (*on, *off):
            raise ValueError(f'"{text}" is neither {on[0]} nor {off[0]}')
        return {name: text.lower() in on}

    return read


_READERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "when": _when,
    "days": _days,
    "time": _time,
    "zone": _zone,
    "style": _style,
    "most": _number("most"),
    "least": _number("least"),
    "explain": _switch("explain", ("on", "yes"), ("off", "no")),
    "late": _switch("late", ("append",), ("next",)),
    "email": lambda text: {"email": text},
}
