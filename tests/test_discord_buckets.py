"""What is left of a route's calls, those under way included, so that Discord need not refuse any."""

import pytest

from adapters.discord.buckets import Buckets

ROUTE, OTHER = "POST /channels/1/messages", "POST /channels/2/messages"


def said(remaining: object, reset_after: object) -> dict[str, str]:
    return {"X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset-After": str(reset_after)}


def begin(buckets: Buckets, calls: int, now: float, route: str = ROUTE) -> list[float]:
    return [buckets.begin(route, now) for _ in range(calls)]


def test_a_route_of_which_nothing_is_known_is_open() -> None:
    assert begin(Buckets(), 100, 0.0) == [0.0] * 100


def test_so_many_may_begin_as_were_left_and_the_next_one_waits() -> None:
    buckets = Buckets()
    begin(buckets, 1, 0.0)
    buckets.end(ROUTE, 1.0, said(2, 4))
    assert begin(buckets, 4, 2.0) == [0.0, 0.0, 3.0, 3.0]
    assert begin(buckets, 1, 2.0, OTHER) == [0.0]


def test_calls_that_are_under_way_are_counted_before_discord_counts_them() -> None:
    buckets = Buckets()
    begin(buckets, 4, 0.0)
    buckets.end(ROUTE, 0.5, said(4, 5))
    assert begin(buckets, 2, 0.5) == [0.0, 5.0]


def test_an_old_answer_that_comes_late_gives_nothing_back() -> None:
    buckets = Buckets()
    begin(buckets, 2, 0.0)
    buckets.end(ROUTE, 1.0, said(0, 4))
    buckets.end(ROUTE, 1.0, said(1, 4))
    assert begin(buckets, 1, 1.0) == [4.0]


def test_when_its_time_is_over_a_route_is_open_again() -> None:
    buckets = Buckets()
    begin(buckets, 1, 0.0)
    buckets.end(ROUTE, 1.0, said(0, 4))
    assert begin(buckets, 2, 5.0) == [0.0, 0.0]
    buckets.end(ROUTE, 5.5, said(4, 5))
    assert begin(buckets, 4, 6.0) == [0.0, 0.0, 0.0, 4.5]


def test_in_a_new_window_no_more_are_under_way_than_a_window_takes() -> None:
    buckets = Buckets()
    begin(buckets, 1, 0.0)
    buckets.end(ROUTE, 0.0, said(4, 5) | {"X-RateLimit-Limit": "5"})
    begin(buckets, 4, 0.0)
    for _ in range(4):
        buckets.end(ROUTE, 1.0, said(0, 4) | {"X-RateLimit-Limit": "5"})
    *begun, late = begin(buckets, 6, 6.0)
    assert begun == [0.0] * 5
    assert 0 < late < 1


def test_a_call_without_an_answer_ends_too() -> None:
    buckets = Buckets()
    begin(buckets, 3, 0.0)
    for _ in range(2):
        buckets.end(ROUTE, 1.0, {})
    buckets.end(ROUTE, 1.0, said(1, 4))
    assert begin(buckets, 2, 1.0) == [0.0, 4.0]


@pytest.mark.parametrize("remaining", ["", "x", "-1", "1.5", "٣", "9" * 5000])
@pytest.mark.parametrize("reset", ["", "soon", "nan", "-1"])
def test_what_cannot_be_read_changes_nothing(remaining: str, reset: str) -> None:
    buckets = Buckets()
    begin(buckets, 1, 0.0)
    buckets.end(ROUTE, 0.0, said(remaining, "4"))
    buckets.end(ROUTE, 0.0, said("0", reset))
    assert begin(buckets, 1, 0.0) == [0.0]


def test_an_end_that_nobody_could_live_to_see_is_looked_at_again_after_an_hour() -> None:
    buckets = Buckets()
    begin(buckets, 1, 0.0)
    buckets.end(ROUTE, 0.0, said(0, "1e300"))
    assert begin(buckets, 1, 1.0) == [3599.0]
