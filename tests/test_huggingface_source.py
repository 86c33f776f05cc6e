"""The live source against what a recording cannot show: pages, redirects, odd headers, odd bodies."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import pytest
from aiohttp import web

from adapters.huggingface import create, source
from adapters.huggingface.source import HuggingFace
from bot.settings import read_settings
from bot.source import SourceError, source_factory

DAY = date(2026, 7, 29)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def papers(count: int, first: int = 0, day: date = DAY) -> list[dict[str, Any]]:
    at = f"{day}T00:00:00.000Z"
    return [
        {"paper": {"id": f"2607.{number:05}", "title": f"Paper {number}", "submittedOnDailyAt": at}}
        for number in range(first, first + count)
    ]


def answers(status: int = 200, body: bytes = b"[]", **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(
            status=status, body=body, headers={n.replace("_", "-"): v for n, v in headers.items()}
        )

    return answer


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[tuple[HuggingFace, list[web.Request], list[float]]]:
    """The source of a server, what was asked of it, and the seconds that the source would have waited."""
    asked: list[web.Request] = []
    waited: list[float] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return await answer(request)

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    reader = HuggingFace(f"http://{host}:{port}/", sleep=sleep, jitter=lambda: 0.0)
    try:
        yield reader, asked, waited
    finally:
        await reader.close()
        await runner.cleanup()


async def problem(answer: Answer) -> str:
    """What the source says of an answer, behind the host's name."""
    async with served(answer) as (reader, _, _):
        with pytest.raises(SourceError) as failure:
            await reader.fetch(DAY)
    host, _, sentence = str(failure.value).partition(" ")
    assert host.startswith("127.0.0.1:")
    return sentence


@pytest.mark.parametrize(
    ("count", "pages"), [(0, 1), (99, 1), (100, 2), (101, 2), (250, 3)], ids=lambda number: str(number)
)
async def test_pages_are_read_until_one_is_not_full(count: int, pages: int) -> None:
    async def page(request: web.Request) -> web.Response:
        at, limit = int(request.query["p"]), int(request.query["limit"])
        return web.json_response(papers(count)[at * limit : (at + 1) * limit])

    async with served(page) as (reader, asked, _):
        listing = await reader.fetch(DAY)

    assert [paper["id"] for paper in listing.papers] == [f"2607.{number:05}" for number in range(count)]
    assert [request.query["p"] for request in asked] == [str(number) for number in range(pages)]


async def test_a_server_that_always_gives_the_first_page_is_asked_twice() -> None:
    async with served(answers(body=json.dumps([*papers(99), "broken"]).encode())) as (reader, asked, _):
        listing = await reader.fetch(DAY)

    assert (len(listing.papers), listing.skipped, len(asked)) == (99, 1, 2)


async def test_a_server_without_end_is_left_after_some_pages() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.json_response(papers(100, first=100 * int(request.query["p"])))

    async with served(page) as (reader, asked, _):
        assert len((await reader.fetch(DAY)).papers) == 100 * source.MOST_PAGES
    assert len(asked) == source.MOST_PAGES


async def test_the_newest_edition_is_read_beyond_the_first_page() -> None:
    async def page(request: web.Request) -> web.Response:
        at, day = int(request.query["p"]), request.query.get("date")
        whole = papers(130) if day == str(DAY) else papers(130) + papers(50, 200, date(2026, 7, 28))
        return web.json_response(whole[at * 100 : (at + 1) * 100])

    async with served(page) as (reader, _, _):
        assert len((await reader.newest()).papers) == 130


async def test_a_number_without_end_spoils_no_other_record() -> None:
    records = papers(2)
    records[0]["paper"]["upvotes"] = 12345
    body = json.dumps(records).replace("12345", "9" * 5000)
    async with served(answers(body=body.encode())) as (reader, _, _):
        assert [paper["upvotes"] for paper in (await reader.fetch(DAY)).papers] == [2**31 - 1, 0]


async def test_a_list_without_end_is_looked_at_to_some_length() -> None:
    async with served(answers(body=json.dumps([1] * 5000).encode())) as (reader, _, _):
        assert (await reader.fetch(DAY)).skipped == source.MOST_ITEMS


async def test_a_day_in_the_future_is_not_the_newest() -> None:
    async def page(request: web.Request) -> web.Response:
        future = papers(1, 900, date(2999, 1, 1))
        return web.json_response(papers(3) if request.query.get("date") == str(DAY) else future + papers(3))

    async with served(page) as (reader, _, _):
        assert {paper["listed_on"] for paper in (await reader.newest()).papers} == {DAY}


async def test_nothing_at_all_is_an_empty_edition() -> None:
    async with served(answers()) as (reader, asked, _):
        assert (await reader.newest()).papers == []
    assert len(asked) == 1


async def test_a_request_says_who_asks() -> None:
    async with served(answers()) as (reader, asked, _):
        await reader.fetch(DAY)
    assert "daily-papers-bot" in asked[0].headers["User-Agent"]


