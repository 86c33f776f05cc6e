"""Who changes something, and what is known of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.request import Request
from bot.schedule import short_zone
from storage import people
from storage.models import Person


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change.

    Args:
        who: as `bot.request.Request.who`; None for the command line.
        name: in words for a person.
        person: what is kept of them.
    """

    who: str | None = None
    name: str = "the command line"
    person: Person | None = None


async def author_of(session: AsyncSession, request: Request) -> Author:
    """The person behind a request, of whom is kept from now on where their messages go."""
    place = str(request.direct) if request.direct else None
    person = await people.known_person(session, request.who, place, request.now)
    return Author(request.who, request.who, person)


def local_date(zone: str | None, now: datetime) -> date:
    """The date in a zone at `now` (UTC); the UTC one where it is not known."""
    return now.astimezone(ZoneInfo(zone) if zone else UTC).date()


def away_until(person: Person | None, now: datetime, zone: str | None = None) -> date | None:
    """The first day on which somebody wants digests again who is on vacation at `now` (UTC); None where they
    are not.

    Args:
        zone: where days are counted; else where they are, as far as that is kept.
    """
    if person is None or person.vacation_until is None:
        return None
    return person.vacation_until if person.vacation_until > local_date(zone or person.zone, now) else None


async def zone_of(request: Request, person: Person | None) -> str | None:
    """Where a person is: what they said, else what their platform says; None where neither is known."""
    zone = person.zone if person and person.zone else await request.asker.zone()
    return zone and short_zone(zone)
