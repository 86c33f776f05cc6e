"""What was meant for the schedule and would become words of a filter: what to write instead. Pure."""

import re
from typing import NamedTuple

from bot.schedule import ScheduleError, parse_time, parse_weekdays, short_weekdays
from bot.wish_words import CLOCK, DAYS, LEAD

_QUOTED = re.compile(r'["“”„][^"“”„]*["“”„]?')
_AREAS = "Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific"
_HOW_OFTEN = rf"(?<!\S)(?:{LEAD}|(?:weekly|every|each)\s+(?:on\s+)?{DAYS})\s+(?:at\s+)?"
_CLOCKS = (
    re.compile(rf"{_HOW_OFTEN}(?P<said>{CLOCK})(?!\S)", re.IGNORECASE),
    re.compile(rf"(?<!\S)(?P<said>{CLOCK})$", re.IGNORECASE),
    re.compile(r"(?<!\S)(?P<said>\d{1,2}:\d{2}(?:\s*[ap]\.?m\.?)?)(?!\S)", re.IGNORECASE),
)
_HALF_A_TIME = re.compile(
    _HOW_OFTEN + r"(?P<said>\d{1,2}(?:[.:h]\d{0,2})?|[01]\d[0-5]\d|noon|midnight)$",
    re.IGNORECASE,
)
_OTHER_RHYTHM = re.compile(
    r"(?<!\S)(?P<said>monthly|yearly|hourly|fortnightly|biweekly"
    r"|(?:every|each)\s+(?:month|year|hour|morning|evening))$",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?<!\S)(?P<said>(?P<word>max|maximum|top|limit|min|minimum)\s+(?P<number>\d{1,4}))$", re.IGNORECASE
)
_DAYS_AT_END = re.compile(rf"(?<!\S)(?P<said>{DAYS})$", re.IGNORECASE)
_NO_ZONE = re.compile(rf"(?<!\S)(?P<said>(?:{_AREAS})/\S+)$", re.IGNORECASE)
_ALONE = {
    "thread": "style thread",
    "compact": "style compact",
    "explain": "explain on",
    "late": "late append",
}


class Leftover(NamedTuple):
    """Words that cannot stay in a filter.

    Args:
        sentence: what to write instead.
        field: where it would belong in a form.
    """

    sentence: str
    field: str


def leftover_in(words: str) -> Leftover | None:
    """What stands outside of quotes in a filter and is plainly meant for something else, if anything."""
    bare = _QUOTED.sub('""', words)
    if found := _NO_ZONE.search(bare):
        said = found["said"]
        return Leftover(
            f'"{said}" is not a time zone; write a name such as Europe/Paris{_or_quoted(said)}', "zone"
        )
    if found := _HALF_A_TIME.search(bare):
        return Leftover(
            f"write the time with its minutes, for example daily 09:00{_or_quoted(found['said'])}", "when"
        )
    if found := _OTHER_RHYTHM.search(bare):
        said = found["said"]
        return Leftover(
            f"{said} is not one of daily, weekly and each; write one of them{_or_quoted(said)}", "when"
        )
    if found := _BOUND.search(bare):
        name = "least" if found["word"].lower().startswith("min") else "most"
        return Leftover(f"write {name} {found['number']}{_or_quoted(found['said'])}", name)
    if found := next((match for pattern in _CLOCKS if (match := pattern.search(bare))), None):
        return _clock(found["said"])
    if (found := _DAYS_AT_END.search(bare)) and not found["said"].isalpha():  # one day may be a word
        said = found["said"]
        return Leftover(f"write on {said}{_or_quoted(said)}", "days")
    return None


def option_alone(words: str) -> Leftover | None:
    """The same of words that change a subscription and would be its whole new filter."""
    meant = _ALONE.get(words.casefold())
    if meant is None and re.fullmatch(DAYS, words, re.IGNORECASE):
        meant = f"on {short_weekdays(parse_weekdays(words))}"
    return Leftover(f"write {meant}{_or_quoted(words)}", "filter") if meant else None


def _clock(said: str) -> Leftover:
    try:
        parse_time(said)
    except ScheduleError as problem:
        return Leftover(f"{problem}{_or_quoted(said)}", "when")
    return Leftover(
        f"write {said} at the end and say how often, for example daily {said} in Europe/Paris"
        f"{_or_quoted(said)}",
        "when",
    )


def _or_quoted(said: str) -> str:
    return f'; in quotes, "{said}" stays in the filter'
