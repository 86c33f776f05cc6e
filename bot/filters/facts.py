"""What a filter asks of one paper besides its words. Each answers for one paper, from its own columns."""

import operator
from collections.abc import Callable
from datetime import date

from bot.filters.analysis import fold_name
from bot.filters.days import resolve
from bot.filters.syntax import (
    Bound,
    Comparison,
    Day,
    Feature,
    Has,
    Identifier,
    Number,
    Organization,
    Quantity,
    Submitter,
)
from storage.models import Paper

Fact = Organization | Submitter | Identifier | Has | Number | Day

FEATURES: dict[Feature, Callable[[Paper], bool]] = {
    Feature.CODE: lambda paper: bool(paper.code_url),
    Feature.PROJECT: lambda paper: bool(paper.project_url),
    Feature.MEDIA: lambda paper: bool(paper.media_urls),
    Feature.SUMMARY: lambda paper: bool(paper.summary),
}
QUANTITIES: dict[Quantity, Callable[[Paper], int]] = {
    Quantity.UPVOTES: lambda paper: paper.upvotes,
    Quantity.STARS: lambda paper: paper.code_stars or 0,
    Quantity.COMMENTS: lambda paper: paper.comments,
}
COMPARISONS: dict[Comparison, Callable[[int, int], bool]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.LESS: operator.lt,
    Comparison.EQUAL: operator.eq,
}
BOUNDS: dict[Bound, Callable[[date, date], bool]] = {
    Bound.SINCE: operator.ge,
    Bound.UNTIL: operator.le,
    Bound.DATE: operator.eq,
}


def holds(fact: Fact, paper: Paper, today: date) -> bool:
    """Whether this is so of `paper` when one asks on `today`."""
    match fact:
        case Organization(name):
            return name in _names(paper.organization, paper.organization_name)
        case Submitter(name):
            return name in _names(paper.submitter, paper.submitter_name)
        case Identifier(id):
            return paper.id == id
        case Has(feature):
            return FEATURES[feature](paper)
        case Number(quantity, comparison, value):
            return COMPARISONS[comparison](QUANTITIES[quantity](paper), value)
        case Day(bound, value):
            return BOUNDS[bound](paper.listed_on, resolve(value, today))


def _names(*names: str | None) -> set[str]:
    return {fold_name(name) for name in names if name}
