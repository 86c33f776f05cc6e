"""What became of a delivery."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.models import DeliveryState, Paper
from storage.places import without_owner
from storage.rows import DeliveryRow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery.

    Args:
        delivery: its number; 0 where there was nothing to keep.
        state: sent, skipped or failed.
        reason: why it was skipped or failed, in words for a person.
        papers: identifiers in the order of posting.
    """

    delivery: int
    subscription: int | None
    place: str
    state: DeliveryState
    reason: str | None
    papers: tuple[str, ...] = ()

    def logged(self) -> dict[str, object]:
        """It by name, without its papers, and without whose mailbox it went to: a log is read by others."""
        named = {name: getattr(self, name) for name in self.__slots__ if name != "papers"}
        return named | {"place": without_owner(self.place)}


def outcome_of(delivery: DeliveryRow, shown: Iterable[Paper] | None = None) -> Outcome:
    """What a finished delivery has come to.

    Args:
        shown: its papers, for one that holds others'; None for its own.
    """
    return Outcome(
        delivery.id,
        delivery.subscription_id,
        delivery.place,
        delivery.state,
        delivery.reason,
        tuple(delivery.papers if shown is None else (paper.id for paper in shown)),
    )
