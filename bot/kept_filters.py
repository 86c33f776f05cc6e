"""Filters that buttons name by a token: kept when a button is shown, read when one is clicked."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime

from bot.filters.question import read_subscription
from bot.filters.syntax import Filter
from bot.logs import log
from storage import searches
from storage.database import Database, DatabaseError

_PATIENCE = 1.0
"""Seconds that an answer waits for its filter to be kept, should somebody else be writing."""
_COMMAND = "/papers "
"""Begins what no filter begins with."""
_NAMED = re.compile(r"@(?P<token>[0-9a-f]{16})(?P<sure>\s+sure)?", re.IGNORECASE | re.ASCII)


class ForgottenError(Exception):
    """A button names a filter that is not kept any more, or never was."""


@dataclass(frozen=True, slots=True)
class AskedFilter:
    """A filter, and how it was asked for.

    Args:
        sure: it was confirmed that it may match everything, or nothing.
    """

    filter: Filter
    sure: bool = False


class KeptFilters:
    """The filters that the buttons of answers name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writing: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Let the filters be kept that buttons shown just now name."""
        await asyncio.gather(*self._writing, return_exceptions=True)

    async def read(self, text: str) -> AskedFilter:
        """The filter of a subscription, written or named as `@token`. Raises FilterError, ForgottenError."""
        named = _NAMED.fullmatch(text.strip())
        if named is None:
            return AskedFilter(read_subscription(text))
        async with self._database.read() as session:
            kept = await searches.saved_filter(session, named["token"].lower())
        if kept is None:
            raise ForgottenError
        return AskedFilter(read_subscription(kept), sure=named["sure"] is not None)

    async def token(self, wanted: Filter, now: datetime) -> str:
        """What buttons call a filter, which is kept for them."""
        return await self._kept(str(wanted), now)

    async def command(self, name: str, asked: AskedFilter, rest: str, now: datetime) -> str:
        """A short command that does what a long one says: a button holds no more than a line.

        Args:
            name: of the long one, before the filter.
            rest: what stands behind the filter.
        """
        sure = " sure" if asked.sure else ""
        return await self.shortened(f"{name} @{await self.token(asked.filter, now)}{sure} {rest}", now)

    async def shortened(self, command: str, now: datetime) -> str:
        """A short command that does what this one does."""
        return f"again {await self._kept(_COMMAND + command.rstrip(), now)}"

    async def said(self, token: str) -> str | None:
        """The long command behind a short one; None where it is not kept any more, or never was."""
        async with self._database.read() as session:
            kept = await searches.saved_filter(session, token)
        return kept.removeprefix(_COMMAND) if kept and kept.startswith(_COMMAND) else None

    async def _kept(self, text: str, now: datetime) -> str:
        async with self._database.read() as session:
            fresh = await searches.is_fresh(session, text, now)
        if not fresh:  # most are
            writing = asyncio.create_task(self._keep(text, now))
            self._writing.add(writing)
            writing.add_done_callback(self._writing.discard)
            await asyncio.wait({writing}, timeout=_PATIENCE)
        return searches.token_of(text)

    async def _keep(self, text: str, now: datetime) -> None:
        """Keep a filter. Never raises: without it the answer is good, though its buttons are not."""
        try:
            async with self._database.write() as session:
                await searches.keep_search(session, text, now)
        except DatabaseError as problem:
            log.warning("search_not_kept", problem=str(problem))
