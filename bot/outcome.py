"""What became of a delivery."""

from dataclasses import dataclass

from storage.models import Delivery, DeliveryState


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
        """It without its papers, by name; `dataclasses.asdict` copies all it finds, which takes its time."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "papers"}


def outcome_of(delivery: Delivery) -> Outcome:
    """What a finished delivery has come to."""
    return Outcome(
        delivery.id or 0,
        delivery.subscription_id,
        delivery.place,
        delivery.state,
        delivery.reason,
        tuple(delivery.papers),
    )
