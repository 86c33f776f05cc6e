"""Somebody's subscriptions over the store alone, step by step."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.authors import Author
from bot.filters.parser import parse
from bot.subscribing import Subscribing
from bot.wishes import wish_in
from storage import subscriptions
from storage.database import Database
from storage.models import (
    Change,
    Person,
    Style,
    Subscription,
)
from tests.factories import DAY, RULES, at
from tests.stored import stored_subscription

WHO = "slack:T1:U1"
PLACE = "slack:@U1"
SIX = at(DAY, 6)

_Given = TypeVar("_Given")


class Life:
    """Somebody's subscriptions, each step in a transaction of its own.

    Args:
        person: what is kept of them.
    """

    def __init__(self, database: Database, who: str | None = WHO) -> None:
        self.database = database
        self.person = Person(who=who, created_at=SIX) if who else None
        self.author = Author(who, who or "the command line", self.person)
        self.subscribing = Subscribing(RULES)

    async def make(
        self,
        text: str = "daily 09:00 on mon-sun",
        now: datetime = SIX,
        words: str = "x",
        place: str = PLACE,
    ) -> str:
        """Keep a new one; the token of that change."""

        async def step(session: AsyncSession) -> str:
            _, change = await self.subscribing.create(
                session, place, parse(words), wish_in(text), self.author, "UTC", Style.COMPACT, now
            )
            assert change is not None
            return change.token

        return await self._do(step)

    async def change(self, now: datetime = SIX, number: int = 1, **values: Any) -> str | None:
        return await self._act("change", number, values, self.author, "changed it", now)

    async def pause(self, now: datetime = SIX) -> str | None:
        return await self._act("pause", 1, self.author, now)

    async def resume(self, now: datetime = SIX) -> str | None:
        return await self._act("resume", 1, self.author, now)

    async def end(self, now: datetime = SIX) -> str | None:
        return await self._act("end", 1, self.author, now)

    async def undo(self, token: str | None, now: datetime = SIX) -> Subscription:
        async def step(session: AsyncSession) -> Subscription:
            return (await self.subscribing.undo(session, token or "", self.author, now))[0]

        return await self._do(step)

    async def row(self, number: int = 1) -> Subscription:
        return await stored_subscription(self.database, number)

    async def due(self) -> datetime:
        return (await self.row()).next_due_at

    async def audit(self) -> list[tuple[str, str | None, bool]]:
        async with self.database.read() as session:
            found = await session.exec(select(Change).order_by("id"))
            return [(change.what, change.who, change.undone) for change in found]

    async def _act(self, name: str, number: int, *arguments: Any) -> str | None:
        async def step(session: AsyncSession) -> str | None:
            kept = await subscriptions.subscription_by_id(session, number)
            change: Change | None = await getattr(self.subscribing, name)(session, kept, *arguments)
            return change.token if change else None

        return await self._do(step)

    async def _do(self, step: Callable[[AsyncSession], Awaitable[_Given]]) -> _Given:
        async with self.database.write() as session:
            return await step(session)
