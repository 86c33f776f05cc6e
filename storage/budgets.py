"""A budget of calls that all processes share, spent in the order in which it was asked for."""

from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel.ext.asyncio.session import AsyncSession

LONGEST_QUEUE = 10.0
"""Seconds; nobody waits that long for a call, so a row that says more was written by a clock gone wrong."""

_SPEND = """
INSERT INTO budget (name, free_at) VALUES (:name, {now} + :span)
ON CONFLICT (name) DO UPDATE SET free_at = :span + CASE
    WHEN budget.free_at > {now} + :longest THEN {now}
    WHEN budget.free_at > {now} THEN budget.free_at
    ELSE {now} END
RETURNING free_at - :span - {now}
"""


def _spend(now: str) -> TextClause:
    return text(_SPEND.format(now=now))


# One clock for all machines: the server's. SQLite's processes share a machine, and its clock.
_WITH_SERVER_CLOCK = _spend("CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS double precision)")
_WITH_OUR_CLOCK = _spend(":now")


async def spend(session: AsyncSession, name: str, calls: int, pause: float, now: datetime) -> float:
    """Take the next `calls` of a budget; gives the seconds until the first of them may be made.

    Args:
        pause: seconds between two calls.
        now: UTC, for a database without a clock of its own.
    """
    connection = await session.connection()
    values: dict[str, Any] = {"name": name, "span": calls * pause, "longest": LONGEST_QUEUE}
    statement = _WITH_SERVER_CLOCK
    if connection.dialect.name == "sqlite":
        statement, values["now"] = _WITH_OUR_CLOCK, now.timestamp()
    return max(float((await connection.execute(statement, values)).scalar_one()), 0.0)
