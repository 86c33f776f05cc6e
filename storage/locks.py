"""Locks by name, so that two processes do not decide the same thing at once."""

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

_LOCK_ALL = text("SELECT pg_advisory_xact_lock(name) FROM unnest(CAST(:names AS bigint[])) AS name")


async def lock(session: AsyncSession, names: Iterable[str]) -> None:
    """Hold these names until the transaction ends; waits while another transaction holds one of them.

    On PostgreSQL by advisory locks, taken in one order everywhere, so that no two transactions wait for
    each other; on SQLite a writing transaction is alone anyway.
    """
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        await connection.execute(_LOCK_ALL, {"names": sorted(_key(name) for name in names)})


def place_lock(place: str) -> str:
    """The name under which one transaction at a time does what a person asked for a place: it is not set up
    twice, and no edition is posted in it twice. Who plans holds the subscriptions of a place instead."""
    return f"place {place}"


def _key(name: str) -> int:
    """A name as the 64-bit number that PostgreSQL locks."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
