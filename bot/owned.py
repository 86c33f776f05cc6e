"""Which subscriptions are somebody's own."""

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.permissions import owns
from bot.request import Request
from storage import subscriptions
from storage.models import Subscription


async def own_subscriptions(session: AsyncSession, request: Request) -> list[Subscription]:
    """Those that a person alone reads, oldest first."""
    owned = await subscriptions.owned_by(session, request.who)
    sent = await subscriptions.at_place(session, str(request.direct)) if request.direct else []
    found = {one.id: one for one in (*owned, *sent) if owns(request, one)}
    return [found[number] for number in sorted(found, key=lambda number: number or 0)]
