"""A budget of calls that all processes share, spent in the order in which it was asked for."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.shared_clock import Timed

LONGEST_QUEUE = 10.0
"""Seconds; nobody waits that long for a call, so a row that says more was written by a clock gone wrong."""

_SPEND = Timed(
    """
INSERT INTO budget (name, free_at) VALUES (:name, {now} + :span)
ON CONFLICT (name) DO UPDATE SET free_at = :span + CASE
    WHEN budget.free_at > {now} + :longest THEN {now}
    WHEN budget.free_at > {now} THEN budget.free_at
    ELSE {now} END
RETURNING free_at - :span - {now}
""",
    moving=True,
)


async def spend(session: AsyncSession, name: str, calls: int, pause: float, now: datetime) -> float:
    """Take the next `calls` of a budget; gives the seconds until the first of them may be made.

    Args:
        pause: seconds between two calls.
        now: UTC, for a database without a clock of its own.
    """
    values = {"name": name, "span": calls * pause, "longest": LONGEST_QUEUE}
    return max(await _SPEND.run(session, values, now) or 0.0, 0.0)
