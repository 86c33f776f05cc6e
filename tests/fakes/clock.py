"""A clock that stands still until somebody waits or moves it."""

from datetime import UTC, datetime, timedelta


class Clock:
    """The real time of a test. Call it for the moment (UTC); `await clock.sleep(s)` passes s seconds at once.

    Attributes:
        slept: what was waited for, in seconds, in order.
    """

    def __init__(self, now: datetime = datetime(2026, 7, 29, 12, tzinfo=UTC)) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_time(seconds)

    def pass_time(self, seconds: float) -> None:
        """Move on."""
        passed = timedelta(seconds=seconds)
        if seconds > 0 and not passed:  # less than it can tell; who waits for it would wait for ever
            passed = timedelta.resolution
        self.now += passed

    def monotonic(self) -> float:
        """The same time in seconds, for limits of the fakes."""
        return self.now.timestamp()
