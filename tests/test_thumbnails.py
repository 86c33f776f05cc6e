"""Thumbnails: the reader's browser asks us alone, and we ask one host alone, carefully."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from adapters.web.thumbs import HOSTS, MOST_BYTES, Thumbnails, is_allowed, kind_of
from storage.database import Database
from tests.factories import NOON, make_facts
from tests.fakes.clock import Clock
from tests.indexed import keep
from tests.searching import search_over
from tests.site import site_over
from tests.test_site_pages import get

HOST = "cdn-thumbnails.huggingface.co"
URL = f"https://{HOST}/social-thumbnails/papers/2607.00001.png"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100


class OnlyHere(AbstractResolver):
    """Every name is this machine: nothing leaves it."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=self._port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


class Cdn:
    """A server that says it is Hugging Face's, with a certificate that the test trusts.

    Attributes:
        asked: paths, in order.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = picture
        self.clock = Clock(NOON)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        return await self.answer(request)


async def picture(_: web.Request) -> web.StreamResponse:
    return web.Response(body=PNG, content_type="text/html")


@asynccontextmanager
async def thumbnails(cdn: Cdn, name: str = HOST) -> AsyncIterator[Thumbnails]:
    authority = trustme.CA()
    server, client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert(name).configure_cert(server)
    authority.configure_trust(client)
    app = web.Application()
    app.router.add_get("/{path:.*}", cdn.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server)
    await site.start()
    port = runner.addresses[0][1]
    connector = aiohttp.TCPConnector(resolver=OnlyHere(port), ssl=client)
    made = Thumbnails(HOSTS, connector, cdn.clock.monotonic)
    try:
        yield made
    finally:
        await made.close()
        await runner.cleanup()


async def test_it_is_fetched_once_and_named_by_what_it_is() -> None:
    cdn = Cdn()
    async with thumbnails(cdn) as pictures:
        found = await asyncio.gather(*(pictures.picture(URL) for _ in range(20)))
        assert found == [(PNG, "image/png")] * 20
        assert await pictures.picture(URL) == (PNG, "image/png")
    assert cdn.asked == ["/social-thumbnails/papers/2607.00001.png"]


async def test_where_many_wait_the_next_gets_none_and_may_ask_again() -> None:
    cdn, go = Cdn(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        await go.wait()
        return await picture(request)

    cdn.answer = slow
    async with thumbnails(cdn) as pictures:
        urls = [URL.replace("00001", f"{number:05}") for number in range(1, 42)]
        waiting = [asyncio.create_task(pictures.picture(url)) for url in urls[:-1]]
        await asyncio.sleep(0)
        assert await pictures.picture(urls[-1]) is None
        go.set()
        found = await asyncio.gather(*waiting)
        assert 0 < found.count(None) < 10
        assert await pictures.picture(urls[-1]) == (PNG, "image/png")


async def _html(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<script>alert(1)</script>", content_type="image/png")


async def _svg(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml")


async def _elsewhere(request: web.Request) -> web.StreamResponse:
    if request.path != "/elsewhere":
        raise web.HTTPFound("/elsewhere")
    return web.Response(body=PNG)


async def _missing(_: web.Request) -> web.StreamResponse:
    return web.Response(body=PNG, status=404)


async def _long(_: web.Request) -> web.StreamResponse:
    return web.Response(body=PNG + b"x" * MOST_BYTES)


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    for _ in range(3 * MOST_BYTES // len(PNG)):
        try:
            await response.write(PNG)
        except OSError:  # it has hung up on us, as it should
            break
    return response


@pytest.mark.parametrize("answer", [_html, _svg, _elsewhere, _missing, _long, _endless])
async def test_what_is_no_small_picture_is_not_passed_on_and_not_asked_again_at_once(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> None:
    cdn = Cdn()
    cdn.answer = answer
    async with thumbnails(cdn) as pictures:
        assert await pictures.picture(URL) is None
        assert await pictures.picture(URL) is None
        assert len(cdn.asked) == 1
        cdn.answer = picture
        cdn.clock.pass_time(301)
        assert await pictures.picture(URL) == (PNG, "image/png")


async def test_who_only_says_to_be_the_host_is_not_believed() -> None:
    cdn = Cdn()
    async with thumbnails(cdn, "evil.example") as pictures:
        assert await pictures.picture(URL) is None
    assert cdn.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://cdn-thumbnails.huggingface.co/x.png",
        "https://cdn-thumbnails.huggingface.co:8443/x.png",
        "https://cdn-thumbnails.huggingface.co@127.0.0.1/x.png",
        "https://me:you@cdn-thumbnails.huggingface.co/x.png",
        "https://127.0.0.1/x.png",
        "https://[::1]/x.png",
        "https://169.254.169.254/latest/meta-data",
        "https://cdn-thumbnails.huggingface.co.evil.example/x.png",
        "https://evil.example/cdn-thumbnails.huggingface.co/x.png",
        "https://evil.example\\@cdn-thumbnails.huggingface.co/x.png",
        "https://cdn-thumbnails.huggingface.co\r\nHost: x/x.png",
        "https://cdn-thumbnails.huggingface.co\x00.evil.example/x.png",
        "https://cdn-thumbnails.huggingface。co/x.png",
        "https://[cdn-thumbnails.huggingface.co/x.png",
        "file:///etc/passwd",
        "ftp://cdn-thumbnails.huggingface.co/x.png",
    ],
)
async def test_nobody_else_is_asked(url: str) -> None:
    cdn = Cdn()
    assert not is_allowed(url)
    async with thumbnails(cdn) as pictures:
        assert await pictures.picture(url) is None
    assert cdn.asked == []


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"\x00\x00\x00\x1cftypavif", "image/avif"),
        (b"\x00\x00\x00\x1cftypmp42", None),
        (b"<svg", None),
        (b"", None),
    ],
)
def test_pictures_by_how_they_begin(start: bytes, kind: str | None) -> None:
    assert kind_of(start) == kind


@pytest.mark.parametrize("database_url", ["file"], indirect=True)
async def test_on_the_page(database: Database) -> None:
    await keep(
        database,
        make_facts(1, thumbnail_url=URL),
        make_facts(2, thumbnail_url="https://127.0.0.1/secret.png"),
        make_facts(3, thumbnail_url=None),
    )
    cdn = Cdn()
    async with (
        thumbnails(cdn) as pictures,
        site_over(database, search_over(database), pictures, DAILY_PAPERS_THUMBNAILS=True) as root,
    ):
        page = await get(root, "/")
        whole, refused, none = [await get(root, f"/thumb/2607.0000{number}") for number in (1, 2, 3)]
    assert 'src="/thumb/2607.00001"' in page.text
    assert "huggingface.co/social-thumbnails" not in page.text
    assert (whole.status, whole.headers["Content-Type"], whole.body) == (200, "image/png", PNG)
    assert whole.headers["Cache-Control"] == "public, max-age=86400"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert (refused.status, refused.headers["Content-Type"]) == (200, "image/svg+xml")
    assert none.status == 404
    assert len(cdn.asked) == 1


async def test_memory_is_bounded() -> None:
    cdn = Cdn()

    async def heavy(_: web.Request) -> web.StreamResponse:
        return web.Response(body=PNG + b"x" * (MOST_BYTES - 1000))

    cdn.answer = heavy
    async with thumbnails(cdn) as pictures:
        for number in range(40):
            assert await pictures.picture(f"{URL}?{number}") is not None
        assert await pictures.picture(f"{URL}?39") is not None
        assert len(cdn.asked) == 40
        assert await pictures.picture(f"{URL}?0") is not None
        assert len(cdn.asked) == 41
