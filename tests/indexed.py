"""Papers in a store with their index, and all that the index holds."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.indexing import following
from storage import papers
from storage.database import Database
from storage.models import PaperFacts
from storage.search import queries
from storage.search.conditions import Condition
from storage.search.documents import SearchDocument, SearchName
from tests.factories import NOON

_Answer = TypeVar("_Answer")

_OF_SQLITE = (
    ("search_text", "CREATE VIRTUAL TABLE temp.said USING fts5vocab(main, search_text, instance)"),
    ("search_forms", "CREATE VIRTUAL TABLE temp.said USING fts5vocab(main, search_forms, instance)"),
)


def storable(facts: PaperFacts) -> PaperFacts:
    """The facts without what no database keeps; cleaning takes it out of what a source says."""

    def kept(value: Any) -> Any:
        if isinstance(value, list):
            return [kept(item) for item in value]
        if isinstance(value, str):
            return value.replace("\x00", "").encode("utf-8", "ignore").decode()
        return value

    return cast("PaperFacts", {name: kept(value) for name, value in facts.items()})


async def keep_in(session: AsyncSession, facts: Sequence[PaperFacts]) -> None:
    """Keep papers as ingesting does, with the index behind them."""
    async with following(session, [row["id"] for row in facts]):
        await papers.keep_papers(session, facts, NOON)


async def keep(database: Database, *facts: PaperFacts) -> None:
    """The same in a transaction of its own."""
    async with database.write() as session:
        await keep_in(session, facts)


async def ask(session: AsyncSession, question: Callable[..., _Answer], *about: Any) -> _Answer:
    """What one of `storage.search.queries` answers within an open transaction."""
    return await session.run_sync(lambda asked: question(asked, *about))


async def selected(session: AsyncSession, where: Condition) -> list[str]:
    """The identifiers of the papers that a condition selects, in order."""
    keys = (await ask(session, queries.matching_keys, where)).tolist()
    rows = select(SearchDocument.paper_id).where(col(SearchDocument.key).in_(keys))
    return sorted(await session.exec(rows))


async def contents(database: Database) -> dict[str, set[Any]]:
    """All that the index holds, by table; documents go by the identifiers of their papers."""
    async with database.write() as session:
        found = list(await session.exec(select(SearchDocument).order_by(col(SearchDocument.key))))
        named = list(await session.exec(select(SearchName)))
        papers_by_key = {document.key: document.paper_id for document in found}
        words = _words_of_sqlite if database.is_sqlite else _words_of_postgresql
        return {
            "documents": {
                tuple(document.model_dump(exclude={"key", "learnt"}).values()) for document in found
            },
            "names": {(name.field, name.folded, name.papers) for name in named},
            **await words(session, papers_by_key),
        }


async def _words_of_sqlite(session: AsyncSession, papers_by_key: dict[int, str]) -> dict[str, set[Any]]:
    connection = await session.connection()
    found = {}
    for name, statement in _OF_SQLITE:
        await connection.execute(text(statement))
        rows = await connection.execute(text('SELECT doc, term, col, "offset" FROM temp.said'))
        found[name] = {(papers_by_key[row[0]], *row[1:]) for row in rows}
        await connection.execute(text("DROP TABLE temp.said"))
    return found


async def _words_of_postgresql(session: AsyncSession, papers_by_key: dict[int, str]) -> dict[str, set[Any]]:
    connection = await session.connection()
    rows = await connection.execute(
        text("SELECT key, abstract, title, keywords, authors, terms::text FROM search_text")
    )
    return {"search_text": {(papers_by_key[row[0]], *row[1:]) for row in rows}}
