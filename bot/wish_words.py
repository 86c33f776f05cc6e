"""How days, times and what else may stand behind a filter are typed. Pure."""

import re

from bot.schedule import ScheduleError, parse_zone

_DAY = (
    r"(?:mon(?:days?)?|tue(?:s|sdays?)?|wed(?:nesdays?)?|thu(?:r|rs|rsdays?)?|fri(?:days?)?|sat(?:urdays?)?"
    r"|sun(?:days?)?|weekdays?|weekends?)"
)
DAYS = rf"{_DAY}(?:(?:\s*[-,–]\s*|,?\s+and\s+){_DAY})*"
"""`mon-fri`, `tuesdays and thursdays`, `weekdays`."""
CLOCK = r"(?:\d{1,2}:\d{2}(?:\s*[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?)"
"""`09:00`, `8:30 pm`, `9am`."""
_TIME = rf"(?:at\s+)?{CLOCK}"
LEAD = r"(?:daily|weekly|(?:every|each)\s+(?:day|week))"
"""How often, without saying on which days."""
PLAIN_ZONE = re.compile(r"[a-z_]+(?:/[a-z0-9_+-]+)+|UTC|GMT", re.IGNORECASE)
"""Zones that `in` is enough for; others could be words of a filter: Japan, Eire."""

WHEN = re.compile(
    rf"(?P<lead>{LEAD}|each|every)?(?:\s*(?:on\s+)?(?P<days>{DAYS}))?"
    rf"(?:\s*(?:at\s+)?(?P<time>{CLOCK}))?(?:\s+(?:on\s+)?(?P<after>{DAYS}))?",
    re.IGNORECASE,
)
"""All that can be said of when, as a form holds it."""
_ENDINGS = tuple(
    re.compile(rf"(?:^|\s){ending}$", re.IGNORECASE)
    for ending in (
        rf"in\s+(?P<zone>{PLAIN_ZONE.pattern})",
        r"in\s+zone\s+(?P<zone>\S+)",
        rf"on\s+(?P<days>{DAYS})",
        rf"(?P<when>{LEAD}(?:\s+(?:on\s+)?{DAYS})?(?:\s+{_TIME})?"
        rf"|(?:every|each)\s+{DAYS}(?:\s+{_TIME})?"
        rf"|each(?:\s+{_TIME})?"
        r"|weekdays|weekends"
        rf"|(?:on\s+)?{DAYS}\s+{_TIME}"
        rf"|(?:{LEAD}\s+)?{_TIME}\s+{DAYS})",
        rf"at\s+(?P<time>{CLOCK})",
        r"style\s+(?P<style>thread|compact)",
        r"(?:at\s+)?most\s+(?P<most>\d{1,4}|all)",
        r"(?:at\s+)?least\s+(?P<least>\d{1,4})",
        r"explain\s+(?P<explain>on|off)",
        r"late\s+(?P<late>append|next)",
        r"by\s+e-?mail\s+(?P<email>\S+@\S+)",
    )
)
_BARE_ZONE = re.compile(
    r"(?:^|\s)(?P<zone>\S+/\S+|(?:(?<=:\d\d\s)|(?<=\d[ap]m\s)|(?<=\d\s[ap]m\s))(?:UTC|GMT))$", re.IGNORECASE
)
"""Without `in`: a name with a slash, or what follows a time."""


def ending_of(line: str) -> re.Match[str] | None:
    """The last thing that a line says beside its filter, in a group with its name."""
    found = next((match for pattern in _ENDINGS if (match := pattern.search(line))), None)
    if found or not (bare := _BARE_ZONE.search(line)):
        return found
    return bare if is_zone(bare["zone"]) else None


def is_zone(name: str) -> bool:
    """Whether a zone has that name."""
    try:
        parse_zone(name)
    except ScheduleError:
        return False
    return True
