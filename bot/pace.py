"""How many commands one person may give."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST = 20
"""Commands of one person within `WINDOW`."""
WINDOW = timedelta(minutes=1)
_PEOPLE = 10_000
"""People whose commands are counted at a time; who was quiet longest is forgotten first."""


class Pace:
    """Counts the commands of each person, in this process."""

    def __init__(self) -> None:
        self._given: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait_for(self, who: str, now: datetime) -> float:
        """Count a command given at `now`; 0 where it may be answered, else the seconds to wait for the next.

        A command that is refused does not count.
        """
        given = self._given.setdefault(who, deque())
        self._given.move_to_end(who)
        if len(self._given) > _PEOPLE:
            self._given.popitem(last=False)
        while given and given[0] <= now - WINDOW:
            given.popleft()
        while given and given[-1] > now + WINDOW:  # the clock was put back
            given.pop()
        if len(given) >= MOST:
            return min(given[0] + WINDOW - now, WINDOW).total_seconds()
        given.append(now)
        return 0.0
