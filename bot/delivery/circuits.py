"""Installations that are left alone for a while, because all that is sent there fails. Pure: time is an
argument, in monotonic seconds.

closed ── refused, or several failures on end ──> open ── its time is over ──> one call is let through
   ^                                               ^                                │
   └──────────────── it came through ──────────────┴─────── it failed too ──────────┘
"""

from dataclasses import dataclass

from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    InstallationRemoved,
    RateLimited,
    Temporary,
)

FAILURES = 5
"""Failures on end, whatever the places, before an installation counts as down."""
FIRST_REST = 15.0
"""Seconds for which an installation that is down is left alone; twice as long each time."""
LONGEST_REST = 900.0
"""Seconds; a quarter of an hour, so that a mended platform is found soon."""
REFUSED_REST = 300.0
"""Seconds before a refused token is tried again: a person has to act first."""
_TRIAL = 60.0


class Closed(RateLimited):
    """Nothing was called: the installation is left alone for now."""


@dataclass(slots=True)
class _Circuit:
    failed_at: float
    failures: int = 0
    rest: float = 0.0
    until: float | None = None
    problem: str = ""


class Circuits:
    """The installations of this process."""

    def __init__(self) -> None:
        self._failing: dict[str, _Circuit] = {}

    def check(self, installation: str, now: float) -> None:
        """Raises Closed where it is left alone at `now`; whoever is let through after that time is the trial
        for all the others."""
        circuit = self._failing.get(installation)
        if circuit is None or circuit.until is None:
            return
        if now < circuit.until:
            seconds = circuit.until - now
            raise Closed(circuit.problem, seconds, asked=False, whole=True)
        circuit.until = now + _TRIAL

    def failed(self, installation: str, error: AdapterError, now: float) -> None:
        """Take note of a failure; one that says nothing of the installation does not count. Nor does that it
        was removed: all that goes there is paused, and nothing shall rest when it is installed anew."""
        counts = isinstance(error, InstallationGone | Temporary | Ambiguous)
        if not counts or isinstance(error, InstallationRemoved):
            return
        circuit = self._failing.setdefault(installation, _Circuit(now))
        circuit.failures += 1
        circuit.failed_at, circuit.problem = now, str(error)
        if isinstance(error, InstallationGone):
            circuit.until = now + REFUSED_REST
        elif circuit.failures >= FAILURES:
            circuit.rest = min(max(2 * circuit.rest, FIRST_REST), LONGEST_REST)
            circuit.until = now + circuit.rest

    def passed(self, installation: str, began: float) -> None:
        """A call that began then came through; one that was under way at a failure proves nothing."""
        circuit = self._failing.get(installation)
        if circuit is not None and began > circuit.failed_at:
            del self._failing[installation]
