"""Keeps the search index in step with the papers, and makes it anew where it is not to be trusted.

A paper and its words are written in one transaction, so the index is never behind. It is missing in a store
of an older version, and worthless when the analyser has changed; then it is filled in small steps. Each step
leaves it consistent, so several processes may work on it at once, and what one left off another goes on with.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Row
from sqlalchemy import select as sql_select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.filters.analysis import VERSION, fold_name, tokens
from bot.filters.facts import FEATURES, QUANTITIES
from bot.filters.paper_text import paper_text
from bot.filters.syntax import Feature, Quantity
from storage.database import Database
from storage.models import Paper
from storage.search import upkeep
from storage.search.documents import DocumentFacts, NameField
from storage.search.fits import Standing
from storage.search.names import Name
from storage.search.upkeep import Document

Progress = Callable[[int, int], None]
"""Told how many papers are in the index, and of how many."""

STEP = 200
"""Papers that are put in one transaction: for about 50 ms nobody else can write."""
_LONGEST_NAME = 200

_READ = (
    *("id", "listed_on", "title", "abstract", "authors", "keywords", "upvotes", "comments", "code_stars"),
    *("code_url", "project_url", "media_urls", "summary", "organization", "organization_name"),
    *("submitter", "submitter_name", "withdrawn_at"),
)
_PaperRow = Row[Any]
"""The columns `_READ` of a paper: an instance of `Paper` would cost several times as much."""


class Index:
    """The search index of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._filling = asyncio.Lock()
        self._checked = False

    async def ensure(self) -> None:
        """Return when the index is whole: at once if it is, else fill or make it anew first.

        Raises DatabaseError.
        """
        if await self._is_whole():
            return
        async with self._filling:
            if not await self._is_whole():
                await self._fill(lambda done, of: None)

    def is_whole(self, now: Standing) -> bool:
        """Whether the index is to be trusted; where it is not, or nobody has looked yet, await `ensure`."""
        return self._checked and now.version == VERSION and now.complete

    async def rebuild(self, progress: Progress) -> int:
        """Make the whole index anew; how many papers are in it. Raises DatabaseError.

        Searches of another process find less meanwhile unless they ask `ensure` first.
        """
        async with self._filling:
            async with self._database.write() as session:
                await upkeep.hold(session)
                await upkeep.clear(session, VERSION)
            return await self._fill(progress)

    async def _is_whole(self) -> bool:
        async with self._database.read() as session:
            state = await upkeep.state(session)
            if state is None or state.version != VERSION or not state.complete:
                return False
            if not self._checked:  # a process of an older version may have added papers
                self._checked = await _nothing_missing(session)
            return self._checked

    async def _fill(self, progress: Progress) -> int:
        """Put all papers into the index that are not in it, and note that it is complete."""
        after = ""
        async with self._database.read() as session:
            of = await upkeep.count_papers(session)
        while True:
            async with self._database.read() as session:
                ids = await upkeep.missing_papers(session, after, STEP)
                prepared = [(row, _document(row)) for row in await _rows(session, ids)]
            done = await self._step(ids, prepared)
            progress(done, max(done, of))
            if len(ids) < STEP and await self._is_filled():
                return done
            after = ids[-1] if ids else ""  # some changed before they were put: look from the start again

    async def _step(self, ids: Sequence[str], prepared: Sequence[tuple[_PaperRow, Document]]) -> int:
        """Add what is still missing and as it was when it was prepared; returns how many papers are put now.

        Analysing takes as long as writing, so it is done before: nobody waits for it to write.
        """
        async with self._database.write() as session:
            await _hold(session)
            known = await upkeep.keys_by_paper(session, ids)
            now = {row.id: row for row in await _rows(session, ids) if row.id not in known}
            await upkeep.add(session, [said for row, said in prepared if now.get(row.id) == row])
            return await upkeep.last_key(session)

    async def _is_filled(self) -> bool:
        """Whether no paper is missing; if so, note it."""
        async with self._database.write() as session:
            await _hold(session)
            filled = await _nothing_missing(session)
            if filled:
                await upkeep.set_complete(session)
            return filled


@asynccontextmanager
async def following(session: AsyncSession, ids: Sequence[str]) -> AsyncIterator[None]:
    """Change the index as the papers with these identifiers change within the block.

    To be left before the transaction ends. The words that are to go from the index are worked out of what
    the paper was, since the index does not keep them.
    """
    await _hold(session)
    before = {row.id: row for row in await _rows(session, ids)}
    yield
    known = await upkeep.keys_by_paper(session, ids)
    added, changed = [], []
    for row in await _rows(session, ids):
        key = known.get(row.id)
        if key is None:
            added.append(_document(row))
        elif row != before[row.id]:
            said = _words(row) != _words(before[row.id])
            changed.append((key, _document(before[row.id], said), _document(row, said)))
    await upkeep.add(session, added)
    await upkeep.change(session, changed)


async def _nothing_missing(session: AsyncSession) -> bool:
    """Keys have no gaps, so that two counts tell; unless somebody has deleted rows by hand."""
    if await upkeep.count_papers(session) == await upkeep.last_key(session):
        return True
    return not await upkeep.missing_papers(session, "", 1)


async def _hold(session: AsyncSession) -> None:
    """Be the only one who writes the index, and let nothing of another analyser stay in it."""
    await upkeep.hold(session)
    state = await upkeep.state(session)
    if state is None or state.version != VERSION:
        await upkeep.clear(session, VERSION)


async def _rows(session: AsyncSession, ids: Sequence[str]) -> Sequence[_PaperRow]:
    if not ids:
        return []
    columns = sql_select(*(getattr(Paper, name) for name in _READ))
    connection = await session.connection()
    return (await connection.execute(columns.where(col(Paper.id).in_(ids)).order_by(col(Paper.id)))).all()


def _words(paper: Any) -> tuple[object, ...]:
    return paper.title, paper.abstract, paper.keywords, paper.authors


def _document(paper: Any, said: bool = True) -> Document:
    """What the index keeps of a paper; without its words where nothing new is `said`."""
    facts = DocumentFacts(
        paper_id=paper.id,
        listed_day=paper.listed_on.toordinal(),
        upvotes=QUANTITIES[Quantity.UPVOTES](paper),
        comments=QUANTITIES[Quantity.COMMENTS](paper),
        stars=QUANTITIES[Quantity.STARS](paper),
        has_code=FEATURES[Feature.CODE](paper),
        has_project=FEATURES[Feature.PROJECT](paper),
        has_media=FEATURES[Feature.MEDIA](paper),
        has_summary=FEATURES[Feature.SUMMARY](paper),
        organization=fold_name(paper.organization or ""),
        organization_name=fold_name(paper.organization_name or ""),
        submitter=fold_name(paper.submitter or ""),
        submitter_name=fold_name(paper.submitter_name or ""),
        standing=paper.withdrawn_at is None,
    )
    return Document(facts, _names(paper) if facts["standing"] else {}, paper_text(paper) if said else None)


def _names(paper: Any) -> dict[Name, str]:
    named = [(NameField.ORGANIZATION, name) for name in (paper.organization_name, paper.organization) if name]
    named += [(NameField.AUTHOR, name) for name in paper.authors]
    found = {(field, fold_typed(field, name)): name for field, name in reversed(named)}
    return {key: name for key, name in found.items() if key[1] and len(key[1]) <= _LONGEST_NAME}


def fold_typed(field: NameField, typed: str) -> str:
    """A name, or the beginning of one, as `storage.search.names.names_like` compares it."""
    return fold_name(typed) if field is NameField.ORGANIZATION else " ".join(tokens(typed))
