"""When a place or an installation may be called again."""

from bot.delivery.pacing import Pacing

PLACE, INSTALLATION = "slack:T1/C1", "slack:T1"


def test_who_was_never_called_may_be_called_now() -> None:
    assert Pacing().wait(100.0, PLACE, INSTALLATION) == 0.0


def test_the_longest_of_the_rests_is_waited_for() -> None:
    pacing = Pacing()
    pacing.rest(PLACE, 101.0)
    pacing.rest(INSTALLATION, 105.0)
    assert pacing.wait(100.0, PLACE) == 1.0
    assert pacing.wait(100.0, PLACE, INSTALLATION) == 5.0
    assert pacing.wait(100.0, "slack:T2/C1", "slack:T2") == 0.0


def test_a_rest_ends_by_itself() -> None:
    pacing = Pacing()
    pacing.rest(PLACE, 101.0)
    assert pacing.wait(101.0, PLACE) == 0.0
    assert pacing.wait(500.0, PLACE) == 0.0


def test_a_short_rest_does_not_end_a_long_one() -> None:
    """Slack asked for 30 seconds, and a call that was under way then has its own second of pause."""
    pacing = Pacing()
    pacing.rest(PLACE, 130.0)
    pacing.rest(PLACE, 101.0)
    assert pacing.wait(100.0, PLACE) == 30.0
