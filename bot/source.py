"""Where papers come from: the port of a source, and how it fails.

A source is found by the entry-point group `daily_papers.sources`, which names `create(settings) -> Source`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import entry_points
from typing import Protocol

from bot.settings import Settings
from storage.models import PaperFacts

__all__ = ["DeferredSource", "Listing", "PaperFacts", "Source", "SourceError", "source_factory"]


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
