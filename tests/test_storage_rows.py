"""The plain rows of a sender follow the tables."""

from storage.models import Delivery, Part
from storage.rows import DeliveryRow, PartRow, names_of


def test_a_part_is_kept_whole_and_of_a_delivery_nothing_is_asked_that_it_has_not() -> None:
    assert set(names_of(PartRow)) == set(Part.model_fields)
    assert set(names_of(DeliveryRow)) < set(Delivery.model_fields)
