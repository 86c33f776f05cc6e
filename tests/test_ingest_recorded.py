"""What the real API answered on some days, read into the store; over HTTP where the way matters."""

from datetime import date

import pytest

from adapters.huggingface.records import parse_listing
from adapters.huggingface.source import HuggingFace
from bot.ingest import Ingest, Ingested
from bot.source import SourceError
from storage import papers
from storage.database import Database
from tests.factories import DAY, RULES, at
from tests.recorded import EARLY_DAYS, needs_recorded, recorded, replay
from tests.shelf import Clock, Shelf
from tests.stored import stored_upvotes


@needs_recorded
@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2026, 7, 2)], ids=str)
async def test_the_recorded_morning_grows_into_the_recorded_day(database: Database, day: date) -> None:
    shelf, clock = Shelf(), Clock(at(day, 0))
    ingest = Ingest(database, shelf, RULES, clock)
    morning, whole = parse_listing(recorded(day, EARLY_DAYS), day), parse_listing(recorded(day), day)
    assert len(morning.papers) == 1
    polls = {
        at(day, 0, 30): morning,
        at(day, 6): morning,
        at(day, 6, 50): whole,
        at(day, 7, 50): whole,
    }
    read = []
    for clock.now, shelf.lists[day] in polls.items():
        read.append(await ingest.day(day))

    last = len(whole.papers)
    assert [one.papers for one in read] == [1, 1, last, last]
    assert [one.settled for one in read] == [False, False, False, True]


def impatient(url: str) -> HuggingFace:
    """The real source, which tries again at once."""

    async def do_not_sleep(_seconds: float) -> None:
        pass

    return HuggingFace(url, sleep=do_not_sleep)


@needs_recorded
async def test_the_real_source_over_http(database: Database) -> None:
    day = date(2026, 7, 29)
    with replay([date(2026, 7, 28), day], faults=["500:3"]) as server:
        source = impatient(server.url)
        ingest = Ingest(database, source, RULES, lambda: at(day, 13))
        newest = await ingest.newest()
        again = await ingest.day(day)
        weekend = await ingest.day(date(2026, 7, 26))
        await source.close()

    assert newest == Ingested(day, 20, 20, 0, settled=True)
    assert again == Ingested(day, 20, 0, 0, settled=True)
    assert (weekend.papers, weekend.settled) == (0, True)
    assert await stored_upvotes(database, day, day) == {
        paper["id"]: paper["upvotes"] for paper in parse_listing(recorded(day), day).papers
    }


@needs_recorded
@pytest.mark.parametrize("fault", ["html:1", "truncated:1", "notlist:1"])
async def test_a_spoiled_answer_leaves_the_store_as_it_was(database: Database, fault: str) -> None:
    with replay([DAY], faults=[fault]) as server:
        source = impatient(server.url)
        with pytest.raises(SourceError):
            await Ingest(database, source, RULES, lambda: at(DAY, 13)).day(DAY)
        await source.close()

    async with database.read() as session:
        assert await papers.editions(session, date.min, date.max) == {}
        assert await papers.papers_listed(session, date.min, date.max) == []
