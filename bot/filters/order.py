"""Papers in the order that a filter asks for. Plain arithmetic, so that a database can order the same."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Protocol, TypeVar

from bot.filters.syntax import Order


class Listed(Protocol):
    """Whatever has what papers are ordered by: `storage.models.Paper`."""

    id: str
    listed_on: date
    upvotes: int


_L = TypeVar("_L", bound=Listed)


def in_order(papers: Iterable[_L], order: Order, today: date) -> list[_L]:
    """`papers` in that order on that day, best first. Relevance needs a search, so for it they stay as they
    come."""
    if order is Order.RELEVANCE:
        return list(papers)
    return sorted(papers, key=_keys(today)[order])


def trend(upvotes: int, listed_on: date, today: date) -> float:
    """How much a paper is talked about for its age: a vote counts less the older it is. A paper of a later
    day than `today` is as old as one of today."""
    age = max((today - listed_on).days, 0)
    return (upvotes + 1) / (age + 2) ** 2


def _keys(today: date) -> dict[Order, Callable[[Listed], tuple[Any, ...]]]:
    """Ties end by upvotes, then by the newest day, then by identifier."""
    return {
        Order.NEW: lambda paper: (-paper.listed_on.toordinal(), -paper.upvotes, paper.id),
        Order.UPVOTES: lambda paper: (-paper.upvotes, -paper.listed_on.toordinal(), paper.id),
        Order.TRENDING: lambda paper: (
            -trend(paper.upvotes, paper.listed_on, today),
            -paper.upvotes,
            -paper.listed_on.toordinal(),
            paper.id,
        ),
    }
