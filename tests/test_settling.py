"""When the list of a day counts as final."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.huggingface.records import parse_listing
from bot.settling import deadline_of, has_settled
from tests.factories import DAY, RULES, at
from tests.recorded import EARLY_DAYS, needs_recorded, recorded

SATURDAY = date(2026, 8, 1)


@pytest.mark.parametrize(
    ("polled", "papers", "changed", "settled"),
    [
        pytest.param("06:00", 1, "00:10", False, id="quiet-all-night-but-early"),
        pytest.param("06:59", 1, "00:10", False, id="a-minute-too-early"),
        pytest.param("07:00", 20, "05:30", True, id="quiet-and-not-early"),
        pytest.param("09:00", 20, "08:00", True, id="quiet-for-just-an-hour"),
        pytest.param("09:00", 20, "08:01", False, id="quiet-for-less"),
        pytest.param("09:00", 20, "09:00", False, id="just-grown"),
        pytest.param("11:59", 0, "00:10", False, id="nothing-yet"),
        pytest.param("12:00", 0, "00:10", True, id="nothing-at-the-deadline"),
        pytest.param("12:00", 20, "12:00", True, id="grown-at-the-deadline"),
        pytest.param("18:00", 21, "18:00", True, id="late-arrival"),
    ],
)
def test_a_day(polled: str, papers: int, changed: str, settled: bool) -> None:
    assert has_settled(DAY, papers, clock(changed), clock(polled), RULES) is settled


@pytest.mark.parametrize(
    ("polled", "settled"),
    [
        pytest.param(at(SATURDAY, 9), False, id="in-the-morning"),
        pytest.param(at(SATURDAY, 12), True, id="at-the-deadline"),
        pytest.param(at(date(2026, 8, 3), 0), True, id="read-on-monday"),
    ],
)
def test_a_weekend_without_papers_is_final_at_its_deadline(polled: datetime, settled: bool) -> None:
    assert has_settled(SATURDAY, 0, at(SATURDAY, 0), polled, RULES) is settled


def test_a_day_of_the_future_has_not_settled() -> None:
    assert not has_settled(SATURDAY, 5, at(DAY, 1), at(DAY, 23), RULES)


def test_the_parameters_decide() -> None:
    early, hasty = replace(RULES, earliest=time(5)), replace(RULES, quiet=timedelta(minutes=10))

    assert has_settled(DAY, 1, clock("00:10"), clock("06:00"), early)
    assert has_settled(DAY, 20, clock("08:50"), clock("09:00"), hasty)
    assert has_settled(DAY, 0, clock("09:00"), clock("10:00"), replace(RULES, deadline=time(10)))
    assert deadline_of(DAY, RULES) == at(DAY, 12)


@needs_recorded
@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2026, 7, 2)], ids=str)
def test_the_recorded_morning_with_one_paper_is_not_taken_for_the_day(day: date) -> None:
    morning, whole = parse_listing(recorded(day, EARLY_DAYS), day), parse_listing(recorded(day), day)

    assert len(morning.papers) == 1 < 20 < len(whole.papers)
    assert not has_settled(day, len(morning.papers), at(day, 0), at(day, 6), RULES)
    assert not has_settled(day, len(whole.papers), at(day, 8), at(day, 8), RULES)
    assert has_settled(day, len(whole.papers), at(day, 8), at(day, 9), RULES)


@given(
    st.integers(0, 3),
    st.integers(0, 24 * 60),
    st.integers(0, 24 * 60),
    st.integers(0, 24 * 60),
)
def test_what_has_settled_stays_settled_while_nothing_comes(
    papers: int, changed: int, polled: int, later: int
) -> None:
    first, second = (at(DAY, 0) + timedelta(minutes=minutes) for minutes in sorted((polled, later)))
    changed_at = at(DAY, 0) + timedelta(minutes=changed)

    if has_settled(DAY, papers, changed_at, first, RULES):
        assert has_settled(DAY, papers, changed_at, second, RULES)


def clock(text: str) -> datetime:
    hours, minutes = text.split(":")
    return at(DAY, int(hours), int(minutes))
