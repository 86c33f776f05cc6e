"""The outbox: what is on its way, who sends it, what a place has got.

    pending ── claim ──> sending ── every part sent ──> sent
       ^                    │
       └──── hand back ─────┴── given up ─────────────> failed

A delivery that holds nothing is `skipped` from the start; one that travels in another is `enclosed` until
that one is finished. A delivery's parts are made when it is first claimed. A part goes
pending → sending → sent; it is committed as sending before the network is touched.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Update, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Delivery, DeliveryState, Part, PartState, Style

OPEN = (DeliveryState.PENDING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Claimant:
    """A process that wants to send.

    Args:
        name: unique among all processes, living and dead.
        now: the real time (UTC), whatever moment of the schedule is being run.
        lease: how long a claim lasts unless it is renewed.
        is_gone: whether the process of that name is certainly dead.
    """

    name: str
    now: datetime
    lease: timedelta
    is_gone: Callable[[str], bool]


async def reserve(session: AsyncSession, delivery: Delivery, parts: Iterable[Part]) -> None:
    """Keep a planned delivery with its parts; from here on its papers count as given to the place.

    Raises sqlalchemy.exc.IntegrityError where the subscription has a delivery for that date already.
    """
    session.add(delivery)
    await session.flush()
    assert delivery.id is not None  # the flush has set it
    for part in parts:
        part.delivery_id = delivery.id
        session.add(part)
    await session.flush()


async def papers_given(session: AsyncSession, place: str, since: date, rest: bool = True) -> set[str]:
    """Identifiers of the papers listed from `since` on that a place has got or is about to get.

    Of a delivery that failed, only those in the parts that were sent. A paper is never delivered under a
    date more than a day before that of its list: local dates are at most a day behind UTC.

    Args:
        rest: those as well that a head only counted.
    """
    there = (col(Delivery.place) == place, col(Delivery.local_date) >= since - timedelta(days=1))
    standing = (*OPEN, DeliveryState.ENCLOSED, DeliveryState.SENT)
    whole = select(col(Delivery.papers), col(Delivery.rest)).where(*there, col(Delivery.state).in_(standing))
    rows = await session.exec(whole)
    given = {paper for shown, counted in rows for paper in (*shown, *(counted if rest else ()))}
    pieces = (
        select(col(Part.papers))
        .join(Delivery, col(Delivery.id) == col(Part.delivery_id))
        .where(*there, col(Delivery.state) == DeliveryState.FAILED, col(Part.state) == PartState.SENT)
    )
    return given.union(*await session.exec(pieces))


async def claim(
    session: AsyncSession,
    claimant: Claimant,
    passed_over: Collection[int] = (),
    impatient: bool = False,
    only: int | None = None,
) -> Delivery | None:
    """Take the oldest delivery that may be sent now; None where there is none.

    A place gets its deliveries one after the other, so only its oldest open one can be taken. One that
    another process holds is taken over when its claim has ended or that process is dead.

    Args:
        passed_over: deliveries that are not wanted.
        impatient: take one as well whose next attempt is planned for later.
        only: take this delivery or none.
    """
    other = aliased(Delivery)
    oldest = select(func.min(col(other.id))).where(col(other.state).in_(OPEN)).group_by(col(other.place))
    ready = select(Delivery).where(
        col(Delivery.state).in_(OPEN), col(Delivery.id).in_(oldest), await _not_held(session, claimant)
    )
    if passed_over:
        ready = ready.where(col(Delivery.id).not_in(passed_over))
    if only is not None:
        ready = ready.where(col(Delivery.id) == only)
    elif not impatient:
        ready = ready.where(or_(col(Delivery.not_before).is_(None), col(Delivery.not_before) <= claimant.now))
    # One row alone is locked: another process that claims at the same time takes the next.
    row = ready.order_by(col(Delivery.id)).limit(1).with_for_update(skip_locked=True, of=Delivery)
    delivery = (await session.exec(row)).first()
    if delivery is not None:
        delivery.state = DeliveryState.SENDING
        delivery.owner = claimant.name
        delivery.owner_until = claimant.now + claimant.lease
    return delivery


async def _not_held(session: AsyncSession, claimant: Claimant) -> ColumnElement[bool]:
    """That nobody living holds a delivery, be it another task of the claimant's process."""
    held = (col(Delivery.state).in_(OPEN), col(Delivery.owner_until) > claimant.now)
    owners = await session.exec(select(col(Delivery.owner)).where(*held).distinct())
    dead = [owner for owner in owners if owner and claimant.is_gone(owner)]
    return or_(
        col(Delivery.owner_until).is_(None),
        col(Delivery.owner_until) <= claimant.now,
        col(Delivery.owner).in_(dead),
    )


