"""A claimed delivery with all that sending its parts needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot import digest as digests
from bot.adapter import Adapter, Limits, Thread
from bot.decisions import union
from bot.digest import Digest
from bot.markup import Message
from bot.messages import reasons, thread
from bot.messages.mailboxes import confirmation
from bot.messages.thread import Served
from bot.places import Place, parse_place
from bot.ways import Ways
from storage.models import OptIn, Paper, PartKind
from storage.places import installation_of
from storage.rows import AnyDelivery, DeliveryRow, PartRow


@dataclass(slots=True)
class Job:
    """One delivery to send.

    Args:
        parts: in the order of sending; the first is the head, unless they are added to a thread.
        papers: all that the parts name, as they are known now.
        digest: what the delivery holds.
        served: whom it is for.
        limits: of its platform.
        head: the reference of the thread's head, for a delivery that is added to one.
        encloses: other deliveries travel in it.
        ways: what it can link to, for a mailbox.
        opt_in: what it asks the owner of a mailbox to confirm.
        pace: seconds between two parts, once the place has asked to slow down.
    """

    delivery: DeliveryRow
    parts: list[PartRow]
    papers: Mapping[str, Paper]
    digest: Digest
    served: Served
    limits: Limits
    head: str | None = None
    encloses: bool = False
    ways: Ways | None = None
    opt_in: OptIn | None = None
    pace: float = 0.0
    place: Place = field(init=False)
    installation: str = field(init=False)

    def __post_init__(self) -> None:
        self.place = parse_place(self.delivery.place)
        self.installation = installation_of(self.delivery.place)

    @property
    def why_empty(self) -> str:
        """Why there is nothing to send, where there are no parts."""
        if self.opt_in:
            return reasons.NO_LINKS
        joins_nothing = self.delivery.thread_of is not None and self.head is None
        return reasons.NO_THREAD if joins_nothing else reasons.ENDED

    def message(self, part: PartRow) -> Message:
        """What a part says, with the numbers of this moment."""
        if self.opt_in and self.ways:
            return self._question(self.opt_in, self.ways)
        numbers = [subscription.id or 0 for subscription in self.served.subscriptions]
        said = self._said(part)
        return self.ways.linked(said, numbers) if self.ways else said

    def _said(self, part: PartRow) -> Message:
        if self.delivery.notice is not None:
            return thread.notice(self.delivery.notice, self.served, self.delivery.late_before)
        shown, style = [self.papers[paper] for paper in part.papers], self.delivery.style
        if self.limits.whole:
            return thread.whole(shown, self.digest, style, self.served, self.limits.cards)
        return thread.part(part.kind, shown, self.digest, style, self.served)

    def _question(self, opt_in: OptIn, ways: Ways) -> Message:
        """Nothing but what leads to a yes: nobody is shown more before it."""
        url = ways.links.confirm(opt_in.token, opt_in.asked_at)
        return confirmation(self.delivery.notice or "", self.place, opt_in.asked_at, url)

    async def send(self, adapter: Adapter, part: PartRow) -> str:
        """Post a part and return its reference. Raises AdapterError."""
        return await adapter.send(self.place, self.message(part), self._key(part), self._thread(part))

    async def find(self, adapter: Adapter, part: PartRow) -> str | None:
        """The reference of a part that may have been posted, or None. Raises AdapterError."""
        return await adapter.find(self.place, self._key(part), self._thread(part), part.tried_at)

    def _key(self, part: PartRow) -> str:
        return f"{self.delivery.token}.{part.position}"

    def _thread(self, part: PartRow) -> Thread | None:
        """Cards go under their head, everything else straight into the place."""
        head = self.head or self.parts[0].ref
        if part.kind is not PartKind.CARD or head is None:
            return None
        return Thread(head, thread.heading(self.digest.all, self.digest.away))


def digest_of(delivery: AnyDelivery, held: Sequence[AnyDelivery], papers: Mapping[str, Paper]) -> Digest:
    """What a delivery shows.

    Args:
        held: the deliveries that it holds, for an envelope.
        papers: all that these name; one that is not known any more is left out.
    """
    if held:
        content = union(held, papers)
        rising = {paper for one in held for paper in one.rising}
    else:
        content = Digest(_known(delivery.papers, papers), _known(delivery.rest, papers))
        rising = set(delivery.rising)
    return Digest(
        content.papers,
        content.rest,
        frozenset(rising),
        delivery.late_before,
        delivery.away,
    )


def wanted_by(deliveries: Iterable[DeliveryRow]) -> dict[str, list[int]]:
    """Which subscriptions want a paper, by its identifier."""
    found: dict[str, list[int]] = {}
    for delivery in deliveries:
        if delivery.subscription_id is not None:
            for paper in delivery.papers:
                found.setdefault(paper, []).append(delivery.subscription_id)
    return found


def parts_for(delivery: DeliveryRow, digest: Digest, limits: Limits) -> list[PartRow]:
    """The messages of a delivery, in the order of sending.

    Args:
        limits: of its platform.
    """
    if delivery.thread_of is not None:
        return digests.additions([paper.id for paper in digest.papers], delivery.id)
    return digests.parts(digest, delivery.style, limits.lines, limits.whole, delivery.id)


def has_content(delivery: DeliveryRow, digest: Digest, head: str | None) -> bool:
    """Whether there is anything to say, and where to say it."""
    if delivery.thread_of is not None and head is None:
        return False
    return bool(digest.papers) or delivery.notice is not None


def _known(ids: Sequence[str], papers: Mapping[str, Paper]) -> tuple[Paper, ...]:
    return tuple(papers[paper] for paper in ids if paper in papers)
