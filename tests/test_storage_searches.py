"""Filters that buttons name by a token: kept while they are used, on every database."""

from datetime import timedelta

import pytest
from sqlmodel import select

from storage import searches
from storage.database import Database
from storage.forgetting import forget_old
from storage.models import SavedSearch
from tests.factories import NOON


async def keep(database: Database, *texts: str, days: float = 0) -> None:
    async with database.write() as session:
        for text in texts:
            await searches.keep_search(session, text, NOON + timedelta(days=days))


async def kept(database: Database) -> set[str]:
    async with database.read() as session:
        return {row.filter for row in await session.exec(select(SavedSearch))}


@pytest.mark.parametrize(
    "text", ["", "diffusion -survey", '"chain of thought"', "拡散 ' \" ; --", "x" * 5000]
)
async def test_a_token_leads_back_to_its_filter(database: Database, text: str) -> None:
    await keep(database, text)
    async with database.read() as session:
        assert await searches.saved_filter(session, searches.token_of(text)) == text


def test_a_token_fits_a_button_and_is_the_same_everywhere() -> None:
    assert searches.token_of("diffusion") == "151014a3ae7fe440"
    assert len(f"share {searches.token_of('x' * 512)} 999999") < 93


@pytest.mark.parametrize("token", ["", "0" * 16, "diffusion", "' OR 1=1 --", "9" * 10_000])
async def test_a_token_that_was_never_given_out_leads_nowhere(database: Database, token: str) -> None:
    await keep(database, "diffusion")
    async with database.read() as session:
        assert await searches.saved_filter(session, token) is None


async def test_a_filter_is_written_once_a_day(database: Database) -> None:
    await keep(database, "diffusion")
    async with database.read() as session:
        assert await searches.is_fresh(session, "diffusion", NOON + timedelta(hours=23))
        assert not await searches.is_fresh(session, "diffusion", NOON + timedelta(hours=25))
        assert not await searches.is_fresh(session, "agents", NOON)


async def test_what_nobody_used_for_three_months_is_forgotten(database: Database) -> None:
    await keep(database, "old", "used again")
    await keep(database, "used again", days=60)
    await keep(database, "new", days=90.5)

    assert await kept(database) == {"used again", "new"}


@pytest.mark.parametrize(
    ("text", "days", "left"),
    [
        ("diffusion", 89, 1),
        ("diffusion", 91, 0),
        ('"by email"', 89, 1),
        ("/papers subscribe @151014a3ae7fe440 daily 09:00", 89, 1),
        ("/papers subscribe @151014a3ae7fe440 daily 09:00", 91, 0),
        ("/papers subscribe @151014a3ae7fe440 daily 09:00 by email ann@example.org", 2.9, 1),
        ("/papers subscribe @151014a3ae7fe440 daily 09:00 by email ann@example.org", 3.1, 0),
    ],
)
async def test_without_any_new_one_old_ones_are_forgotten(
    database: Database, text: str, days: float, left: int
) -> None:
    await keep(database, text)
    async with database.write() as session:
        assert await forget_old(session, NOON + timedelta(days=days)) == 1 - left
    assert len(await kept(database)) == left


async def test_forgetting_takes_no_longer_than_a_moment(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "MOST_FORGOTTEN", 2)
    await keep(database, "1", "2", "3")
    await keep(database, "4", days=1)

    await keep(database, "new", days=200)
    assert len(await kept(database)) == 3
    await keep(database, "new", days=201)
    assert await kept(database) == {"new"}