async def renew(session: AsyncSession, delivery: Delivery, until: datetime) -> bool:
    """Lengthen the claim that `delivery` was taken with; False where it is held no longer.

    What was written with the claim must still stand: its end too, because another task of the same
    process may have taken the delivery over when the claim had ended.
    """
    held = await session.exec(_claimed(delivery).values(owner_until=until))
    if held.rowcount:
        delivery.owner_until = until
    return held.rowcount == 1


async def mark_part(session: AsyncSession, part: Part) -> bool:
    """Keep a part's state, reference and time; False where it is there no longer."""
    row = update(Part).where(col(Part.delivery_id) == part.delivery_id, col(Part.position) == part.position)
    kept = await session.exec(row.values(state=part.state, ref=part.ref, sent_at=part.sent_at))
    return kept.rowcount == 1


async def hand_back(session: AsyncSession, delivery: Delivery) -> bool:
    """Keep how a delivery stands and end the claim on it; False where it was held no longer."""
    fields = ("state", "reason", "not_before", "attempts", "failing_since", "finished_at")
    values = {name: getattr(delivery, name) for name in fields}
    held = await session.exec(_claimed(delivery).values(**values, owner=None, owner_until=None))
    return held.rowcount == 1


def _claimed(delivery: Delivery) -> Update:
    """The row as this claim left it."""
    return update(Delivery).where(
        col(Delivery.id) == delivery.id,
        col(Delivery.owner) == delivery.owner,
        col(Delivery.owner_until) == delivery.owner_until,
    )


async def enclosed_in(session: AsyncSession, token: str) -> list[Delivery]:
    """The deliveries that an envelope holds, oldest first; not those that were taken out of it."""
    rows = select(Delivery).where(
        col(Delivery.envelope) == token, col(Delivery.state) == DeliveryState.ENCLOSED
    )
    return list(await session.exec(rows.order_by(col(Delivery.id))))


async def held_by(session: AsyncSession, token: str) -> list[Delivery]:
    """All deliveries that travel or have travelled in an envelope, oldest first."""
    rows = select(Delivery).where(col(Delivery.envelope) == token)
    return list(await session.exec(rows.order_by(col(Delivery.id))))


async def finish_enclosed(session: AsyncSession, envelope: Delivery) -> None:
    """What becomes of an envelope becomes of all that it holds."""
    held = update(Delivery).where(
        col(Delivery.envelope) == envelope.token, col(Delivery.state) == DeliveryState.ENCLOSED
    )
    await session.exec(
        held.values(state=envelope.state, reason=envelope.reason, finished_at=envelope.finished_at)
    )


async def add_parts(session: AsyncSession, delivery: Delivery, parts: Iterable[Part]) -> None:
    """Keep the messages of a delivery, which are made when it is first taken."""
    for part in parts:
        part.delivery_id = delivery.id or 0
        session.add(part)
    await session.flush()


async def head_of(session: AsyncSession, delivery_id: int) -> str | None:
    """The reference of a delivery's head, if it was sent."""
    rows = select(col(Part.ref)).where(col(Part.delivery_id) == delivery_id, col(Part.position) == 0)
    return (await session.exec(rows)).first()


async def threads_of(session: AsyncSession, subscription_id: int, since: date) -> list[Delivery]:
    """The threads that a subscription's digests have opened: the deliveries that were sent, or that held them
    when they were sent together."""
    own = select(Delivery).where(
        col(Delivery.subscription_id) == subscription_id,
        col(Delivery.local_date) >= since,
        col(Delivery.state) == DeliveryState.SENT,
        col(Delivery.style) == Style.THREAD,
        col(Delivery.by_hand).is_(False),
        col(Delivery.notice).is_(None),
    )
    sent = list(await session.exec(own.order_by(col(Delivery.id))))
    held_in = [delivery.envelope for delivery in sent if delivery.envelope]
    envelopes = await session.exec(select(Delivery).where(col(Delivery.token).in_(held_in)))
    return [delivery for delivery in sent if not delivery.envelope] + list(envelopes)


async def delivery_by_token(session: AsyncSession, token: str) -> Delivery | None:
    return (await session.exec(select(Delivery).where(col(Delivery.token) == token))).first()


async def number_of(session: AsyncSession, token: str) -> int:
    """The number of a delivery that was kept."""
    return (await session.exec(select(col(Delivery.id)).where(col(Delivery.token) == token))).one() or 0


async def latest_of(session: AsyncSession, subscription_ids: Collection[int], most: int) -> list[Delivery]:
    """The latest deliveries of these subscriptions, newest first."""
    rows = select(Delivery).where(col(Delivery.subscription_id).in_(subscription_ids))
    return list(await session.exec(rows.order_by(col(Delivery.id).desc()).limit(most)))


async def parts_of(session: AsyncSession, delivery_id: int) -> list[Part]:
    """The parts of a delivery in the order of sending."""
    rows = select(Part).where(col(Part.delivery_id) == delivery_id).order_by(col(Part.position))
    return list(await session.exec(rows))


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
    )
    return [sentence for sentence in await session.exec(rows.order_by(col(Delivery.id))) if sentence]
