"""The outbox: what is on its way, and what a place has got.

`docs/delivery.md` draws how a delivery and its parts go on; `storage.claims` does the writing.
"""

from collections.abc import Collection
from datetime import date, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Delivery, DeliveryState, OptIn, Part, PartState, Style

OPEN = (DeliveryState.PENDING, DeliveryState.SENDING)
ARRIVED = (PartState.SENT, PartState.DOUBTFUL)
"""A message in doubt counts as one that came: nobody gets its papers twice."""


async def papers_given(
    session: AsyncSession, place: str, since: date, rest: bool = True, but: int | None = None
) -> set[str]:
    """Identifiers of the papers listed from `since` on that a place has got or is about to get.

    Of a delivery that failed, only those in the parts that arrived. A paper is never delivered under a
    date more than a day before that of its list: local dates are at most a day behind UTC.

    Args:
        rest: those as well that a head only counted.
        but: a delivery that is not looked at.
    """
    there = (col(Delivery.place) == place, col(Delivery.local_date) >= since - timedelta(days=1))
    standing = (*OPEN, DeliveryState.ENCLOSED, DeliveryState.SENT)
    whole = select(col(Delivery.papers), col(Delivery.rest)).where(*there, col(Delivery.state).in_(standing))
    rows = await session.exec(whole)
    given = {paper for shown, counted in rows for paper in (*shown, *(counted if rest else ()))}
    pieces = (
        select(col(Part.papers))
        .join(Delivery, col(Delivery.id) == col(Part.delivery_id))
        .where(*there, col(Delivery.state) == DeliveryState.FAILED, col(Part.state).in_(ARRIVED))
        .where(col(Delivery.id).is_distinct_from(but))
    )
    return given.union(*await session.exec(pieces))


async def held_by(session: AsyncSession, token: str) -> list[Delivery]:
    """All deliveries that travel or have travelled in an envelope, oldest first."""
    rows = select(Delivery).where(col(Delivery.envelope) == token)
    return list(await session.exec(rows.order_by(col(Delivery.id))))


async def threads_of(
    session: AsyncSession, subscription_id: int, since: date
) -> list[tuple[Delivery, int | None]]:
    """The digests of a subscription's schedule from a local date on, oldest first, whatever became of them;
    of two for one date, the first.

    With each the number of the delivery whose thread holds it, which is its envelope where it was sent
    together with others; None where it has opened no thread."""
    own = select(Delivery).where(
        col(Delivery.subscription_id) == subscription_id,
        col(Delivery.local_date) >= since,
        col(Delivery.by_hand).is_(False),
    )
    digests = list(await session.exec(own.order_by(col(Delivery.id))))
    tokens = [digest.envelope for digest in digests if digest.envelope]
    rows = select(col(Delivery.token), col(Delivery.id)).where(col(Delivery.token).in_(tokens))
    envelopes = dict(list(await session.exec(rows)))
    return [
        (digest, envelopes.get(digest.envelope or "", digest.id) if _has_thread(digest) else None)
        for digest in digests
    ]


def _has_thread(digest: Delivery) -> bool:
    sent = digest.state is DeliveryState.SENT and digest.notice is None
    return sent and digest.style is Style.THREAD


async def delivery_by_token(session: AsyncSession, token: str) -> Delivery | None:
    return (await session.exec(select(Delivery).where(col(Delivery.token) == token))).first()


async def number_of(session: AsyncSession, token: str) -> int:
    """The number of a delivery that was kept."""
    return (await session.exec(select(col(Delivery.id)).where(col(Delivery.token) == token))).one() or 0


async def latest_of(session: AsyncSession, subscription_ids: Collection[int], most: int) -> list[Delivery]:
    """The latest deliveries of these subscriptions, newest first."""
    rows = select(Delivery).where(col(Delivery.subscription_id).in_(subscription_ids))
    return list(await session.exec(rows.order_by(col(Delivery.id).desc()).limit(most)))


async def open_posts(session: AsyncSession, place: str) -> list[Delivery]:
    """Editions that somebody posts to a place by hand and that are not finished, oldest first."""
    rows = select(Delivery).where(
        col(Delivery.place) == place,
        col(Delivery.state).in_(OPEN),
        col(Delivery.by_hand).is_(True),
        col(Delivery.subscription_id).is_(None),
        col(Delivery.thread_of).is_(None),
        col(Delivery.notice).is_(None),
    )
    return list(await session.exec(rows.order_by(col(Delivery.id))))


async def unsaid(session: AsyncSession, place: str) -> list[str]:
    """The sentences beside any subscription that a place was to be told and was not, oldest first."""
    rows = select(col(Delivery.notice)).where(
        col(Delivery.place) == place,
        col(Delivery.state).in_(OPEN),
        col(Delivery.subscription_id).is_(None),
        col(Delivery.notice).is_not(None),
        col(Delivery.token).not_in(select(col(OptIn.delivery)).where(col(OptIn.place) == place)),
    )
    return [sentence for sentence in await session.exec(rows.order_by(col(Delivery.id))) if sentence]
