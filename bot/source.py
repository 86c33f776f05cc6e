"""Where papers come from: the port of a source, and how it fails.

A source is found by the entry-point group `daily_papers.sources`, which names `create(settings) -> Source`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from bot.settings import Settings
from storage.models import PaperFacts

__all__ = ["DeferredSource", "Listing", "PaperFacts", "Searchable", "Source", "SourceError", "source_factory"]

LONGEST_QUERY = 250
"""Characters that a search may have."""


class SourceError(Exception):
    """The source gave no usable answer. The text says in one sentence what happened and what helps."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source answered.

    Args:
        papers: every record that could be read; each carries its own `listed_on`, which may differ from
            the day that was asked (some days have no list and the source answers with an older one).
        skipped: how many records could not be read and were left out, each logged with its reason.
    """

    papers: list[PaperFacts]
    skipped: int = 0


class Source(Protocol):
    """Reads editions. Safe to use again after a failure."""

    name: str

    async def fetch(self, day: date) -> Listing:
        """The papers listed on `day` (UTC). A day without a list gives an empty listing: that is success.

        Raises SourceError when the source is out of reach, keeps failing, or does not answer with a list.
        """

    async def newest(self) -> Listing:
        """The newest edition that is not empty: papers of one day. Raises as `fetch` does."""

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""


@runtime_checkable
class Searchable(Protocol):
    """What a source is that can be searched as well; one that cannot lacks the method."""

    async def search(self, query: str, limit: int) -> list[PaperFacts]:
        """The papers that fit some words, best first, each once, whether or not a daily list had them.

        One that was on no list is `listed_on` the day of its publication. Asks once and never waits to
        ask again.

        Args:
            query: plain words, at most `LONGEST_QUERY` characters.
            limit: at most so many, 1 to 100.

        Raises SourceError as `fetch` does.
        """


class DeferredSource:
    """A source that is made when it is first asked: who only sends need not wait for its library.

    Args:
        make: gives the source itself.
    """

    def __init__(self, name: str, make: Callable[[], Source]) -> None:
        self.name = name
        self._make = make
        self._source: Source | None = None

    def _made(self) -> Source:
        self._source = self._source or self._make()
        return self._source

    async def fetch(self, day: date) -> Listing:
        return await self._made().fetch(day)

    async def newest(self) -> Listing:
        return await self._made().newest()

    async def search(self, query: str, limit: int) -> list[PaperFacts]:
        """What the source finds; nothing where it is not `Searchable`. Raises SourceError."""
        made = self._made()
        return await made.search(query, limit) if isinstance(made, Searchable) else []

    async def close(self) -> None:
        if self._source is not None:
            await self._source.close()


def source_factory(name: str) -> Callable[[Settings], Source]:
    """The factory of the source that is installed under `name`. Raises SourceError if there is none."""
    for found in entry_points(group="daily_papers.sources", name=name):
        factory: Callable[[Settings], Source] = found.load()
        return factory
    known = " or ".join(sorted(found.name for found in entry_points(group="daily_papers.sources")))
    raise SourceError(f"no source is called {name}; set DAILY_PAPERS_SOURCE to {known}")
