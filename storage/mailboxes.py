"""Mailboxes and their opt-ins."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.locks import lock
from storage.models import Delivery, Mailbox, OptIn

OPT_IN_KEPT = timedelta(days=3)
"""How long an opt-in is kept, confirmed or not, with the mail that asked for it: a day longer than it can be
confirmed, and than it is counted."""


async def add_opt_in(session: AsyncSession, opt_in: OptIn) -> None:
    """Keep what was asked for."""
    session.add(opt_in)
    await session.flush()


async def asked_for(session: AsyncSession, box: str, since: datetime) -> int:
    """How many mails this mailbox was sent that ask for a confirmation."""
    return await _count(session, col(OptIn.box) == box, col(OptIn.asked_at) > since)


async def asked_from(session: AsyncSession, origin: str, since: datetime) -> int:
    """How many such mails somebody has brought about."""
    return await _count(session, col(OptIn.origin) == origin, col(OptIn.asked_at) > since)


async def asked_in_all(session: AsyncSession, since: datetime) -> int:
    """How many such mails there were."""
    return await _count(session, col(OptIn.asked_at) > since)


async def opt_in(session: AsyncSession, token: str) -> OptIn | None:
    return await session.get(OptIn, token)


async def held_opt_in(session: AsyncSession, token: str) -> OptIn | None:
    """An opt-in, held until the transaction ends so that it is confirmed once; None where it is not kept."""
    return await session.get(OptIn, token, with_for_update=True, populate_existing=True)


async def mailbox(session: AsyncSession, place: str) -> Mailbox | None:
    return await session.get(Mailbox, place)


async def keep_mailbox(session: AsyncSession, place: str, generation: int, now: datetime) -> Mailbox:
    """A mailbox whose owner wants mail: the one that there is, else one with this generation."""
    found = await _held_mailbox(session, place)
    if found is None:
        found = Mailbox(place=place, generation=generation, confirmed_at=now)
        session.add(found)
        await session.flush()
    return found


async def renew(session: AsyncSession, place: str, old: int, new: int) -> bool:
    """Give a mailbox of one generation another; what it has confirmed cannot be looked at again by that link.

    Returns:
        Whether it is of the new one now.
    """
    found = await _held_mailbox(session, place)
    if found is not None and found.generation == old:
        found.generation = new
        used = delete(OptIn).where(col(OptIn.place) == place, col(OptIn.confirmed_at).is_not(None))
        await session.exec(used)
    return found is not None and found.generation == new


async def forget_opt_ins(session: AsyncSession, now: datetime, most: int) -> int:
    """Delete old opt-ins and the mails that asked for them: nobody's address is kept who did not say yes."""
    old = select(OptIn).where(col(OptIn.asked_at) < now - OPT_IN_KEPT)
    found = list(await session.exec(old.order_by(col(OptIn.asked_at)).limit(most)))
    await session.exec(delete(Delivery).where(col(Delivery.token).in_([one.delivery for one in found])))
    await session.exec(delete(OptIn).where(col(OptIn.token).in_([one.token for one in found])))
    return len(found)


async def _held_mailbox(session: AsyncSession, place: str) -> Mailbox | None:
    """A mailbox, held until the transaction ends."""
    await lock(session, [f"mailbox {place}"])
    return await session.get(Mailbox, place, populate_existing=True)


async def _count(session: AsyncSession, *where: object) -> int:
    rows = select(func.count()).select_from(OptIn).where(*where)  # type: ignore[arg-type]
    return (await session.exec(rows)).one()
