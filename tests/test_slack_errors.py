"""Slack's answers, one a row, and the error that each stands for."""

from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from adapters.slack.errors import Malformed, answer_error, transport_error
from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    PlaceGone,
    RateLimited,
    Rejected,
    Temporary,
)


@pytest.mark.parametrize(
    ("code", "error", "mends"),
    [
        ("channel_not_found", PlaceGone, "/invite"),
        ("is_archived", PlaceGone, "unarchive"),
        ("not_in_channel", PlaceGone, "invite the bot to the channel with /invite"),
        ("restricted_action", PlaceGone, "ask an admin"),
        ("restricted_action_read_only_channel", PlaceGone, "ask an admin"),
        ("messages_tab_disabled", PlaceGone, "turn it on"),
        ("user_disabled", PlaceGone, "deactivated"),
        ("user_not_found", PlaceGone, "no such person"),
        ("account_inactive", InstallationGone, "reinstall"),
        ("token_revoked", InstallationGone, "install it again"),
        ("invalid_auth", InstallationGone, "SLACK_BOT_TOKEN"),
        ("app_access_restricted", InstallationGone, "ask an admin"),
        ("missing_scope", InstallationGone, "im:write"),
        ("invalid_blocks", Rejected, "bug of ours"),
        ("invalid_blocks_format", Rejected, "bug of ours"),
        ("msg_blocks_too_long", Rejected, "bug of ours"),
        ("no_text", Rejected, "bug of ours"),
        ("ratelimited", RateLimited, "wait"),
        ("service_unavailable", Temporary, "later"),
        ("request_timeout", Temporary, "later"),
        ("internal_error", Temporary, "later"),
        ("fatal_error", Ambiguous, "may have been posted"),
        ("a_name_nobody_knows", Temporary, "a_name_nobody_knows"),
    ],
)
def test_a_named_error(code: str, error: type[AdapterError], mends: str) -> None:
    raised = answer_error(200, {"ok": False, "error": code, "needed": "im:write"}, None)
    assert isinstance(raised, error)
    assert mends in str(raised)


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (429, {}, RateLimited),
        (500, {}, Temporary),
        (502, {}, Temporary),
        (503, {"ok": False, "error": "service_unavailable"}, Temporary),
        (504, {}, Ambiguous),
        (404, {}, Temporary),
        (302, {}, Temporary),
        (200, {}, Ambiguous),
        (200, {"ok": "maybe"}, Ambiguous),
        (200, {"ok": False, "error": 7}, Ambiguous),
    ],
)
def test_an_answer_without_a_name(status: int, answer: dict[str, Any], error: type[AdapterError]) -> None:
    assert type(answer_error(status, answer, None)) is error


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("0", 0),
        (None, 30),
        ("", 1),
        ("soon", 1),
        ("-3", 1),
        ("nan", 1),
        ("-inf", 1),
        ("inf", 3600),
        ("999999", 3600),
        ("9" * 400, 3600),
    ],
)
def test_how_long_to_wait(header: str | None, seconds: float) -> None:
    limit = answer_error(429, {}, header)
    assert isinstance(limit, RateLimited)
    assert limit.retry_after == seconds


@pytest.mark.parametrize(
    ("answer", "image"),
    [
        ({}, True),
        ({"errors": ["downloading image failed [json-pointer:/blocks/1/accessory/image_url]"]}, True),
        ({"response_metadata": {"messages": ["[ERROR] bad [json-pointer:/blocks/1/text]"]}}, False),
        ({"response_metadata": "odd", "errors": [7]}, True),
    ],
    ids=["no reason", "an image", "a text", "odd"],
)
def test_whether_an_image_may_be_the_reason(answer: dict[str, Any], image: bool) -> None:
    refused = answer_error(200, {"error": "invalid_blocks", **answer}, None)
    assert isinstance(refused, Malformed)
    assert refused.image is image


def test_what_slack_quotes_of_the_message_is_not_kept() -> None:
    complaint = "[ERROR] secret words [json-pointer:/blocks/1/text]"
    refused = answer_error(200, {"error": "invalid_blocks", "errors": [complaint]}, None)
    assert isinstance(refused, Malformed)
    assert refused.pointers == ["/blocks/1/text"]
    assert "secret" not in f"{refused} {refused.__dict__}"


KEY = ConnectionKey("slack.com", 443, True, True, None, None, None)


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (aiohttp.ClientConnectorError(KEY, OSError(111, "refused")), Temporary),
        (aiohttp.ClientConnectorDNSError(KEY, OSError(8, "unknown")), Temporary),
        (aiohttp.ConnectionTimeoutError("connect"), Temporary),
        (aiohttp.SocketTimeoutError("read"), Ambiguous),
        (TimeoutError(), Ambiguous),
        (aiohttp.ServerDisconnectedError(), Ambiguous),
        (aiohttp.ClientOSError(104, "reset"), Ambiguous),
        (aiohttp.ClientPayloadError("cut"), Ambiguous),
    ],
    ids=["refused", "no such host", "connecting", "waiting", "in all", "disconnected", "reset", "cut"],
)
def test_a_failed_exchange(problem: Exception, error: type[AdapterError]) -> None:
    assert type(transport_error(problem)) is error
