"""Statements that ask what time it is, by one clock for all processes: seconds since 1970."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession


class Timed:
    """A statement of one row and column, with `{now}` where it asks for the time.

    PostgreSQL's processes go by the server's clock. SQLite's share a machine, and its clock.

    Args:
        sql: names its values as `:name`; not `:now`.
        moving: the time goes on within a transaction, else it is that of its beginning.
    """

    def __init__(self, sql: str, moving: bool) -> None:
        server = "clock_timestamp()" if moving else "now()"
        self._by_server = text(sql.format(now=f"CAST(EXTRACT(EPOCH FROM {server}) AS double precision)"))
        self._by_ours = text(sql.format(now=":now"))

    async def run(self, session: AsyncSession, values: dict[str, Any], now: datetime) -> float | None:
        """The value that it gives; None where it gives no row.

        Args:
            now: UTC, for a database without a clock of its own.
        """
        connection = await session.connection()
        if connection.dialect.name == "sqlite":
            found = await connection.execute(self._by_ours, values | {"now": now.timestamp()})
        else:
            found = await connection.execute(self._by_server, values)
        value: float | None = found.scalar()
        return value
