"""Completes a filter while it is typed: fields, their values, and the names that the store knows."""

from bot.filters.completion import Completes, Completion, complete
from bot.indexing import fold_typed
from storage.database import Database
from storage.search.documents import NameField
from storage.search.names import names_like

MOST = 25
"""Completions that are given; Discord shows no more."""
_NAMES = {Completes.ORGANIZATION: NameField.ORGANIZATION, Completes.AUTHOR: NameField.AUTHOR}


async def suggestions(database: Database, typed: str) -> list[str]:
    """Whole filters that begin with what was typed, best first; the typed one itself where it is not empty.

    Raises DatabaseError.
    """
    found = complete(typed)
    candidates = list(found.candidates) or await _names(database, found)
    own = [found.text] if found.text.strip() else []
    return list(dict.fromkeys([*own, *map(found.with_, candidates)]))[:MOST]


async def _names(database: Database, found: Completion) -> list[str]:
    field = _NAMES.get(found.kind)
    if field is None:
        return []
    async with database.read() as session:
        return await names_like(session, field, fold_typed(field, found.prefix), MOST)
