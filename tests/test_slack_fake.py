"""The stand-in refuses what Slack refuses; otherwise tests against it would prove nothing."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.clock import Clock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_rules import complaints

TEXT = {"type": "mrkdwn", "text": "words"}
PLAIN = {"type": "plain_text", "text": "words"}
BUTTON = {"type": "button", "action_id": "a", "text": PLAIN}
IMAGE = {"type": "image", "image_url": "https://x.org/a.png", "alt_text": "words"}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": TEXT, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def context(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "context", "elements": list(elements)}


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ([section()] * 51, "no more than 50 items"),
        ([{"type": "unknown"}], "unsupported type: unknown"),
        (["words"], "unsupported type"),
        ("words", "must be an array"),
        ([{"type": "section"}], "missing required field: text"),
        ([section(colour="red")], "no more attributes allowed: colour"),
        ([section(text={"type": "mrkdwn", "text": "x" * 3001})], "less than 3001"),
        ([section(text={"type": "mrkdwn", "text": " "})], "more than 0 characters"),
        ([section(text={"type": "html", "text": "x"})], "must be mrkdwn or plain_text"),
        ([section(text={"type": "mrkdwn", "text": "x", "emoji": True})], "no more attributes allowed: emoji"),
        ([section(accessory={"type": "video"})], "unsupported type: video"),
        ([section(accessory=IMAGE | {"image_url": "ftp://x.org/a"})], "invalid image URL"),
        ([section(accessory=IMAGE | {"image_url": "https://x.org/" + "a" * 3000})], "invalid image URL"),
        ([section(accessory=IMAGE | {"alt_text": ""})], "1 to 2000 characters"),
        ([{"type": "header", "text": TEXT}], "must be plain_text"),
        ([{"type": "header", "text": PLAIN | {"text": "x" * 151}}], "less than 151"),
        ([context()], "at least one item"),
        ([context(*[TEXT] * 11)], "no more than 10 items"),
        ([context(BUTTON)], "must be mrkdwn or plain_text"),
        ([actions()], "at least one item"),
        ([actions(*(BUTTON | {"action_id": str(n)} for n in range(26)))], "no more than 25 items"),
        ([actions(BUTTON, BUTTON)], "action_id must be unique"),
        ([actions(BUTTON | {"text": PLAIN | {"text": "x" * 76}})], "less than 76"),
        ([actions(BUTTON | {"value": "x" * 2001})], "less than 2001"),
        ([actions(BUTTON | {"action_id": ""})], "1 to 255 characters"),
        ([actions(IMAGE)], "unsupported type: image"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_blocks_that_slack_refuses(blocks: Any, reason: str) -> None:
    assert any(reason in complaint for complaint in complaints(blocks))


def test_blocks_that_slack_takes() -> None:
    full = [
        section(accessory=IMAGE),
        {"type": "header", "text": PLAIN},
        context(TEXT, IMAGE),
        actions(BUTTON),
    ]
    assert complaints([*full, {"type": "divider"}, IMAGE]) == []


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    """Slack's own client, as it comes: the fake must satisfy it too."""
    async with aiohttp.ClientSession() as http:
        yield AsyncWebClient(token=slack.token, base_url=slack.url, session=http, retry_handlers=[])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0PAPERS", "text": "", "blocks": [section()]}, "no_text"),
        ({"channel": "C0PAPERS", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C0PAPERS", "text": "x", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        ({"channel": "C0PAPERS", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
        ({"channel": "C0PAPERS", "text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_format"),
        ({"channel": "C0PAPERS", "text": "x", "colour": "red"}, "invalid_arguments"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
@pytest.mark.filterwarnings("ignore:The top-level `text` argument:UserWarning")
async def test_messages_that_slack_refuses(
    slack: FakeSlack, client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(**arguments)
    assert refused.value.response["error"] == error
    assert slack.transcript == []


async def test_a_form_or_a_foreign_token_is_refused(slack: FakeSlack, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_post_type"):
        await client.api_call("chat.postMessage", data={"channel": "C0PAPERS", "text": "x"})
    client.token = "xoxb-other"
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await client.auth_test()


async def test_metadata_is_shown_only_on_request(slack: FakeSlack, client: AsyncWebClient) -> None:
    metadata = {"event_type": "e", "event_payload": {"key": "k"}}
    posted = await client.chat_postMessage(channel="C0PAPERS", text="x", metadata=metadata)
    plain = await client.conversations_history(channel="C0PAPERS")
    full = await client.conversations_history(channel="C0PAPERS", include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata
    assert full["messages"][0]["ts"] == posted["ts"]


async def test_time_stamps_increase(slack: FakeSlack, client: AsyncWebClient) -> None:
    stamps = [(await client.chat_postMessage(channel="C0PAPERS", text="x"))["ts"] for _ in range(12)]
    assert stamps == sorted(set(stamps), key=float)
    assert stamps == sorted(stamps)


async def test_people_have_a_time_zone(slack: FakeSlack, client: AsyncWebClient) -> None:
    assert (await client.users_info(user="U0READER"))["user"]["tz"] == "Europe/Berlin"
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client.users_info(user="U0NOBODY")


async def test_a_response_url_serves_five_times(slack: FakeSlack) -> None:
    way = slack.new_way()
    async with aiohttp.ClientSession() as http:
        statuses = []
        for _ in range(6):
            async with http.post(way, json={"text": "x"}) as response:
                statuses.append(response.status)
    assert statuses == [200] * 5 + [404]


async def test_a_response_url_serves_half_an_hour() -> None:
    clock = Clock()
    async with FakeSlack(clock=clock.monotonic) as slack, aiohttp.ClientSession() as http:
        way = slack.new_way()
        statuses = []
        for seconds in (0, 30 * 60, 1):
            clock.pass_time(seconds)
            async with http.post(way, json={"text": "x"}) as response:
                statuses.append(response.status)
    assert statuses == [200, 200, 404]


async def test_an_answer_is_seen_by_whom_it_is_meant_for(slack: FakeSlack) -> None:
    async def answer(way: str, **body: Any) -> None:
        async with http.post(way, json=body) as response:
            assert response.status == 200

    def seen(user: str) -> list[str]:
        return [shown.body["text"] for shown in slack.screen(user)]

    async with aiohttp.ClientSession() as http:
        await answer(slack.new_way("U0READER"), text="private")
        await answer(slack.new_way("U0READER"), text="public", response_type="in_channel")
        private, public = slack.screen("U0READER")
        await answer(slack.new_way("U0READER", clicked=private), text="next", replace_original=True)
        await answer(slack.new_way("U0WRITER", clicked=public), text="theirs", replace_original=False)
    assert seen("U0READER") == ["next", "public"]
    assert seen("U0WRITER") == ["public", "theirs"]
    with pytest.raises(AssertionError, match="does not see"):
        await slack.press(private, "Next", "U0WRITER")


async def test_a_socket_address_serves_once(slack: FakeSlack, client: AsyncWebClient) -> None:
    address = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(address) as link:
            assert (await link.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(address)
