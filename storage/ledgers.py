"""What subscriptions have got, for those of which the last release that they have seen does not tell."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_
from sqlalchemy import select as sql_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.bulk import among
from storage.deliveries import ARRIVED
from storage.models import Delivery, DeliveryState, Part


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a subscription has got.

    Args:
        given: papers it has got, or is about to get.
        lost: papers of digests that failed, which it has not got.
    """

    given: frozenset[str]
    lost: frozenset[str]


class _Entry(NamedTuple):
    subscription_id: int
    state: DeliveryState
    papers: list[str]
    rest: list[str]
    id: int
    envelope: str | None


_ENTRY = tuple(getattr(Delivery, name) for name in _Entry._fields)


async def ledgers_of(session: AsyncSession, ids: Collection[int], since: date) -> dict[int, Ledger]:
    """The ledgers of these subscriptions over local dates from `since` on; none for one without deliveries.
    What was skipped holds nothing, but tells that a subscription has begun."""
    asked = sql_select(*_ENTRY).where(
        among(col(Delivery.subscription_id), ids), col(Delivery.local_date) >= since
    )
    entries = list(map(_Entry._make, await (await session.connection()).execute(asked)))
    given: dict[int, set[str]] = {entry.subscription_id: set() for entry in entries}
    failed = [entry for entry in entries if entry.state is DeliveryState.FAILED]
    for number, state, papers, rest, *_ in entries:
        if state not in (DeliveryState.FAILED, DeliveryState.SKIPPED):
            given[number].update(papers, rest)
    lost = await _lost_papers(session, failed, given) if failed else {}
    return {
        number: Ledger(frozenset(papers), frozenset(lost.get(number, ()))) for number, papers in given.items()
    }


async def _lost_papers(
    session: AsyncSession, failed: Sequence[_Entry], given: Mapping[int, set[str]]
) -> dict[int, set[str]]:
    """What was not given for a failure, by subscription; `given` gets what was sent before one."""
    sent = await _sent_papers(session, failed)
    for entry in failed:
        shown = sent.get(entry.envelope or entry.id, set())
        given[entry.subscription_id].update(shown.intersection((*entry.papers, *entry.rest)))
    lost: dict[int, set[str]] = {}
    for entry in failed:
        missing = {*entry.papers, *entry.rest} - given[entry.subscription_id]
        lost.setdefault(entry.subscription_id, set()).update(missing)
    return lost


async def _sent_papers(session: AsyncSession, failed: Sequence[_Entry]) -> dict[int | str, set[str]]:
    """Which papers failed deliveries showed all the same: by the envelope's token, else by number."""
    own = [entry.id for entry in failed if entry.envelope is None]
    envelopes = [entry.envelope for entry in failed if entry.envelope is not None]
    rows = await session.exec(
        select(col(Delivery.id), col(Delivery.token), col(Part.papers))
        .join(Delivery, col(Delivery.id) == col(Part.delivery_id))
        .where(
            or_(col(Delivery.id).in_(own), col(Delivery.token).in_(envelopes)),
            col(Part.state).in_(ARRIVED),
        )
    )
    sent: dict[int | str, set[str]] = {}
    for delivery, token, papers in rows:
        sent.setdefault(delivery or 0, set()).update(papers)
        sent.setdefault(token, set()).update(papers)
    return sent


async def has_failed(session: AsyncSession, ids: Collection[int], since: date) -> set[int]:
    """Those of the subscriptions with a delivery that failed since."""
    rows = select(col(Delivery.subscription_id)).where(
        *failed_since(since), among(col(Delivery.subscription_id), ids)
    )
    return {number for number in await session.exec(rows.distinct()) if number is not None}


def failed_since(since: date) -> tuple[ColumnElement[bool], ...]:
    """Deliveries that failed, of local dates from `since` on."""
    return col(Delivery.state) == DeliveryState.FAILED, col(Delivery.local_date) >= since
