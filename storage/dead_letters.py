"""Deliveries that have failed for good, and putting one back."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, exists, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.deliveries import ARRIVED, papers_given
from storage.locks import lock, place_lock
from storage.models import Delivery, DeliveryState, Part, PartState

_LISTED_BEFORE = timedelta(days=14)
"""How long before a digest its papers were listed; those of a vacation's sum may be older."""
_NOT_SENT = (PartState.REFUSED, PartState.DOUBTFUL)


class NotPutBackError(Exception):
    """A delivery cannot be put back. The text says why."""


async def latest(session: AsyncSession, most: int, failed: bool) -> list[Delivery]:
    """The latest deliveries, newest first; none that was skipped or that travelled in another.

    Args:
        failed: only those that failed, or that left a message out or in doubt.
    """
    hidden = (DeliveryState.SKIPPED, DeliveryState.ENCLOSED)
    rows = select(Delivery).where(col(Delivery.state).not_in(hidden), col(Delivery.envelope).is_(None))
    if failed:
        left_out = exists().where(col(Part.delivery_id) == col(Delivery.id), col(Part.state).in_(_NOT_SENT))
        rows = rows.where(or_(col(Delivery.state) == DeliveryState.FAILED, left_out))
    return list(await session.exec(rows.order_by(col(Delivery.id).desc()).limit(most)))


async def held_in(session: AsyncSession, deliveries: Collection[Delivery]) -> dict[str, list[Delivery]]:
    """What those of them hold that are envelopes, oldest first, by the envelope's token; not what was taken
    out."""
    tokens = [one.token for one in deliveries if one.subscription_id is None]
    rows = select(Delivery).where(
        col(Delivery.envelope).in_(tokens), col(Delivery.state) != DeliveryState.SKIPPED
    )
    found: dict[str, list[Delivery]] = {}
    for delivery in await session.exec(rows.order_by(col(Delivery.id))):
        found.setdefault(delivery.envelope or "", []).append(delivery)
    return found


async def put_back(session: AsyncSession, number: int) -> Delivery:
    """Plan anew what did not arrive of a failed delivery, without the papers that came to its place since.

    Raises NotPutBackError.
    """
    delivery = await session.get(Delivery, number)
    if delivery is None:
        raise NotPutBackError(f"there is no delivery {number}")
    await lock(session, [place_lock(delivery.place)])
    await session.refresh(delivery, with_for_update=True)
    if delivery.state is not DeliveryState.FAILED:
        raise NotPutBackError(f"delivery {number} has not failed: it is {delivery.state.value}")
    if delivery.envelope is not None:
        raise NotPutBackError(f"delivery {number} travelled in another; put that one back")
    parts = list(await session.exec(select(Part).where(col(Part.delivery_id) == number)))
    # Of one that began with a message in doubt nothing is known to be there; who puts it back wants that.
    begun = any(part.state is PartState.SENT for part in parts)
    since, but = delivery.local_date - _LISTED_BEFORE, None if begun else number
    given = await papers_given(session, delivery.place, since, but=but)
    shares = [delivery, *await _held_by(session, delivery)]
    for share in shares:
        share.papers = _without(share.papers, given)
        share.rest = _without(share.rest, given)
    if delivery.notice is None and not any(share.papers for share in shares):
        raise NotPutBackError(f"all papers of delivery {number} have come to {delivery.place} since")
    await _open_again(session, delivery, parts if begun else [], given)
    for share in shares[1:]:
        share.state, share.reason, share.finished_at = DeliveryState.ENCLOSED, None, None
    return delivery


async def _held_by(session: AsyncSession, envelope: Delivery) -> list[Delivery]:
    rows = select(Delivery).where(
        col(Delivery.envelope) == envelope.token, col(Delivery.state) == DeliveryState.FAILED
    )
    return list(await session.exec(rows.order_by(col(Delivery.id))))


async def _open_again(
    session: AsyncSession, delivery: Delivery, parts: Collection[Part], given: Collection[str]
) -> None:
    """Let it wait for a sender.

    Args:
        parts: its messages; empty to make them anew.
    """
    if not parts:
        await session.exec(delete(Part).where(col(Part.delivery_id) == delivery.id))
    for part in parts:
        if part.state in ARRIVED:
            continue
        part.papers, had = _without(part.papers, given), part.papers
        if had and not part.papers:
            await session.delete(part)
        elif part.state is not PartState.SENDING:  # that one is in doubt, and looked for first
            part.state = PartState.PENDING
    delivery.state, delivery.reason, delivery.finished_at = DeliveryState.PENDING, None, None
    delivery.attempts, delivery.failing_since, delivery.not_before = 0, None, None
    delivery.owner = delivery.owner_until = None


def _without(papers: list[str], given: Collection[str]) -> list[str]:
    return [paper for paper in papers if paper not in given]
