"""Which paper came closest to a filter that matched none, and what it lacks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.filters.match import Matcher
from bot.filters.syntax import And, Filter, Node
from storage.models import Paper


@dataclass(frozen=True, slots=True)
class Closest:
    """A paper that a filter nearly matched.

    Args:
        lacks: the terms that it does not fulfil, fewest of all papers.
    """

    paper: Paper
    lacks: tuple[Node, ...]


def closest(wanted: Filter, papers: Sequence[Paper], today: date) -> Closest | None:
    """The paper that fulfils most terms of a filter, and of those alike the one with the most upvotes.

    None where no paper fulfils any, and for a filter that is not several terms which must all hold.

    Args:
        today: what ages in the filter count from.
    """
    if not isinstance(wanted.root, And) or not papers:
        return None
    matcher = Matcher(papers, today)
    found = [(term, matcher.matches(Filter(term))) for term in wanted.root.terms]

    def fulfilled(bit: int) -> tuple[int, int, str]:
        held = sum(matched >> bit & 1 for _, matched in found)
        return held, papers[bit].upvotes, papers[bit].id

    best = max(range(len(papers)), key=fulfilled)
    lacks = tuple(term for term, matched in found if not matched >> best & 1)
    return Closest(papers[best], lacks) if 0 < len(lacks) < len(found) else None
