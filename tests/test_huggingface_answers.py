"""What came back, and whether to ask again: decided without a network."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.huggingface.answers import Failure, Pause, asked_wait, pause_after, read_answer

DAY = date(2026, 7, 29)
NOW = datetime(2026, 7, 29, 12, tzinfo=UTC)

WAITS = {
    "seconds": ({"Retry-After": "30"}, 30.0),
    "date": ({"Retry-After": "Wed, 29 Jul 2026 12:02:00 GMT"}, 120.0),
    "date that has passed": ({"Retry-After": "Wed, 29 Jul 2026 11:00:00 GMT"}, 0.0),
    "date without a zone": ({"Retry-After": "Wed, 29 Jul 2026 12:02:00 -0000"}, 120.0),
    "newer draft": ({"RateLimit": '"api";r=0;t=54'}, 54.0),
    "older draft": ({"RateLimit": "limit=500, remaining=0, reset=54"}, 54.0),
    "reset in seconds": ({"RateLimit-Reset": "54"}, 54.0),
    "reset at a moment": ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 9)}, 9.0),
    "first of several": ({"Retry-After": "3", "RateLimit": '"api";r=0;t=54'}, 3.0),
    "unreadable, then readable": ({"Retry-After": "soon", "RateLimit-Reset": "5"}, 5.0),
    "none": ({}, None),
    "unreadable": ({"Retry-After": "-5", "RateLimit": "x", "RateLimit-Reset": "nan"}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), WAITS.values(), ids=WAITS.keys())
def test_what_a_server_asks_to_wait_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(headers, NOW) == seconds


PAUSES = {
    "first": (Failure("", passing=True), 1, Pause(0.0, 1.0)),
    "second": (Failure("", passing=True), 2, Pause(0.0, 2.0)),
    "third": (Failure("", passing=True), 3, Pause(0.0, 4.0)),
    "last": (Failure("", passing=True), 4, None),
    "lasting": (Failure("", passing=False), 1, None),
    "asked to wait": (Failure("", passing=True, wait=30.0), 2, Pause(30.0, 1.0)),
    "asked to wait long": (Failure("", passing=True, wait=60.1), 1, None),
}


@pytest.mark.parametrize(("failure", "attempt", "pause"), PAUSES.values(), ids=PAUSES.keys())
def test_whether_to_ask_again(failure: Failure, attempt: int, pause: Pause | None) -> None:
    assert pause_after(failure, attempt) == pause


@given(
    st.integers(100, 599),
    st.dictionaries(st.sampled_from(["Retry-After", "RateLimit"]), st.text()),
    st.binary(),
)
def test_any_answer_is_a_list_or_a_failure(status: int, headers: dict[str, str], body: bytes) -> None:
    assert isinstance(read_answer(status, headers, body, DAY, NOW), list | Failure)
