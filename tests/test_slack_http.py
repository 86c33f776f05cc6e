"""The HTTP entrance lets in what Slack signed, and nothing else; a forgery never makes it stumble."""

import io
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
import pytest

from adapters.slack.app import SlackAdapter
from bot.request import Reply, Request
from bot.settings import read_settings
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office
from tests.shared import NO_WORKSPACES
from tests.web import served

BODY = urlencode({"command": "/other", "text": "today"}).encode()


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


@pytest.fixture
async def entrance(slack: FakeSlack) -> AsyncIterator[str]:
    async def handle(request: Request) -> Reply:
        raise AssertionError("nothing here may reach the handler")

    environment = {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.url,
    }
    adapter = SlackAdapter(read_settings(**environment), NO_WORKSPACES)
    async with served(adapter.routes) as root:
        await adapter.start(handle)
        yield f"{root}/slack/events"
        await adapter.stop()


async def status(url: str, body: bytes, headers: dict[str, str]) -> int:
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=io.BytesIO(body), headers=headers) as response,
    ):
        return response.status


OLD = str(int(time.time()) - 301)
EARLY = str(int(time.time()) + 10_000)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"X-Slack-Signature": "v0=" + "0" * 64}, BODY),
        ({"X-Slack-Signature": "v0=é"}, BODY),
        ({"X-Slack-Signature": ""}, BODY),
        ({"X-Slack-Request-Timestamp": ""}, BODY),
        ({"X-Slack-Request-Timestamp": "now"}, BODY),
        ({"X-Slack-Request-Timestamp": "²³"}, BODY),
        ({"X-Slack-Request-Timestamp": "9" * 5000}, BODY),
        ({"X-Slack-Request-Timestamp": "-1"}, BODY),
        ({}, BODY + b"&more=1"),
        ({}, b"\xff\xfe\x00"),
        ({}, b""),
    ],
    ids=[
        "wrong signature",
        "signature not ASCII",
        "no signature",
        "no timestamp",
        "timestamp in words",
        "digits that are no number",
        "timestamp too long",
        "negative timestamp",
        "changed body",
        "body not UTF-8",
        "no body",
    ],
)
async def test_a_bad_signature_is_refused(
    slack: FakeSlack, entrance: str, headers: dict[str, str], body: bytes
) -> None:
    assert await status(entrance, body, slack.signed(BODY) | headers) == 401


@pytest.mark.parametrize("timestamp", [OLD, EARLY, "0"], ids=["old", "early", "zero"])
async def test_a_replay_is_refused_although_its_signature_holds(
    slack: FakeSlack, entrance: str, timestamp: str
) -> None:
    assert await status(entrance, BODY, slack.signed(BODY, timestamp)) == 401


async def test_a_body_that_is_not_utf_8_is_refused_even_if_signed(slack: FakeSlack, entrance: str) -> None:
    assert await status(entrance, b"text=\xff", slack.signed(b"text=\xff")) == 401


async def test_without_headers_nothing_opens(entrance: str) -> None:
    assert await status(entrance, BODY, {}) == 401


async def test_a_body_of_more_than_a_megabyte_is_refused(slack: FakeSlack, entrance: str) -> None:
    body = b"text=" + b"a" * (1024 * 1024)
    assert await status(entrance, body, slack.signed(body)) == 413


async def test_signed_json_that_breaks_off_is_a_bad_request(slack: FakeSlack, entrance: str) -> None:
    assert await status(entrance, b'{"type":', slack.signed(b'{"type":')) == 400


async def test_slack_is_asked_to_come_again_while_nobody_listens(slack: FakeSlack) -> None:
    office = Office(slack, "http")
    async with served(office.adapter.routes) as root:
        url, body = f"{root}/slack/events", b"command=%2Fother"
        before = await status(url, body, slack.signed(body))
        await office.adapter.start(office.handle)
        while_listening = await status(url, body, slack.signed(body))
        await office.adapter.stop()
        after = await status(url, body, slack.signed(body))
    assert (before, while_listening, after) == (503, 404, 503)


async def test_what_is_signed_is_heard(slack: FakeSlack, entrance: str) -> None:
    body = b'{"type": "url_verification", "challenge": "c"}'
    headers = slack.signed(body) | {"Content-Type": "application/json"}
    assert await status(entrance, body, headers) == 200
    assert await status(entrance, BODY, slack.signed(BODY)) == 404
