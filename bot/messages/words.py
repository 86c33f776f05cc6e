"""Days, moments and weekdays in words. Not by locale: every reader and every test sees the same."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.schedule import Scheduled, parse_weekdays, quiet_days
from storage.models import Cadence

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_name(day: date) -> str:
    """`Wed 29 Jul 2026`."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def days_name(first: date, last: date) -> str:
    """`Wed 29 Jul 2026`, or `Mon 27 Jul – Wed 29 Jul 2026`."""
    if first == last:
        return day_name(first)
    return f"{day_name(first).removesuffix(f' {last.year}')} – {day_name(last)}"


def moment_name(moment: datetime, zone: ZoneInfo) -> str:
    """`Wed 29 Jul 2026, 09:00 Europe/Paris`."""
    local = moment.astimezone(zone)
    return f"{day_name(local.date())}, {local:%H:%M} {zone.key}"


def weekdays_name(weekdays: Iterable[int]) -> str:
    """`Mon–Fri`, `every day`, `Mon, Wed`; 0 is Monday."""
    days = sorted(weekdays)
    if len(days) == 7:
        return "every day"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{_WEEKDAYS[days[0]]}–{_WEEKDAYS[days[-1]]}"
    return ", ".join(_WEEKDAYS[day] for day in days)


def schedule_name(subscription: Scheduled) -> str:
    """`Mon–Fri at 09:00 Europe/Paris`, `Every day at 09:00 UTC`, `As soon as an edition has settled`."""
    said = schedule_phrase(subscription)
    return f"{said[:1].upper()}{said[1:]}"


def schedule_phrase(subscription: Scheduled) -> str:
    """The same within a sentence: `every day at 09:00 UTC`."""
    if subscription.cadence is Cadence.EACH:
        return "as soon as an edition has settled"
    days = weekdays_name(parse_weekdays(subscription.weekdays) - quiet_days(subscription.quiet))
    return f"{days} at {subscription.local_time:%H:%M} {subscription.zone}"
