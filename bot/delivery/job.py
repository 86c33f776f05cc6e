"""A claimed delivery with all that sending its parts needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot import digest as digests
from bot.adapter import Adapter, Limits, Thread
from bot.decisions import union
from bot.digest import Digest
from bot.markup import Message
from bot.messages import thread
from bot.messages.thread import Served
from bot.places import Place, parse_place
from storage.models import Delivery, Paper, Part, PartKind
from storage.places import installation_of


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
        pace: seconds between two parts, once the place has asked to slow down.
    """

    delivery: Delivery
    parts: list[Part]
    papers: Mapping[str, Paper]
    digest: Digest
    served: Served
    limits: Limits
    head: str | None = None
    encloses: bool = False
    pace: float = 0.0
    place: Place = field(init=False)
    installation: str = field(init=False)

    def __post_init__(self) -> None:
        self.place = parse_place(self.delivery.place)
        self.installation = installation_of(self.delivery.place)

    def message(self, part: Part) -> Message:
        """What a part says, with the numbers of this moment."""
        if self.delivery.notice is not None:
            return thread.notice(self.delivery.notice, self.served.direct)
        shown = [self.papers[paper] for paper in part.papers]
        return thread.part(part.kind, shown, self.digest, self.delivery.style, self.served)

    async def send(self, adapter: Adapter, part: Part) -> str:
        """Post a part and return its reference. Raises AdapterError."""
        return await adapter.send(self.place, self.message(part), self._key(part), self._thread(part))

    async def find(self, adapter: Adapter, part: Part) -> str | None:
        """The reference of a part that may have been posted, or None. Raises AdapterError."""
        return await adapter.find(self.place, self._key(part), self._thread(part), part.tried_at)

    def _key(self, part: Part) -> str:
        return f"{self.delivery.token}.{part.position}"

    def _thread(self, part: Part) -> Thread | None:
        """Cards go under their head, everything else straight into the place."""
        head = self.head or self.parts[0].ref
        if part.kind is not PartKind.CARD or head is None:
            return None
        return Thread(head, thread.heading(self.digest.all, self.digest.away))


def digest_of(delivery: Delivery, held: Sequence[Delivery], papers: Mapping[str, Paper]) -> Digest:
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


def wanted_by(deliveries: Iterable[Delivery]) -> dict[str, list[int]]:
    """Which subscriptions want a paper, by its identifier."""
    found: dict[str, list[int]] = {}
    for delivery in deliveries:
        if delivery.subscription_id is not None:
            for paper in delivery.papers:
                found.setdefault(paper, []).append(delivery.subscription_id)
    return found


def parts_for(delivery: Delivery, digest: Digest, lines: int) -> list[Part]:
    """The messages of a delivery, in the order of sending.

    Args:
        lines: how many paper lines one message of the platform holds.
    """
    if delivery.thread_of is not None:
        return digests.additions([paper.id for paper in digest.papers])
    return digests.parts(digest, delivery.style, lines)


def has_content(delivery: Delivery, digest: Digest, head: str | None) -> bool:
    """Whether there is anything to say, and where to say it."""
    if delivery.thread_of is not None and head is None:
        return False
    return bool(digest.papers) or delivery.notice is not None


def _known(ids: Sequence[str], papers: Mapping[str, Paper]) -> tuple[Paper, ...]:
    return tuple(papers[paper] for paper in ids if paper in papers)
