"""A claimed delivery with all that sending its parts needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.adapter import Adapter, Thread
from bot.digest import Digest
from bot.markup import Message
from bot.messages import thread
from bot.places import Place, parse_place
from storage.models import Delivery, Paper, Part, PartKind, Subscription


@dataclass(slots=True)
class Job:
    """One delivery to send.

    Args:
        parts: in the order of sending; the first is the head.
        papers: all that the delivery names, as they are known now.
        subscription: what it is for; None when a person posted it by hand, or has ended it since.
        patience: seconds to wait at the longest where the platform asks to.
        pace: seconds to wait before each further part, once the platform has asked to slow down.
    """

    delivery: Delivery
    parts: list[Part]
    papers: Mapping[str, Paper]
    subscription: Subscription | None
    patience: float = 0.0
    pace: float = 0.0

    @property
    def place(self) -> Place:
        return parse_place(self.delivery.place)

    @property
    def digest(self) -> Digest:
        shown, rest = (
            [self.papers[paper] for paper in ids] for ids in (self.delivery.papers, self.delivery.rest)
        )
        return Digest(tuple(shown), tuple(rest))

    def message(self, part: Part) -> Message:
        """What a part says, with the numbers of this moment."""
        shown = [self.papers[paper] for paper in part.papers]
        return thread.part(part.kind, shown, self.digest, self.delivery.style, self.subscription)

    async def send(self, adapter: Adapter, part: Part) -> str:
        """Post a part and return its reference. Raises AdapterError."""
        return await adapter.send(self.place, self.message(part), self._key(part), self._thread(part))

    async def find(self, adapter: Adapter, part: Part) -> str | None:
        """The reference of a part that may have been posted, or None. Raises AdapterError."""
        return await adapter.find(self.place, self._key(part), self._thread(part))

    def _key(self, part: Part) -> str:
        return f"{self.delivery.token}.{part.position}"

    def _thread(self, part: Part) -> Thread | None:
        """Cards go under their head, everything else straight into the place."""
        head = self.parts[0].ref
        if part.kind is not PartKind.CARD or head is None:
            return None
        return Thread(head, thread.heading(self.digest.all))
