"""Taking back what is planned and has not begun, and bringing that back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from storage.deliveries import OPEN
from storage.models import Delivery, DeliveryState, Part, PartState


async def cancel_open(session: AsyncSession, subscription_id: int, reason: str, now: datetime) -> None:
    """End what is planned for a subscription and not sent yet; what has begun is finished, be it together
    with others' papers. An envelope that has not begun is divided into messages anew."""
    # Locked before it is asked what has begun: else a sender could begin in between.
    planned, envelopes = await _held(session, col(Delivery.subscription_id) == subscription_id)
    numbers = [one.id for one in (*planned, *envelopes)]
    asked = select(col(Part.delivery_id)).where(
        col(Part.delivery_id).in_(numbers), col(Part.state) != PartState.PENDING
    )
    begun = set(await session.exec(asked.distinct()))
    open_envelopes = {one.token: one for one in envelopes if one.id not in begun}
    for delivery in planned:
        if delivery.id in begun or (delivery.envelope and delivery.envelope not in open_envelopes):
            continue
        delivery.state, delivery.reason, delivery.finished_at = DeliveryState.SKIPPED, reason, now
        delivery.owner = delivery.owner_until = None
        if delivery.envelope:
            await _divide_anew(session, open_envelopes[delivery.envelope])


async def _held(session: AsyncSession, theirs: ColumnElement[bool]) -> tuple[list[Delivery], list[Delivery]]:
    """What is planned of these deliveries, and the envelopes round them; locked until the transaction ends.

    In the order in which a sender locks them, who ends an envelope and then what it holds: in another one
    the two could wait for each other.
    """
    enclosed = (theirs, col(Delivery.state) == DeliveryState.ENCLOSED)
    tokens = select(col(Delivery.envelope)).where(*enclosed)
    on_their_own = or_(and_(theirs, col(Delivery.state).in_(OPEN)), col(Delivery.token).in_(tokens))
    outer = list(await session.exec(_locked(on_their_own)))
    inner = list(await session.exec(_locked(*enclosed)))
    around = {one.envelope for one in inner}
    return (
        [*(one for one in outer if one.token not in around), *inner],
        [one for one in outer if one.token in around],
    )


def _locked(*which: ColumnElement[bool]) -> SelectOfScalar[Delivery]:
    rows = select(Delivery).where(*which).order_by(col(Delivery.id)).with_for_update()
    return rows.execution_options(populate_existing=True)


async def _divide_anew(session: AsyncSession, envelope: Delivery) -> None:
    """Let the messages of an envelope be made again; who holds it finds out before it sends the next one."""
    await session.exec(delete(Part).where(col(Part.delivery_id) == envelope.id))
    if envelope.state in OPEN:
        envelope.state = DeliveryState.PENDING
        envelope.owner = envelope.owner_until = None


async def bring_back(
    session: AsyncSession, subscription_id: int, reasons: Collection[str], cancelled_at: datetime
) -> None:
    """Plan again what `cancel_open` ended at that moment; what was to travel with others travels alone.

    Args:
        reasons: those it can have been ended with.
    """
    cancelled = update(Delivery).where(
        col(Delivery.subscription_id) == subscription_id,
        col(Delivery.state) == DeliveryState.SKIPPED,
        col(Delivery.finished_at) == cancelled_at,
        col(Delivery.reason).in_(reasons),
    )
    planned = {"state": DeliveryState.PENDING, "reason": None, "finished_at": None, "envelope": None}
    await session.exec(cancelled.values(**planned))


async def cancel_place(session: AsyncSession, place: str, reason: str, now: datetime) -> None:
    """Give up what is planned for a place that has closed its door."""
    planned, envelopes = await _held(session, col(Delivery.place) == place)
    for delivery in (*planned, *envelopes):
        if delivery.state is not DeliveryState.SENDING:
            delivery.state, delivery.reason, delivery.finished_at = DeliveryState.FAILED, reason, now
