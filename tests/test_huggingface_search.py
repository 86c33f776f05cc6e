"""What /api/papers/search answers, and what it must not be able to do."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest
from aiohttp import web

from adapters.huggingface import create_sample, source
from bot.settings import read_settings
from bot.source import DeferredSource, Searchable, SourceError
from tests.recorded import needs_recorded, recorded, replay
from tests.test_huggingface import source_at
from tests.test_huggingface_source import answers, served

NESTED: dict[str, Any] = {
    "paper": {
        "id": "2607.00001",
        "title": "Nested",
        "upvotes": 7,
        "publishedAt": "2026-07-20T00:00:00.000Z",
        "submittedOnDailyAt": "2026-07-22T00:00:00.000Z",
    },
    "title": "Nested",
    "publishedAt": "2026-07-22T00:00:00.000Z",
}
FLAT: dict[str, Any] = {"id": "2607.00002", "title": "Flat", "publishedAt": "2026-07-21T00:00:00.000Z"}


async def test_nested_and_flat_items_are_read_in_their_order() -> None:
    async with served(answers(body=json.dumps([FLAT, NESTED, FLAT]).encode())) as (reader, asked, _):
        found = await reader.search("caf\N{LATIN SMALL LETTER E WITH ACUTE} & #?", 5)

    assert [(paper["id"], paper["listed_on"]) for paper in found] == [
        ("2607.00002", date(2026, 7, 21)),  # on no list, so dated by its publication
        ("2607.00001", date(2026, 7, 22)),
    ]
    assert asked[0].path == "/api/papers/search"
    assert dict(asked[0].query) == {"q": "caf\N{LATIN SMALL LETTER E WITH ACUTE} & #?", "limit": "5"}


async def test_no_more_is_asked_and_taken_than_is_allowed() -> None:
    many = [FLAT | {"id": f"2607.{number:05}"} for number in range(500)]
    async with served(answers(body=json.dumps(many).encode())) as (reader, asked, _):
        assert len(await reader.search("word " * 200, 20)) == 20
    assert len(asked[0].query["q"]) == 250


@pytest.mark.parametrize(
    "items",
    [
        [None, 1, "x", [], {}, {"paper": None}, {"paper": {"id": "x"}}, {"id": "2607.00009"}],
        [{"id": "2607.00009", "title": "No day"}],
        [{"id": "2607.00009", "title": ["x"], "publishedAt": 5}],
        [{"paper": [], "id": "2607.00009", "title": "x", "publishedAt": "2026-07-20"}],
    ],
    ids=["no papers", "no day", "wrong types", "no paper"],
)
async def test_what_cannot_be_read_is_left_out(items: list[Any]) -> None:
    async with served(answers(body=json.dumps([*items, FLAT]).encode())) as (reader, _, _):
        assert [paper["id"] for paper in await reader.search("x", 20)] == ["2607.00002"]


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (500, b"", "is in trouble (500)"),
        (429, b"", "too many requests"),
        (404, b"{}", "no list of daily papers"),
        (200, b"<html>", "a web page"),
        (200, b"[", "broken JSON"),
        (200, b'{"error": "maintenance"}', "maintenance"),
        (200, b" " * (source.MOST_FOUND_BYTES + 1), "more than a list of papers can hold"),
        (302, b"", "sent us on"),
    ],
    ids=["500", "429", "404", "page", "broken", "error", "endless", "redirect"],
)
async def test_a_failure_is_a_sentence_after_one_request(status: int, body: bytes, sentence: str) -> None:
    async with served(answers(status, body, Location="https://evil.example/")) as (reader, asked, waited):
        with pytest.raises(SourceError, match=sentence.replace("(", r"\(").replace(")", r"\)")):
            await reader.search("diffusion", 5)
    assert (len(asked), waited) == (1, [])


async def test_a_search_that_is_given_up_leaves_the_reader_usable() -> None:
    release = asyncio.Event()

    async def wait(request: web.Request) -> web.Response:
        await release.wait()
        return web.json_response([FLAT])

    async with served(wait) as (reader, asked, _):
        search = asyncio.create_task(reader.search("slow", 5))
        while not asked:
            await asyncio.sleep(0)
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search
        release.set()
        assert len(await reader.search("quick", 5)) == 1


async def test_a_source_that_cannot_search_says_so_by_its_type() -> None:
    sample = create_sample(read_settings())
    assert not isinstance(sample, Searchable)
    assert await DeferredSource("sample", lambda: sample).search("agents", 5) == []


@needs_recorded
async def test_a_recorded_day_is_found_again() -> None:
    day = date(2026, 7, 29)
    title = recorded(day)[0]["paper"]["title"]
    with replay([day]) as server:
        async with source_at(server) as (reader, _):
            deferred = DeferredSource("huggingface", lambda: reader)
            [paper, *_] = await deferred.search(title, 3)
    assert paper["id"] == recorded(day)[0]["paper"]["id"]
    assert paper["listed_on"] == day
