"""Work that one process does for all of them: whoever is first when its time has come.

Nobody leads and nobody is waited for. Who takes a turn puts the next one off at once, so that one who is
killed at work has cost this turn and no more.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Budget
from storage.shared_clock import Timed

# One that is further away than two spans was written by a clock gone wrong, or by a version with longer ones.
_TAKE = Timed(
    """
INSERT INTO budget (name, free_at) VALUES (:name, {now} + :span)
ON CONFLICT (name) DO UPDATE SET free_at = {now} + :span
WHERE budget.free_at <= {now} OR budget.free_at > {now} + 2 * :span
RETURNING free_at
""",
    moving=False,
)


async def take_turn(session: AsyncSession, name: str, span: float, now: datetime) -> float | None:
    """Take the turn at some work; None where another process has had this one.

    Args:
        span: seconds until the next turn.
        now: UTC, for a database without a clock of its own.

    Returns what `give_back_turn` needs.
    """
    return await _TAKE.run(session, {"name": _row(name), "span": span}, now)


async def give_back_turn(session: AsyncSession, name: str, taken: float) -> None:
    """Let another process have this turn, unless it has the next one already."""
    mine = (col(Budget.name) == _row(name), col(Budget.free_at) == taken)
    await session.exec(delete(Budget).where(*mine))


def _row(name: str) -> str:
    return f"turn {name}"
