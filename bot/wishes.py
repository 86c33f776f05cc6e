"""What somebody wants of a subscription, out of a typed line or the fields of a form. Pure.

    diffusion -survey daily 09:00 on mon,wed in Europe/Paris style compact most 10

The filter comes first; what follows it is read from the end, so that a filter may hold any of these words
elsewhere, or in quotes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import time
from typing import Any

from bot.leftovers import leftover_in, option_alone
from bot.schedule import ScheduleError, parse_time, parse_weekdays, parse_zone, short_weekdays
from bot.wish_words import PLAIN_ZONE, WHEN, ending_of
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
        ("in" if PLAIN_ZONE.fullmatch(wish.zone or "") else "in zone", wish.zone),
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


def wish_in(text: str) -> Wish:
    """What a typed line says. Raises WishError, also where words of the filter are plainly none."""
    said: dict[str, str] = {}
    rest = " ".join(text.split())
    while found := ending_of(rest):
        for name, value in found.groupdict().items():
            if name in said:
                raise WishError(f'"{name}" is said twice; keep one of them', name)
            said[name] = value
        rest = rest[: found.start()].rstrip()
    if left := leftover_in(rest):
        raise WishError(*left)
    if "days" in said and _names_a_day(said.get("when", "")):
        raise WishError("the weekday is said twice; keep one of them", "when")
    return wish_of(said | ({"filter": rest} if rest else {}))


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
    found = WHEN.fullmatch(when)
    return found is not None and bool(found["days"] or found["after"])


def wish_said(text: str, fields: Mapping[str, str], changes: bool = False) -> Wish:
    """What a typed line and the fields beside it say; where both say it, a field counts. Raises WishError.

    Args:
        changes: a subscription that is there, so that the name of an option alone is no new filter.
    """
    typed = merged(wish_in(text), wish_in(fields.get("typed", "")))
    if changes and typed.filter and (left := option_alone(typed.filter)):
        raise WishError(*left)
    return merged(typed, wish_of(fields))


def merged(first: Wish, second: Wish) -> Wish:
    """What either says; where both say it, the second counts."""
    said = {each.name: value for each in fields(Wish) if (value := getattr(second, each.name)) is not None}
    return replace(first, **said)


def _when(text: str) -> dict[str, Any]:
    """`daily`, `daily 09:00`, `weekly mon 09:00`, `each`, `mon-fri 09:00`, `09:00`, `every monday`."""
    found = WHEN.fullmatch(text)
    lead = " ".join(found["lead"].lower().split()) if found and found["lead"] else ""
    if found is None or not text or (lead == "every" and not found["days"]):
        raise ValueError(f'"{text}" is no time; write daily 09:00, weekly mon 09:00, or each')
    if found["days"] and found["after"]:
        raise ValueError("the weekday is said twice; keep one of them")
    read: dict[str, Any] = {}
    if days := found["days"] or found["after"]:
        read |= _days(days)
    if lead in ("each", "every") and found["days"]:
        read["cadence"] = Cadence.WEEKLY if len(read["weekdays"]) == 1 else Cadence.DAILY
    elif lead:
        read["cadence"] = _CADENCES[lead.replace("every", "each")]
    if found["time"]:
        read |= _time(found["time"])
    return read


_CADENCES = {
    **{cadence.value: cadence for cadence in Cadence},
    "each day": Cadence.DAILY,
    "each week": Cadence.WEEKLY,
}


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
