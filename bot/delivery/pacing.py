"""When a place or an installation may be called again. Pure: time is an argument, in monotonic seconds."""

from bot.recent import Recent

_REMEMBERED = 10_000


class Pacing:
    """Remembers when the latest call was, and who has asked for a rest."""

    def __init__(self) -> None:
        self._free_at: Recent[str, float] = Recent(_REMEMBERED)

    def wait(self, now: float, *names: str) -> float:
        """Seconds until all of these may be called: places and installations."""
        longest = 0.0
        for name in names:
            free_at = self._free_at.get(name)
            if free_at is not None and free_at - now > longest:
                longest = free_at - now
        return longest

    def rest(self, name: str, until: float) -> None:
        """Let it be until then; a longer rest stays as it is."""
        if until > (self._free_at.get(name) or float("-inf")):
            self._free_at.put(name, until)
