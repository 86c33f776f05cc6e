"""The columns of a subscription: what a wish sets, and how a change keeps them. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from pydantic import TypeAdapter

from bot.authors import Author
from bot.filters.growing import compares_numbers
from bot.filters.syntax import Filter
from bot.permissions import is_personal
from bot.places import parse_place
from bot.schedule import WEEKDAYS, ScheduleError, stored_weekdays
from bot.wishes import EACH_HAS_NO_TIME, Wish
from storage.models import Cadence, Style, Subscription

_WORKDAYS = stored_weekdays(frozenset(range(5)))


def draft(
    place: str, wanted: Filter, wish: Wish, author: Author, zone: str, style: Style, now: datetime
) -> Subscription:
    """A subscription that is not kept yet; see `Subscribing.create`. Raises ScheduleError."""
    person = author.person
    new = Subscription(
        place=place,
        owner=author.who,
        local_time=person.local_time if person and person.local_time else time(9),
        zone=zone,
        weekdays=_WORKDAYS,
        quiet=person.quiet if person and is_personal(parse_place(place)) else "",
        style=style,
        first_day=date.max,
        next_due_at=now,
        created_at=now,
        created_by=author.name,
    )
    for name, value in columns_of(wish, wanted, new).items():
        setattr(new, name, value)
    return new


def columns_of(wish: Wish, wanted: Filter | None, subscription: Subscription) -> dict[str, Any]:
    """The columns that a wish sets. Raises ScheduleError where they do not go together.

    Args:
        wanted: its filter; None to leave the filter.
        subscription: as it is.
    """
    values: dict[str, Any] = {}
    if wanted is not None:
        values |= {"filter": str(wanted), "rechecks": compares_numbers(wanted)}
        through = subscription.planned_through
        if values["rechecks"] and through and values["filter"] != subscription.filter:
            # Papers are asked again; those from before the change would all seem to be rising.
            values["first_day"] = max(subscription.first_day, through)
    said = {
        "cadence": wish.cadence,
        "local_time": wish.local_time,
        "weekdays": wish.weekdays and stored_weekdays(wish.weekdays),
        "zone": wish.zone,
        "style": wish.style,
        "explain": wish.explain,
        "append_late": wish.late,
    }
    values |= {name: value for name, value in said.items() if value is not None}
    for name, bound in (("max_papers", wish.most), ("least_papers", wish.least)):
        if bound is not None:
            values[name] = bound or None
    cadence = values.get("cadence", subscription.cadence)
    if cadence is not subscription.cadence and "weekdays" not in values:
        values["weekdays"] = WEEKDAYS[0] if cadence is Cadence.WEEKLY else _WORKDAYS
    if cadence is Cadence.EACH and wish.has_time:
        raise ScheduleError(EACH_HAS_NO_TIME)
    if cadence is Cadence.WEEKLY and "," in values.get("weekdays", subscription.weekdays):
        raise ScheduleError("a weekly digest comes on one day; write for example weekly mon 09:00")
    return values


def likeness(subscription: Subscription) -> tuple[object, ...]:
    """What makes two subscriptions of one place the same to who reads them."""
    one = subscription
    timed = () if one.cadence is Cadence.EACH else (one.local_time, one.weekdays)
    bounds = (one.max_papers, one.least_papers, one.explain, one.append_late)
    return (one.filter, one.cadence, one.zone, one.style, *bounds, *timed)


def changed(subscription: Subscription, values: Mapping[str, Any]) -> str:
    """What a change sets, in words: `changed the filter, the time`."""
    names = [_NAMES.get(name, name) for name, value in values.items() if getattr(subscription, name) != value]
    return f"changed {', '.join(name for name in names if name)}"


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as JSON."""
    return {name: _ADAPTERS[name].dump_python(value, mode="json") for name, value in values.items()}


def read(values: Mapping[str, Any]) -> dict[str, Any]:
    """What `written` wrote."""
    return {name: _ADAPTERS[name].validate_python(value) for name, value in values.items()}


_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter[Any](field.annotation)
    for name, field in Subscription.model_fields.items()
    if field.annotation is not None
}
_NAMES = {
    "filter": "the filter",
    "rechecks": "",
    "first_day": "",
    "cadence": "how often",
    "local_time": "the time",
    "weekdays": "the weekdays",
    "zone": "the zone",
    "style": "the style",
    "max_papers": "the most papers",
    "least_papers": "the least papers",
    "explain": "what is said without papers",
    "append_late": "where late papers go",
}
