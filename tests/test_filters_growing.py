"""Which filters may match a paper later than on its day, because they compare numbers that grow."""

import pytest

from bot.filters.growing import compares_numbers
from bot.filters.parser import parse


@pytest.mark.parametrize(
    ("text", "grows"),
    [
        ("", False),
        ("diffusion -survey", False),
        ("upvotes>=50", True),
        ("diffusion upvotes>=50", True),
        ("diffusion OR (agents stars>100)", True),
        ("-comments<3", True),
        ("has:code", False),
        ("sort:upvotes", False),
    ],
)
def test_whether_a_filter_is_asked_again(text: str, grows: bool) -> None:
    assert compares_numbers(parse(text)) is grows
