"""What deliveries say: their parts, what they hold, and all that these name; for many at once.

These run through `Database.ask` and `Database.change`, so that one thread does all of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy import select as sql_select
from sqlalchemy.orm import Session
from sqlmodel import col, select

from storage.bulk import among
from storage.models import Delivery, DeliveryState, Mailbox, OptIn, Paper, Part, Subscription
from storage.places import is_mailbox
from storage.rows import DELIVERY, PART, DeliveryRow, PartRow, names_of


@dataclass(frozen=True, slots=True)
class Contents:
    """What the store knows about some deliveries.

    Args:
        held: what an envelope holds, oldest first, by its token.
        parts: by the delivery's number, in the order of sending; none for one that was never taken before.
        heads: the references of the threads that are added to, by the number of the delivery that opened it.
        papers: all that they name and that are still known, by identifier.
        subscriptions: those that they are for and that are still known, by number.
        generations: of the mailboxes that have a row, by place.
        opt_ins: what a delivery asks the owner of a mailbox to confirm, by its token.
    """

    held: Mapping[str, list[DeliveryRow]]
    parts: Mapping[int, list[PartRow]]
    heads: Mapping[int, str]
    papers: Mapping[str, Paper]
    subscriptions: Mapping[int, Subscription]
    generations: Mapping[str, int]
    opt_ins: Mapping[str, OptIn]


def contents_of(session: Session, deliveries: Sequence[DeliveryRow]) -> Contents:
    """All that it takes to send these."""
    held = enclosed_in(session, [one.token for one in deliveries if one.subscription_id is None])
    shares = [*deliveries, *(share for of_one in held.values() for share in of_one)]
    named = {paper for share in shares for paper in (*share.papers, *share.rest)}
    numbers = {share.subscription_id for share in shares if share.subscription_id is not None}
    threads = {delivery.thread_of for delivery in deliveries if delivery.thread_of is not None}
    mails = [delivery for delivery in deliveries if is_mailbox(delivery.place)]
    papers = session.scalars(select(Paper).where(among(Paper.id, named))) if named else ()
    for_whom = session.scalars(select(Subscription).where(among(Subscription.id, numbers))) if numbers else ()
    return Contents(
        held,
        parts_of(session, [delivery.id for delivery in deliveries]),
        _heads_of(session, threads),
        {paper.id: paper for paper in papers},
        {subscription.id or 0: subscription for subscription in for_whom},
        _generations(session, {mail.place for mail in mails}),
        _opt_ins_of(session, [mail.token for mail in mails if mail.notice is not None]),
    )


def enclosed_in(session: Session, tokens: Collection[str]) -> dict[str, list[DeliveryRow]]:
    """The deliveries that envelopes hold, oldest first, by the envelope's token; not those taken out."""
    if not tokens:
        return {}
    rows = sql_select(col(Delivery.envelope), *DELIVERY).where(
        among(Delivery.envelope, tokens), col(Delivery.state) == DeliveryState.ENCLOSED
    )
    found: dict[str, list[DeliveryRow]] = {}
    for envelope, *columns in session.connection().execute(rows.order_by(col(Delivery.id))):
        found.setdefault(envelope, []).append(DeliveryRow(*columns))
    return found


def parts_of(session: Session, numbers: Collection[int]) -> dict[int, list[PartRow]]:
    """The parts of deliveries in the order of sending, by the delivery's number."""
    rows = sql_select(*PART).where(among(Part.delivery_id, numbers))
    found: dict[int, list[PartRow]] = {}
    for row in session.connection().execute(rows.order_by(col(Part.delivery_id), col(Part.position))):
        found.setdefault(row.delivery_id, []).append(PartRow(*row))
    return found


def add_parts(session: Session, parts: Sequence[PartRow]) -> None:
    """Keep the messages of deliveries, which are made when these are first taken."""
    columns = names_of(PartRow)
    rows = [{name: getattr(part, name) for name in columns} for part in parts]
    session.connection().execute(insert(Part), rows)


def _heads_of(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """The references of the heads of these deliveries, where they were sent."""
    if not numbers:
        return {}
    rows = select(col(Part.delivery_id), col(Part.ref)).where(
        among(Part.delivery_id, numbers), col(Part.position) == 0, col(Part.ref).is_not(None)
    )
    return {number: ref or "" for number, ref in session.connection().execute(rows)}


def _generations(session: Session, places: Collection[str]) -> dict[str, int]:
    """The generation of each of these mailboxes that has a row."""
    if not places:
        return {}
    rows = select(col(Mailbox.place), col(Mailbox.generation)).where(among(Mailbox.place, places))
    return {row.place: row.generation for row in session.connection().execute(rows)}


def _opt_ins_of(session: Session, tokens: Collection[str]) -> dict[str, OptIn]:
    """The opt-ins for which these deliveries ask, by the tokens of the deliveries."""
    if not tokens:
        return {}
    rows = session.scalars(select(OptIn).where(among(OptIn.delivery, tokens)))
    return {opt_in.delivery: opt_in for opt_in in rows}
