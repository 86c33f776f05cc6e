"""What follows an adapter's error."""

from datetime import timedelta

import pytest

from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    InstallationRemoved,
    PlaceGone,
    RateLimited,
    Rejected,
    Temporary,
)
from bot.delivery.retry import Again, GiveUp, after_failure

YOUNG, OLD = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("error", "failures", "age", "decision"),
    [
        pytest.param(PlaceGone("archived"), 1, YOUNG, GiveUp(place_gone=True), id="gone"),
        pytest.param(PlaceGone("archived"), 9, OLD, GiveUp(place_gone=True), id="gone-however-old"),
        pytest.param(Rejected("malformed"), 1, YOUNG, GiveUp(), id="our-mistake"),
        pytest.param(RateLimited("slow", 42.5), 7, YOUNG, Again(42.5), id="as-the-platform-says"),
        pytest.param(RateLimited("now", 0), 1, YOUNG, Again(0), id="at-once"),
        pytest.param(RateLimited("now", 0), 2, YOUNG, Again(1), id="at-once-again"),
        pytest.param(RateLimited("now", 0), 6, YOUNG, Again(16), id="at-once-again-and-again"),
        pytest.param(RateLimited("never", 1e300), 1, YOUNG, Again(3600), id="a-wait-without-end"),
        pytest.param(InstallationGone("revoked"), 1, YOUNG, Again(300), id="a-person-must-act"),
        pytest.param(InstallationRemoved("gone"), 1, YOUNG, GiveUp(installation_gone=True), id="removed"),
        pytest.param(Temporary("503"), 1, YOUNG, Again(1), id="first-failure"),
        pytest.param(Temporary("503"), 2, YOUNG, Again(2), id="second-failure"),
        pytest.param(Ambiguous("no answer"), 3, YOUNG, Again(4), id="in-doubt"),
        pytest.param(Temporary("503"), 10, YOUNG, Again(512), id="tenth-failure"),
        pytest.param(Temporary("503"), 11, YOUNG, Again(900), id="longest-pause"),
        pytest.param(Temporary("503"), 10**6, YOUNG, Again(900), id="a-million-failures"),
        pytest.param(AdapterError("something"), 1, YOUNG, Again(1), id="unknown"),
        pytest.param(Temporary("503"), 1, OLD - timedelta(seconds=1), Again(1), id="not-yet-a-day"),
    ],
)
def test_after_a_failure(
    error: AdapterError, failures: int, age: timedelta, decision: Again | GiveUp
) -> None:
    assert after_failure(error, failures, age) == decision


@pytest.mark.parametrize(
    "error",
    [RateLimited("slow", 1), InstallationGone("revoked"), Temporary("503"), Ambiguous("no answer")],
    ids=lambda error: type(error).__name__,
)
def test_a_delivery_of_yesterday_is_given_up_and_its_place_kept(error: AdapterError) -> None:
    assert after_failure(error, 1, OLD) == GiveUp(place_gone=False)
