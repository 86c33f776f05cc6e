"""The live source against recorded answers: every recorded day, and a server that misbehaves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import pytest

from adapters.huggingface.records import parse_listing
from adapters.huggingface.source import HuggingFace
from bot.cleaning import clean
from bot.source import SourceError
from tests.recorded import EARLY_DAYS, Replay, needs_recorded, recorded, recorded_days, replay

DAY = date(2026, 7, 29)


@asynccontextmanager
async def source_at(server: Replay) -> AsyncIterator[tuple[HuggingFace, list[float]]]:
    """The source, and the seconds it would have waited."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    source = HuggingFace(server.url, sleep=sleep, jitter=lambda: 0.5)
    try:
        yield source, waited
    finally:
        await source.close()


@needs_recorded
@pytest.mark.parametrize("day", recorded_days(), ids=str)
def test_no_kept_field_of_a_recorded_day_is_lost(day: date) -> None:
    items = recorded(day)
    listing = parse_listing(items, day)

    assert listing.skipped == 0
    assert [paper["id"] for paper in listing.papers] == [item["paper"]["id"] for item in items]
    assert {paper["listed_on"] for paper in listing.papers} == {day}
    for paper, item in zip(listing.papers, items, strict=True):
        inner = item["paper"]
        by = item.get("submittedBy") or inner.get("submittedOnDailyBy") or {}
        organization = item.get("organization") or item.get("submitterOrganization") or {}
        picture = item.get("thumbnail") or item.get("mediaUrl")
        assert paper["published_on"] == date.fromisoformat(inner["publishedAt"][:10])
        assert paper["title"].split()[0] in clean(item["title"], 500)
        assert len(paper["abstract"]) > 0.9 * len(" ".join(inner["summary"].split()))
        assert set(paper["authors"]) == {
            " ".join(a["name"].split()) for a in inner["authors"] if not a["hidden"]
        }
        assert (paper["upvotes"], paper["comments"]) == (inner["upvotes"], item["numComments"])
        assert paper["submitter"] == by.get("name", by.get("user"))
        assert paper["submitter_name"] == (" ".join(by.get("fullname", "").split()) or None)
        assert bool(paper["summary"]) == bool(inner.get("ai_summary"))
        assert len(paper["keywords"]) == len(set(inner.get("ai_keywords") or []) - {""})
        assert paper["code_url"] == inner.get("githubRepo")
        assert paper["code_stars"] == inner.get("githubStars")
        assert paper["project_url"] == inner.get("projectPage")
        assert paper["organization"] == organization.get("name")
        assert paper["organization_name"] == ((organization.get("fullname") or "").strip() or None)
        assert paper["media_urls"] == (item.get("mediaUrls") or [])
        assert paper["thumbnail_url"] == picture
        assert paper["withdrawn_at"] is None


LISTED = {"authors": 6_415, "media_urls": 176, "keywords": 2_440}
NUMBERS = {"upvotes": 8_474, "comments": 589, "code_stars": 13_046}
PRESENT = {"code_url": 272, "project_url": 238, "summary": 218, "organization": 295, "submitter": 544}


@needs_recorded
def test_the_recorded_days_add_up() -> None:
    papers = [paper for day in recorded_days() for paper in parse_listing(recorded(day), None).papers]

    assert len(papers) == 559
    columns: list[dict[str, Any]] = [dict(paper) for paper in papers]
    assert {field: sum(len(column[field]) for column in columns) for field in LISTED} == LISTED
    assert {field: sum(column[field] or 0 for column in columns) for field in NUMBERS} == NUMBERS
    assert {field: sum(bool(column[field]) for column in columns) for field in PRESENT} == PRESENT
    assert all(paper["thumbnail_url"] for paper in papers)


@needs_recorded
@pytest.mark.parametrize("day", recorded_days(EARLY_DAYS), ids=str)
def test_an_early_answer_holds_the_one_paper_of_that_hour(day: date) -> None:
    early, late = (
        parse_listing(recorded(day, folder), day) for folder in (EARLY_DAYS, EARLY_DAYS.with_name("hf_daily"))
    )

    assert len(early.papers) == 1
    assert early.papers[0]["id"] in {paper["id"] for paper in late.papers}


