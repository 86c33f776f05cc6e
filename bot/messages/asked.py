"""What somebody asked for, in words."""

from bot.filters.describe import describe
from bot.filters.errors import FilterError
from bot.filters.parser import parse
from bot.text import cut

LONGEST = 300
"""Characters of a filter in words."""


def filter_name(text: str, longest: int = LONGEST) -> str:
    """`papers about "diffusion", with code`; the filter as it is written where it cannot be read any more.

    Args:
        text: canonical.
    """
    try:
        return cut(describe(parse(text)), longest)
    except FilterError:
        return cut(text, longest)
