"""Put papers into the index, change them, clear it; and how far it is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Update, bindparam, delete, exists, func, insert, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.locks import lock
from storage.models import Paper
from storage.search.documents import DocumentFacts, SearchDocument, SearchName, SearchState, SearchText
from storage.search.names import Name, count_names
from storage.search.rooms import room_of

_LOCK = ("search",)


@dataclass(frozen=True, slots=True)
class Document:
    """What the index keeps of one paper.

    Args:
        names: who may be asked for, by how a person writes it.
        text: None for a known paper whose words are as they were.
    """

    facts: DocumentFacts
    names: Mapping[Name, str]
    text: SearchText | None


class State(NamedTuple):
    """See `SearchState`."""

    version: int
    complete: bool
    generation: int


async def hold(session: AsyncSession) -> None:
    """Let nobody else write the index until the transaction ends. Taken before any lock on papers."""
    await lock(session, _LOCK)


async def state(session: AsyncSession) -> State | None:
    """How far the index is; None where it was never made."""
    rows = await session.exec(select(SearchState.version, SearchState.complete, SearchState.generation))
    found = rows.one_or_none()
    return State(*found) if found else None


async def clear(session: AsyncSession, version: int) -> None:
    """Take out everything and begin anew for version `version` of the analyser; complete without papers."""
    before = await state(session)
    connection, room = await room_of(session)
    await room.clear(connection)
    for table in (SearchDocument, SearchName, SearchState):
        await connection.execute(delete(table))
    row = {
        "id": 1,
        "version": version,
        "complete": not await count_papers(session),
        "generation": before.generation + 1 if before else 1,
    }
    await connection.execute(insert(SearchState), [row])


async def set_complete(session: AsyncSession) -> None:
    """Note that no paper is missing."""
    await (await session.connection()).execute(update(SearchState).values(complete=True))


async def count_papers(session: AsyncSession) -> int:
    """How many papers the store has."""
    return (await session.exec(select(func.count()).select_from(Paper))).one()


async def last_key(session: AsyncSession) -> int:
    """The highest key, and so the number of papers in the index: keys have no gaps."""
    return (await session.exec(select(func.max(SearchDocument.key)))).one() or 0


async def missing_papers(session: AsyncSession, after: str, limit: int) -> list[str]:
    """Identifiers behind `after`, in order, of papers that are not in the index."""
    known = exists().where(col(SearchDocument.paper_id) == col(Paper.id))
    rows = select(Paper.id).where(col(Paper.id) > after, ~known).order_by(col(Paper.id)).limit(limit)
    return list(await session.exec(rows))


async def keys_by_paper(session: AsyncSession, ids: Sequence[str]) -> dict[str, int]:
    """The keys of those of the papers that are in the index."""
    rows = select(SearchDocument.paper_id, SearchDocument.key).where(col(SearchDocument.paper_id).in_(ids))
    return dict((await session.exec(rows)).all())


async def add(session: AsyncSession, documents: Sequence[Document]) -> None:
    """Put papers into the index that are not in it."""
    if not documents:
        return
    connection, room = await room_of(session)
    numbered = list(enumerate(documents, await last_key(session) + 1))
    rows = [{"key": key, "learnt": 0, **document.facts} for key, document in numbered]
    await connection.execute(insert(SearchDocument), rows)
    await room.put(connection, [(key, document.text) for key, document in numbered if document.text])
    await _count_names(session, [(None, document) for document in documents])


async def change(session: AsyncSession, changes: Sequence[tuple[int, Document, Document]]) -> None:
    """Change what the index keeps of papers, where it differs.

    Args:
        changes: key, what was put last, what is true now.
    """
    connection, room = await room_of(session)
    facts = [(key, after.facts) for key, before, after in changes if before.facts != after.facts]
    if facts:
        await connection.execute(_change_facts(), [{"changed": key, **row} for key, row in facts])
    texts = [(key, before.text, after.text) for key, before, after in changes if before.text != after.text]
    if texts:
        await room.remove(connection, [(key, text) for key, text, _ in texts if text])
        await room.put(connection, [(key, text) for key, _, text in texts if text])
    back = [key for key, before, after in changes if after.facts["standing"] > before.facts["standing"]]
    if anew := [key for key, _, _ in texts] + back:
        of_these = col(SearchDocument.key).in_(anew)
        await connection.execute(update(SearchDocument).where(of_these).values(learnt=0))
    await _count_names(session, [(before, after) for _, before, after in changes])


@cache
def _change_facts() -> Update:
    columns: dict[str, Any] = {name: bindparam(name) for name in DocumentFacts.__annotations__}
    return update(SearchDocument).where(col(SearchDocument.key) == bindparam("changed")).values(columns)


async def _count_names(session: AsyncSession, changes: Sequence[tuple[Document | None, Document]]) -> None:
    counts: Counter[Name] = Counter()
    written: dict[Name, str] = {}
    for before, after in changes:
        had = before.names if before else {}
        counts.update(name for name in after.names if name not in had)
        counts.subtract(name for name in had if name not in after.names)
        written |= {**had, **after.names}
    await count_names(await session.connection(), counts, written)
