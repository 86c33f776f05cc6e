"""When an installation is left alone, and how it is found out that it is well again."""

import pytest

from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    PlaceGone,
    RateLimited,
    Rejected,
    Temporary,
)
from bot.delivery.circuits import FAILURES, FIRST_REST, LONGEST_REST, REFUSED_REST, Circuits, Closed

ACME, OTHER = "slack:T1", "slack:T2"
DOWN = Temporary("down")
NOON = 1000.0


def fail(circuits: Circuits, times: int, error: AdapterError = DOWN) -> None:
    for _ in range(times):
        circuits.failed(ACME, error, NOON)


def test_a_few_failures_close_nothing() -> None:
    circuits = Circuits()
    fail(circuits, FAILURES - 1)
    circuits.check(ACME, NOON)


def test_many_on_end_close_that_installation_and_no_other() -> None:
    circuits = Circuits()
    fail(circuits, FAILURES)
    with pytest.raises(Closed, match="down") as closed:
        circuits.check(ACME, NOON + 5)
    assert closed.value.retry_after == FIRST_REST - 5
    assert closed.value.whole
    assert not closed.value.asked
    circuits.check(OTHER, NOON)


def test_one_call_that_comes_through_between_them_starts_the_count_anew() -> None:
    circuits = Circuits()
    fail(circuits, FAILURES - 1)
    circuits.passed(ACME, NOON + 1)
    fail(circuits, FAILURES - 1)
    circuits.check(ACME, NOON + 2)


def test_a_call_that_was_under_way_when_another_failed_proves_nothing() -> None:
    circuits = Circuits()
    fail(circuits, FAILURES)
    circuits.passed(ACME, NOON)
    with pytest.raises(Closed):
        circuits.check(ACME, NOON + 1)


def test_when_the_rest_is_over_one_call_tries_for_all() -> None:
    circuits = Circuits()
    fail(circuits, FAILURES)
    later = NOON + FIRST_REST
    circuits.check(ACME, later)
    with pytest.raises(Closed):
        circuits.check(ACME, later)
    circuits.passed(ACME, later)
    circuits.check(ACME, later)
    circuits.check(ACME, later)


def test_each_rest_is_twice_as_long_as_the_one_before_up_to_a_bound() -> None:
    circuits, now, rests = Circuits(), NOON, []
    fail(circuits, FAILURES - 1)
    for _ in range(9):
        circuits.failed(ACME, DOWN, now)
        with pytest.raises(Closed) as closed:
            circuits.check(ACME, now)
        rests.append(closed.value.retry_after)
        now += closed.value.retry_after
        circuits.check(ACME, now)
    assert rests == [15, 30, 60, 120, 240, 480, *[LONGEST_REST] * 3]


def test_a_refused_token_closes_at_once() -> None:
    circuits = Circuits()
    fail(circuits, 1, InstallationGone("revoked"))
    with pytest.raises(Closed, match="revoked") as closed:
        circuits.check(ACME, NOON)
    assert closed.value.retry_after == REFUSED_REST


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (Temporary("down"), True),
        (Ambiguous("no answer"), True),
        (RateLimited("slowly", 5.0), False),
        (PlaceGone("archived"), False),
        (Rejected("malformed"), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_says_nothing_of_the_installation_does_not_count(error: AdapterError, counts: bool) -> None:
    circuits = Circuits()
    fail(circuits, FAILURES, error)
    if counts:
        with pytest.raises(Closed):
            circuits.check(ACME, NOON)
    else:
        circuits.check(ACME, NOON)
