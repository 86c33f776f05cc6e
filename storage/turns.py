"""Work that one process does for all of them: whoever is first when its time has come.

Nobody leads and nobody is waited for. Who takes a turn puts the next one off at once, so that one who is
killed at work has cost this turn and no more.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, delete, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Budget

# One that is further away than two spans was written by a clock gone wrong, or by a version with longer ones.
_TAKE = """
INSERT INTO budget (name, free_at) VALUES (:name, {now} + :span)
ON CONFLICT (name) DO UPDATE SET free_at = {now} + :span
WHERE budget.free_at <= {now} OR budget.free_at > {now} + 2 * :span
RETURNING free_at
"""


def _take(now: str) -> TextClause:
    return text(_TAKE.format(now=now))


# One clock for all machines: the server's, which stands still within a transaction. SQLite's processes share
# a machine, and its clock.
_WITH_SERVER_CLOCK = _take("CAST(EXTRACT(EPOCH FROM now()) AS double precision)")
_WITH_OUR_CLOCK = _take(":now")


async def take_turn(session: AsyncSession, name: str, span: float, now: datetime) -> float | None:
    """Take the turn at some work; None where another process has had this one.

    Args:
        span: seconds until the next turn.
        now: UTC, for a database without a clock of its own.

    Returns what `give_back_turn` needs.
    """
    connection = await session.connection()
    values: dict[str, Any] = {"name": _row(name), "span": span}
    statement = _WITH_SERVER_CLOCK
    if connection.dialect.name == "sqlite":
        statement, values["now"] = _WITH_OUR_CLOCK, now.timestamp()
    return (await connection.execute(statement, values)).scalar()


async def give_back_turn(session: AsyncSession, name: str, taken: float) -> None:
    """Let another process have this turn, unless it has the next one already."""
    mine = (col(Budget.name) == _row(name), col(Budget.free_at) == taken)
    await session.exec(delete(Budget).where(*mine))


def _row(name: str) -> str:
    return f"turn {name}"