@needs_recorded
async def test_a_day_is_read_once_and_whole() -> None:
    with replay([DAY]) as server:
        async with source_at(server) as (source, waited):
            listing = await source.fetch(DAY)

        assert listing == parse_listing(recorded(DAY), DAY)
        assert server.asked() == ["/api/daily_papers?limit=100&p=0&date=2026-07-29"]
        assert waited == []


@needs_recorded
async def test_a_day_without_a_list_is_empty_and_no_failure() -> None:
    with replay([DAY]) as server:
        async with source_at(server) as (source, _):
            assert (await source.fetch(date(2026, 7, 26))).papers == []


@needs_recorded
async def test_a_day_to_come_is_said_to_be_missing() -> None:
    with replay([DAY]) as server:
        async with source_at(server) as (source, waited):
            with pytest.raises(SourceError) as failure:
                await source.fetch(date(2026, 7, 30))

    assert str(failure.value) == (
        f"{server.url[7:]} has no list for 2026-07-30 yet (date must not be in the future); "
        "ask for an earlier day"
    )
    assert waited == []


@needs_recorded
@pytest.mark.parametrize("today", [date(2026, 7, 31), date(2026, 7, 30), date(2025, 6, 26)], ids=str)
async def test_the_newest_edition_is_one_whole_day(today: date) -> None:
    with replay(today=today) as server:
        async with source_at(server) as (source, _):
            assert await source.newest() == parse_listing(recorded(today), today)


@needs_recorded
async def test_the_newest_edition_is_asked_again_while_it_grows() -> None:
    with replay([date(2026, 7, 28), DAY], grow=1_000_000) as server:
        async with source_at(server) as (source, _):
            assert [paper["id"] for paper in (await source.newest()).papers] == ["2607.25895"]


PASSING = {
    "429:2": [1.5],  # the second asked for is spoiled, and asks to wait a second
    "500:2": [0.5],
    "html:2": [0.5],
    "truncated:2": [0.5],
    "drop:2": None,  # aiohttp itself asks again where a kept connection was closed
}


@needs_recorded
@pytest.mark.parametrize(("fault", "pauses"), PASSING.items(), ids=PASSING.keys())
async def test_a_passing_failure_is_not_noticed(fault: str, pauses: list[float] | None) -> None:
    with replay([DAY], faults=[fault]) as server:
        async with source_at(server) as (source, waited):
            for _ in range(2):
                assert len((await source.fetch(DAY)).papers) == 20

        assert len(server.asked()) == 3
        assert pauses is None or waited == pauses


LASTING = {
    "429:1": ("answers too many requests now (429); try again in some minutes", 4),
    "500:1": ("is in trouble (500); try again in some minutes", 4),
    "html:1": ("is in trouble (502); try again in some minutes", 4),
    "truncated:1": ("answered with broken JSON; try again in some minutes", 4),
    "notlist:1": (
        "answered with something else than a list of papers (maintenance); try again in some minutes",
        1,
    ),
}


@needs_recorded
@pytest.mark.parametrize(("fault", "expected"), LASTING.items(), ids=LASTING.keys())
async def test_a_lasting_failure_is_told_in_a_sentence(fault: str, expected: tuple[str, int]) -> None:
    sentence, requests = expected
    with replay([DAY], faults=[fault]) as server:
        async with source_at(server) as (source, waited):
            with pytest.raises(SourceError) as failure:
                await source.fetch(DAY)

        assert str(failure.value) == f"{server.url[7:]} {sentence}"
        assert len(server.asked()) == requests
        assert len(waited) == requests - 1


@needs_recorded
async def test_it_can_be_used_again_after_a_failure_and_after_close() -> None:
    with replay([DAY], faults=["notlist:2"]) as server:
        async with source_at(server) as (source, _):
            await source.fetch(DAY)
            with pytest.raises(SourceError):
                await source.fetch(DAY)
            await source.close()
            await source.close()
            assert len((await source.fetch(DAY)).papers) == 20


@needs_recorded
async def test_a_closed_connection_every_time_is_out_of_reach() -> None:
    with replay([DAY], faults=["drop:1"]) as server:
        async with source_at(server) as (source, waited):
            with pytest.raises(SourceError, match="is out of reach; check the network"):
                await source.newest()

    assert waited == [0.5, 1.0, 2.0]
