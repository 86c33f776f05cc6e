"""Days as people say them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.days import first_day_in, parse_day

WEDNESDAY = date(2026, 7, 29)


@pytest.mark.parametrize(
    ("said", "behind", "ahead"),
    [
        ("2026-07-20", "2026-07-20", "2026-07-20"),
        ("today", "2026-07-29", "2026-07-29"),
        ("Yesterday", "2026-07-28", "2026-07-28"),
        ("tomorrow", "2026-07-30", "2026-07-30"),
        ("monday", "2026-07-27", "2026-08-03"),
        ("Fri", "2026-07-24", "2026-07-31"),
        ("wednesday", "2026-07-22", "2026-08-05"),
        ("last  tuesday", "2026-07-28", None),
        ("next friday", None, None),
        ("last week", "2026-07-20", None),
        ("next week", None, "2026-08-03"),
        ("last month", "2026-06-01", None),
        ("next month", None, "2026-08-01"),
        ("7d", "2026-07-22", None),
        ("2 weeks", "2026-07-15", None),
        ("1 month ago", "2026-06-29", None),
        ("3m", "2026-04-29", None),
        ("9999m", "1193-04-29", None),
        ("weekday", None, None),
        ("mondays", None, None),
        ("15 aug", None, None),
        ("12.8.2026", None, None),
        ("2026-02-30", None, None),
        ("7 diffusion", None, None),
        ("week", None, None),
        ("", None, None),
    ],
)
def test_a_day_is_read_where_it_is_certain(said: str, behind: str | None, ahead: str | None) -> None:
    def read(forward: bool) -> str | None:
        found = parse_day(said, WEDNESDAY, ahead=forward)
        return found.isoformat() if found else None

    assert (read(False), read(True)) == (behind, ahead)


@pytest.mark.parametrize(
    ("said", "day", "words"),
    [
        ("yesterday", "2026-07-28", ""),
        ("7d diffusion", "2026-07-22", "diffusion"),
        ("last week diffusion -survey", "2026-07-20", "diffusion -survey"),
        ("3 days ago agents", "2026-07-26", "agents"),
        ("2026-07-20 3d", "2026-07-20", "3d"),
        ("monday 7d", "2026-07-27", "7d"),
        ("15 jul agents", None, "15 jul agents"),
    ],
)
def test_a_day_before_words_ends_where_they_begin(said: str, day: str | None, words: str) -> None:
    found, rest = first_day_in(said, WEDNESDAY)
    assert (found and found.isoformat(), rest) == (day, words)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from("mon tuesday sat sun".split()))
def test_a_weekday_is_never_today(today: date, name: str) -> None:
    last, following = parse_day(name, today), parse_day(name, today, ahead=True)
    assert last
    assert following
    assert last < today < following
    assert (following - last).days in (7, 14)
    assert f"{last:%A}".lower().startswith(name)


@given(st.text(max_size=30), st.booleans())
def test_whatever_is_typed_is_a_day_or_none(said: str, ahead: bool) -> None:
    found = parse_day(said, WEDNESDAY, ahead)
    assert found is None or isinstance(found, date)
