"""The bundled sample edition: one real day, so that everything can be tried without a network.

It holds facts in the API's shape. The one-line summaries are this project's own, and stand in for abstracts.
"""

import json
from datetime import date
from pathlib import Path

from adapters.huggingface.records import parse_listing
from bot.source import Listing

_EDITION = Path(__file__).with_name("sample_edition.json")


class Sample:
    """Reads the edition that comes with the program. A `bot.source.Source`."""

    name = "sample"

    async def fetch(self, day: date) -> Listing:
        """The sample edition for its own day, and an empty listing for every other. Raises nothing."""
        edition = await self.newest()
        return edition if edition.papers[0]["listed_on"] == day else Listing([])

    async def newest(self) -> Listing:
        """The sample edition. Raises nothing."""
        listing = parse_listing(json.loads(_EDITION.read_text(encoding="utf-8")), None)
        for paper in listing.papers:
            paper["abstract"] = paper["abstract"] or paper["summary"] or ""
        return listing

    async def close(self) -> None:
        """Nothing to give back."""