BODIES: dict[str, tuple[bytes, str]] = {
    "web page": (
        b" \n<!doctype html>",
        "answered with a web page instead of a list of papers; try again in some",
    ),
    "latin-1": ('[{"a": "é"}]'.encode("latin-1"), "answered in an encoding that is not UTF-8; try again"),
    "object": (b"{}", "answered with something else than a list of papers; try again"),
    "number": (b"1", "answered with something else than a list of papers; try again"),
    "nothing": (b"", "answered with broken JSON; try again"),
    "half a list": (b'[{"paper": ', "answered with broken JSON; try again"),
    "too deep": (b"[" * 100_000, "answered with broken JSON; try again"),
}


@pytest.mark.parametrize(("body", "sentence"), BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_is_no_list_is_named(body: bytes, sentence: str) -> None:
    assert (await problem(answers(body=body, Content_Type="application/json"))).startswith(sentence)


async def test_utf_8_is_read_whatever_the_header_says() -> None:
    body = json.dumps(
        [papers(1)[0] | {"paper": papers(1)[0]["paper"] | {"title": "Déjà Vu"}}], ensure_ascii=False
    )
    answer = answers(body=body.encode(), Content_Type="application/json; charset=latin-1")
    async with served(answer) as (reader, _, _):
        assert (await reader.fetch(DAY)).papers[0]["title"] == "Déjà Vu"


async def test_an_endless_body_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_BYTES", 200_000)
    assert await problem(answers(body=b" " * 300_000)) == (
        "answered with more than a list of papers can hold; try again in some minutes"
    )


async def test_a_redirect_on_the_same_host_is_followed() -> None:
    async def moved(request: web.Request) -> web.Response:
        if request.path == "/api/daily_papers":
            raise web.HTTPFound("/v2/list?limit=100")
        return web.json_response(papers(3))

    async with served(moved) as (reader, _, _):
        assert len((await reader.fetch(DAY)).papers) == 3


REDIRECTS = {
    "another host": (
        "https://login.example/?next=secret",
        "sent us on to login.example; check DAILY_PAPERS_SOURCE_URL",
    ),
    "no web address": (
        "javascript:alert(1)",
        "sent us on to an address without a host; check DAILY_PAPERS_SOURCE_URL",
    ),
    "no address": ("http://[", "sent us on to an address without a host; check DAILY_PAPERS_SOURCE_URL"),
    "itself": ("/api/daily_papers", "sent us on too often; check DAILY_PAPERS_SOURCE_URL"),
}


@pytest.mark.parametrize(("location", "sentence"), REDIRECTS.values(), ids=REDIRECTS.keys())
async def test_a_redirect_elsewhere_is_not_followed(location: str, sentence: str) -> None:
    assert await problem(answers(302, Location=location)) == sentence


STATUSES = {
    400: "has no list for 2026-07-29 yet; ask for an earlier day",
    403: "refused to answer (403); check DAILY_PAPERS_SOURCE_URL, or try again in some minutes",
    404: "has no list of daily papers; check DAILY_PAPERS_SOURCE_URL",
    503: "is in trouble (503); try again in some minutes",
}


@pytest.mark.parametrize(("status", "sentence"), STATUSES.items(), ids=str)
async def test_a_status_is_named(status: int, sentence: str) -> None:
    assert await problem(answers(status, b"<h1>?</h1>")) == sentence


async def test_the_servers_own_word_is_cleaned_and_cut() -> None:
    body = json.dumps({"error": "<b>no</b>\n\u202e" + "word " * 1_000}).encode()
    sentence = await problem(answers(400, body))
    assert sentence.startswith("has no list for 2026-07-29 yet (no word word")
    assert sentence.endswith("word…); ask for an earlier day")
    assert len(sentence) < 220


async def test_a_wait_within_a_minute_is_waited() -> None:
    async with served(answers(429, Retry_After="7")) as (reader, asked, waited):
        with pytest.raises(SourceError, match=r"too many requests now \(429\); try again in some minutes"):
            await reader.fetch(DAY)
    assert waited == [7.0, 7.0, 7.0]
    assert len(asked) == 4


async def test_a_longer_wait_is_handed_on() -> None:
    async with served(answers(429, RateLimit='"api";r=0;t=250')) as (reader, asked, waited):
        with pytest.raises(SourceError, match=r"no more requests for now \(429\); come back in 5 minutes"):
            await reader.fetch(DAY)
    assert (len(asked), waited) == (1, [])


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:1/mirror"])
async def test_a_closed_port_is_out_of_reach(url: str) -> None:
    async def sleep(seconds: float) -> None: ...

    reader = HuggingFace(url, sleep=sleep)
    with pytest.raises(
        SourceError, match=r"^127\.0\.0\.1:1 is out of reach; check the network, or try again"
    ):
        await reader.fetch(DAY)
    await reader.close()


@pytest.mark.parametrize("url", ["http://[", "http://", "http://a..b", "https://user:secret@"])
async def test_an_address_that_is_none_is_named_without_its_password(url: str) -> None:
    reader = HuggingFace(url)
    with pytest.raises(
        SourceError, match="is no address that can be asked; check DAILY_PAPERS_SOURCE_URL"
    ) as failure:
        await reader.fetch(DAY)
    assert "secret" not in str(failure.value)
    await reader.close()


async def test_it_comes_under_the_name_huggingface() -> None:
    assert source_factory("huggingface") is create
    reader = create(read_settings(DAILY_PAPERS_SOURCE_URL="https://mirror.example/hf/"))
    assert isinstance(reader, HuggingFace)
    await reader.close()
