"""The web server of the process: it serves what it was given, and a hostile client costs it little."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from bot.entrance import Entrance, EntranceError
from tests.web import fetch, served


async def hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def heard(request: web.Request) -> web.Response:
    return web.Response(text=f"heard {len(await request.read())}")


ROUTES = (web.get("/hello", hello),)


@pytest.fixture
async def root() -> AsyncIterator[str]:
    async with served(ROUTES) as address:
        yield address


async def sent(root: str, words: bytes) -> bytes:
    """Everything that comes back for these bytes, until the server hangs up."""
    host, _, port = root.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(words)
        async with asyncio.timeout(30):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/hello", 200),
        ("HEAD", "/hello", 200),
        ("POST", "/hello", 405),
        ("GET", "/", 404),
        ("GET", "/hello/../../etc/passwd", 404),
        ("POST", "/slack/events", 404),
    ],
)
async def test_what_it_serves_and_what_not(root: str, method: str, path: str, status: int) -> None:
    page = await fetch(root + path, method)
    assert page.status == status
    assert page.kind.startswith("text/plain")
    assert "Traceback" not in page.text


async def test_two_on_one_address_is_one_too_many(root: str) -> None:
    taken = root.removeprefix("http://")
    second = Entrance(taken, ROUTES)
    said = f"Cannot listen on {taken} (address already in use); choose another port in DAILY_PAPERS_HTTP."
    with pytest.raises(EntranceError, match=f"^{re.escape(said)}$"):
        await second.open()
    await second.close()
    assert (await fetch(f"{root}/hello")).status == 200


async def test_an_address_of_another_machine_is_named() -> None:
    elsewhere = Entrance("192.0.2.1:8080", ROUTES)
    with pytest.raises(EntranceError, match=r"192\.0\.2\.1:8080"):
        await elsewhere.open()
    await elsewhere.close()


async def test_off_is_off() -> None:
    closed = Entrance("off", ROUTES)
    with pytest.raises(EntranceError, match="DAILY_PAPERS_HTTP is off"):
        await closed.open()
    await closed.close()


async def test_it_opens_on_ipv6_too() -> None:
    entrance = Entrance("[::1]:0", ROUTES)
    try:
        await entrance.open()
    except EntranceError:
        pytest.skip("this machine has no IPv6")
    assert (await fetch(f"http://{entrance.address}/hello")).text == "hello"
    await entrance.close()


@pytest.mark.parametrize(
    "words",
    [
        b"GET /hello HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 10_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /hello HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 200 + b"\r\n",
        b"\x00\xff\xfe" * 100 + b"\r\n\r\n",
    ],
    ids=["long header", "long path", "many headers", "noise"],
)
async def test_what_is_too_much_is_refused_without_a_word_in_the_log(
    root: str, words: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await sent(root, words)
    assert answer.split()[:2] == [b"HTTP/1.0", b"400"]
    assert [record.getMessage() for record in caplog.records] == []
    assert (await fetch(f"{root}/hello")).status == 200


async def test_our_own_mistake_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_: web.Request) -> web.Response:
        raise LookupError("ours")

    async with served([web.get("/broken", broken)]) as root:
        page = await fetch(f"{root}/broken")
    assert page.status == 500
    assert "ours" not in page.text
    assert "LookupError" in caplog.text


HELLO = b"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def held(root: str, number: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many connections that stay open when their first answer has come."""
    host, _, port = root.removeprefix("http://").rpartition(":")
    readers, writers = [], []
    for _ in range(number):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(HELLO.replace(b"Connection: close\r\n", b""))
        answer = await reader.readuntil(b"hello")
        assert answer.startswith(b"HTTP/1.1 200")
        readers.append(reader)
        writers.append(writer)
    try:
        yield readers
    finally:
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@pytest.mark.parametrize("words", [b"", b"GET /hel"], ids=["silent", "never done"])
async def test_who_never_asks_is_hung_up_on(words: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.entrance.IDLE_SECONDS", 0.05)
    async with served(ROUTES) as root:
        assert await sent(root, words) == b""


POST = b"POST /heard HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    "words",
    [
        POST + b"Content-Length: 9\r\n\r\n",
        POST + b"Content-Length: 9\r\n\r\nhalf",
        POST + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhalf",
    ],
    ids=["no body", "half a body", "a chunk and no end", "half a chunk"],
)
async def test_who_never_sends_a_body_is_hung_up_on(
    words: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.entrance.IDLE_SECONDS", 0.05)
    async with served([web.post("/heard", heard)]) as root:
        answer = await sent(root, words)
        assert answer.split()[:2] == [b"HTTP/1.1", b"408"]
    assert caplog.records == []


async def test_more_connections_than_there_is_room_for_are_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.entrance.MOST_CONNECTIONS", 2)
    async with served(ROUTES) as root:
        async with held(root, 2) as others:
            assert await sent(root, HELLO) == b""
            assert not any(reader.at_eof() for reader in others)
        async with asyncio.timeout(30):
            while not await sent(root, HELLO):
                pass
