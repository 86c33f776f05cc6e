"""Search beyond the store: what the source knows that no list read so far has had."""

import asyncio
from collections.abc import Collection
from datetime import UTC, date, datetime, time

from bot.filters.canonical import filter_of
from bot.filters.match import Matcher
from bot.filters.question import LONG, telling
from bot.filters.syntax import And, Filter, Node, Or, Text, conjuncts, is_plain
from bot.logs import log
from bot.source import LONGEST_QUERY, Searchable, SourceError
from bot.text import split
from storage.models import Paper

MOST = 3
"""Papers that are shown from beyond the store."""
PATIENCE = 3.0
"""Seconds that the source may take; the store's own answer stands meanwhile."""
_ASKED = 20


class Beyond:
    """Asks the source for papers that fit a filter.

    Args:
        patience: seconds after which the source is not waited for.
    """

    def __init__(self, source: Searchable, patience: float = PATIENCE) -> None:
        self._source = source
        self._patience = patience

    async def papers(self, wanted: Filter, shown: Collection[str], today: date) -> list[Paper]:
        """At most `MOST` papers, best first. Never raises: what goes wrong is a line of the log.

        Only plain words go out. Everything else that the filter asks for is looked at here.

        Args:
            shown: identifiers that need not be shown again.
        """
        query, rest = asked_of(wanted)
        if not query:
            return []
        try:
            async with asyncio.timeout(self._patience):
                found = await self._source.search(query, _ASKED)
            seen = datetime.combine(today, time(), UTC)
            new = [Paper(**facts, first_seen_at=seen) for facts in found if facts["id"] not in shown]
            return Matcher(new, today).select(rest)[:MOST]
        except (SourceError, TimeoutError) as problem:
            log.info("beyond_failed", problem=str(problem) or "too late")
        except Exception:
            log.exception("beyond_broke")
        return []


def asked_of(wanted: Filter) -> tuple[str, Filter]:
    """The plain words of a filter, and what it asks for besides; no words where nothing can be asked.

    A source that finds by meaning need not find the words, so they are not asked for again.
    """
    terms = conjuncts(wanted.root)
    plain = [words for term in terms for words in _plain(term)]
    rest = tuple(term for term in terms if not _plain(term))
    words = list(dict.fromkeys(plain))
    words = telling(words) if len(words) >= LONG else words
    query = next(iter(split(" ".join(words), LONGEST_QUERY)), "")
    return query, filter_of(And(rest) if rest else None)


def _plain(term: Node) -> list[str]:
    """The words of a term that is nothing but words."""
    if isinstance(term, Text) and is_plain(term):
        return [" ".join(term.words)]
    if isinstance(term, Or) and all(map(_plain, term.terms)):
        return [words for choice in term.terms for words in _plain(choice)]
    return []
