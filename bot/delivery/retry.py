"""What to do after an adapter's error. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from bot.adapter import (
    AdapterError,
    InstallationGone,
    InstallationRemoved,
    PlaceGone,
    RateLimited,
    Rejected,
    Untraceable,
)
from bot.delivery.circuits import LONGEST_REST, REFUSED_REST

FIRST_PAUSE = 1.0
"""Seconds before the second attempt; each further pause is twice as long."""
LONGEST_WAIT = 3600.0
"""Seconds until a further attempt at the latest, whatever a platform asks for: an hour's call does no harm,
and a wait that a wrong clock or a broken answer made long ends."""
GIVE_UP_AFTER = timedelta(days=1)
"""How long a delivery may fail before that counts as final; the next day has its own."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try the same part again.

    Args:
        after: seconds to wait.
    """

    after: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The delivery has failed for good.

    Args:
        place_gone: pause the subscriptions of its place as well.
        installation_gone: pause those of its whole workspace.
    """

    place_gone: bool = False
    installation_gone: bool = False


def after_failure(
    error: AdapterError, failures: int, failing_for: timedelta, chance: float = 0.5
) -> Again | GiveUp:
    """Decide what follows `error`.

    Args:
        failures: how many attempts have failed since the last part was sent, this one included; from 1.
        failing_for: how long no part has come through.
        chance: from 0 to 1; pauses differ by it by a quarter up or down, so that those who failed together do
            not come back together.
    """
    if isinstance(error, PlaceGone):
        return GiveUp(place_gone=True)
    if isinstance(error, InstallationRemoved):
        return GiveUp(installation_gone=True)
    if isinstance(error, Rejected | Untraceable) or failing_for >= GIVE_UP_AFTER:
        return GiveUp()
    if isinstance(error, RateLimited):
        # Whoever says "at once" again and again is not asked at once again and again.
        least = _pause(failures - 1) if failures > 1 else 0.0
        return Again(min(max(error.retry_after, least), LONGEST_WAIT))
    if isinstance(error, InstallationGone):
        return Again(REFUSED_REST)
    return Again(_pause(failures) * (0.75 + chance / 2))


def _pause(failures: int) -> float:
    return min(FIRST_PAUSE * 2.0 ** min(failures - 1, 16), LONGEST_REST)
