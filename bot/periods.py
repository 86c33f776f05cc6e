"""A day, a week or a month of lists, as addresses of pages name them. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_SHAPES = {
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII), "year-month-day, for example 2026-07-29"),
    "week": (re.compile(r"(\d{4})-W(\d{2})", re.ASCII), "year and week, for example 2026-W31"),
    "month": (re.compile(r"(\d{4})-(\d{2})", re.ASCII), "year and month, for example 2026-07"),
}


class PeriodError(ValueError):
    """A text that names no day, week or month. The text says how to write one."""


class Span(StrEnum):
    """How long a period is; the value stands before its name in an address."""

    DAY = "date"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    span: Span
    first: date
    last: date

    @property
    def name(self) -> str:
        """`2026-07-29`, `2026-W31`, `2026-07`."""
        if self.span is Span.WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year:04}-W{week:02}"
        return self.first.isoformat()[: 7 if self.span is Span.MONTH else 10]


def period_of(span: Span, day: date) -> Period:
    """The period of that length that `day` lies in; weeks begin on Monday, as in ISO 8601.

    Raises OverflowError where it would reach beyond the years 1 to 9999.
    """
    if span is Span.WEEK:
        first = day - timedelta(days=day.weekday())
        return Period(span, first, first + timedelta(days=6))
    if span is Span.MONTH:
        return Period(span, day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
    return Period(span, day, day)


def read_period(span: Span, name: str) -> Period:
    """The period that is called so. Raises PeriodError."""
    shape, example = _SHAPES[span]
    found = shape.fullmatch(name)
    if found is None:
        raise PeriodError(f"write {example}")
    try:
        if span is Span.DAY:
            return period_of(span, date.fromisoformat(name))
        year, number = int(found[1]), int(found[2])
        first = date.fromisocalendar(year, number, 1) if span is Span.WEEK else date(year, number, 1)
        return period_of(span, first)
    except (ValueError, OverflowError) as problem:
        raise PeriodError(f"the calendar has no {name}; write {example}") from problem
