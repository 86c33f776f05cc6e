"""When a process counts as ready, and what it says when it is not."""

from datetime import timedelta

import pytest

from bot.readiness import Facts, Listening, problems, report
from tests.factories import DAY, NOON

UP, DOWN = Listening(True, NOON), Listening(False, NOON)
FRESH = NOON - timedelta(minutes=10)


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        (Facts(None, {"slack": UP, "discord": UP}, DAY, FRESH), []),
        (Facts(None, {"slack": UP, "discord": DOWN}, DAY, FRESH), []),
        (
            Facts(None, {"slack": DOWN, "discord": DOWN}, DAY, FRESH),
            ["no platform listens for commands (wanted: discord, slack)"],
        ),
        (Facts(None, {}, DAY, FRESH), []),
        (Facts(None, {"slack": UP}, None, FRESH), []),
        (Facts(None, {"slack": UP}, DAY, NOON - timedelta(hours=2)), []),
        (
            Facts(None, {"slack": UP}, DAY, NOON - timedelta(hours=2, minutes=1)),
            ["the source of papers was last read 121 minutes ago"],
        ),
        (Facts(None, {"slack": UP}, None, None), ["the source of papers has not been read yet"]),
        (Facts(None, {"slack": UP}, DAY, NOON + timedelta(seconds=5)), []),
        (Facts("the database is away", {"slack": UP}, None, None), ["the database is away"]),
        (
            Facts("the database is away", {"slack": DOWN}, None, None),
            ["the database is away", "no platform listens for commands (wanted: slack)"],
        ),
    ],
    ids=[
        "all is well",
        "one of two platforms listens",
        "no platform listens",
        "it only sends",
        "no edition has papers yet",
        "read two hours ago",
        "read longer ago",
        "never read",
        "another machine's clock is ahead",
        "the database is silent, so nothing is known of the source",
        "two things are wrong",
    ],
)
def test_ready_or_what_is_wrong(facts: Facts, wrong: list[str]) -> None:
    assert problems(facts, NOON) == wrong
    assert report(facts, NOON)["ready"] is (not wrong)


def test_the_report_says_what_was_looked_at() -> None:
    facts = Facts(None, {"slack": UP, "discord": DOWN}, DAY, FRESH)
    assert report(facts, NOON) == {
        "ready": True,
        "problems": [],
        "database": "usable",
        "platforms": {
            "discord": {"listening": False, "since": "2026-07-29T12:00:00+00:00"},
            "slack": {"listening": True, "since": "2026-07-29T12:00:00+00:00"},
        },
        "newest_edition": "2026-07-29",
        "source_age_seconds": 600,
    }


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    told = report(Facts("the database is away", {}, None, None), NOON)
    assert (told["database"], told["newest_edition"], told["source_age_seconds"]) == (
        "not usable",
        None,
        None,
    )
