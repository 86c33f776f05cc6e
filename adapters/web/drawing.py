"""What templates are given of the core's texts: rows of papers, spans, messages. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.identifiers import find_identifier
from bot.markup import Card, Message
from bot.pages import Digests, Edition, Paper
from bot.periods import Period, Span

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = "January February March April May June July August September October November December".split()
_MAIL = "email"
_LOOKS = ("slack", "discord", _MAIL)


@dataclass(frozen=True, slots=True)
class Look:
    """How a digest looks on a platform.

    Args:
        subject: of a mail.
        pictures: whether it shows any; a mail loads nothing.
        payloads: what the platform would be sent; None where no adapter for it is installed.
    """

    name: str
    label: str
    messages: Sequence[Message]
    subject: str
    pictures: bool
    payloads: Sequence[Any] | None


def long_day(day: date) -> str:
    """`29 July 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def weekday(day: date) -> str:
    """`Wednesday`."""
    return _WEEKDAYS[day.weekday()]


def heading(period: Period) -> tuple[str, str]:
    """The small line above a list's title, and the title."""
    if period.span is Span.WEEK:
        year, week, _ = period.first.isocalendar()
        return f"{_short(period.first)} – {_short(period.last)} {period.last.year}", f"Week {week}, {year}"
    if period.span is Span.MONTH:
        return "All lists of", f"{_MONTHS[period.first.month - 1]} {period.first.year}"
    return weekday(period.first), long_day(period.first)


def name_of(period: Period) -> str:
    """A list in a sentence or on a link: `29 July 2026`, `Week 31, 2026`, `July 2026`."""
    return heading(period)[1]


def _short(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1][:3]}"


def path_of_list(period: Period) -> str:
    """Where a list lies on the site."""
    return f"/papers/{period.span.value}/{period.name}"


def is_whole(edition: Edition) -> bool:
    """Whether the list grows no more."""
    return edition.standing.polled_at is not None and edition.standing.unsettled == 0


def thumbnail_path(card: Card) -> str | None:
    """Where the site shows the thumbnail of a card, if it is a paper's and has one."""
    identifier = find_identifier(card.title.url or "") if card.image_url else None
    return f"/thumb/{identifier}" if identifier else None


def people(paper: Paper, most: int = 6) -> str:
    """`Ada Lovelace, Alan Turing and 9 more`."""
    names = paper.authors
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def looks(digests: Digests, previews: Mapping[str, Callable[[Message], Any]]) -> list[Look]:
    """A digest on each platform that a preview draws: a thread, or one mail."""
    found = []
    for name in _LOOKS:
        mail = digests.mail if name == _MAIL else None
        messages, preview = [mail] if mail else digests.messages, previews.get(name)
        payloads = [preview(message) for message in messages] if preview else None
        subject = (mail.subject or mail.title) if mail else ""
        found.append(Look(name, name.capitalize(), messages, subject, mail is None, payloads))
    return found
