"""Discord's refusals as our errors, and the link that invites the bot."""

import base64
import math
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.discord import PLATFORM
from adapters.discord.errors import CODES, error_for, error_paths
from adapters.discord.invite import PERMISSIONS, application_id, invite_url
from bot.adapter import AdapterError, InstallationGone, PlaceGone, RateLimited, Rejected, Temporary
from bot.settings import read_settings


def body(code: int = 0, **more: Any) -> dict[str, Any]:
    return {"code": code, "message": "@everyone in words of Discord's", **more}


ANSWERS: dict[str, tuple[int, Any, type[AdapterError]]] = {
    "unknown channel": (404, body(10003), PlaceGone),
    "unknown guild": (404, body(10004), PlaceGone),
    "unknown user": (404, body(10013), PlaceGone),
    "forum wants a tag": (400, body(40067), PlaceGone),
    "missing access": (403, body(50001), PlaceGone),
    "closed direct messages": (403, body(50007), PlaceGone),
    "missing permissions": (403, body(50013), PlaceGone),
    "no shared server": (403, body(50278), PlaceGone),
    "locked thread": (403, body(160005), PlaceGone),
    "unknown 403": (403, body(12345), PlaceGone),
    "a proxy's 403": (403, None, Temporary),
    "channel is busy": (429, body(20028), RateLimited),
    "opening direct messages too fast": (400, body(40003), Temporary),
    "overloaded": (503, body(130000), Temporary),
    "overloaded, with a hint": (503, body(130000, retry_after=7), RateLimited),
    "too many threads": (400, body(160006), Temporary),
    "still archived": (400, body(50083), Temporary),
    "malformed": (400, body(50035), Rejected),
    "unknown 400": (400, body(), Rejected),
    "no such route": (404, body(), Rejected),
    "message deleted": (404, body(10008), Rejected),
    "wrong token": (401, body(), InstallationGone),
    "interaction expired": (401, body(50027), Rejected),
    "server error": (500, body(), Temporary),
    "bad gateway": (502, None, Temporary),
    "timeout at the edge": (408, None, Temporary),
    "redirect": (302, None, Temporary),
    "code of a wrong type": (400, {"code": "10003"}, Rejected),
    "a list": (400, [], Rejected),
}


@pytest.mark.parametrize(("status", "answer", "kind"), ANSWERS.values(), ids=ANSWERS)
def test_a_refusal_becomes_our_error(status: int, answer: Any, kind: type[AdapterError]) -> None:
    error = error_for(status, {}, answer)
    assert type(error) is kind
    assert str(error).rstrip(")")[-1] in ".0123456789"
    assert "everyone" not in str(error)


@pytest.mark.parametrize(
    ("headers", "answer", "seconds"),
    [
        ({"Retry-After": "2", "X-RateLimit-Reset-After": "1.5"}, body(retry_after=1.234), 1.234),
        ({"Retry-After": "2", "X-RateLimit-Reset-After": "1.5"}, body(), 1.5),
        ({"Retry-After": "65"}, None, 65),
        ({}, None, 60),
        ({}, body(), 5),
        ({"Retry-After": "Wed, 29 Jul 2026 09:00:00 GMT"}, None, 1),
        ({"Retry-After": "2"}, body(retry_after="soon"), 2),
    ],
    ids=["body", "reset header", "Cloudflare", "Cloudflare, bare", "bare", "a date", "second best"],
)
def test_how_long_to_wait(headers: dict[str, str], answer: Any, seconds: float) -> None:
    error = error_for(429, headers, answer)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


@pytest.mark.parametrize("where", ["body", "X-RateLimit-Reset-After", "Retry-After"])
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("-0.5", 1),
        ("nan", 1),
        ("-inf", 1),
        ("inf", 3600),
        ("1e999", 3600),
        ("999999", 3600),
        (10**400, 3600),
        (-(10**400), 1),
        (math.nan, 1),
        ("", 1),
        ("soon", 1),
        ([5], 1),
    ],
    ids=str,
)
def test_a_wait_that_nobody_can_keep_is_made_sane(where: str, said: Any, seconds: float) -> None:
    headers = {} if where == "body" else {where: str(said)}
    error = error_for(429, headers, body(retry_after=said) if where == "body" else None)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_a_missing_permission_names_all_that_are_needed() -> None:
    said = str(error_for(403, {}, body(50013)))
    assert [name for name in PERMISSIONS if name not in said] == []


def test_every_sentence_ends_as_a_sentence() -> None:
    assert [code for code, (_, sentence) in CODES.items() if not sentence.endswith(".")] == []


def test_paths_of_a_malformed_message_without_its_texts() -> None:
    wrong = {
        "embeds": {"0": {"title": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "secret"}]}}},
        "_errors": [{"code": "WHOLE", "message": "secret"}],
        "nonce": "no object",
    }
    bottomless: dict[str, Any] = {}
    for _ in range(900):
        bottomless = {"": bottomless}
    assert error_paths(bottomless) == []
    assert error_paths(wrong) == ["embeds.0.title BASE_TYPE_MAX_LENGTH", "WHOLE"]


def test_the_invitation_asks_for_what_is_needed() -> None:
    query = parse_qs(urlsplit(invite_url("1234")).query)
    assert query["client_id"] == ["1234"]
    assert query["scope"] == ["bot applications.commands"]
    # View Channel, Send Messages, Embed Links, Read Message History, and two for threads.
    assert int(query["permissions"][0]) == 0x400 + 0x800 + 0x4000 + 0x10000 + 0x800000000 + 0x4000000000


def test_the_invitation_is_for_the_bot_of_the_token() -> None:
    token = base64.urlsafe_b64encode(b"123456789012345678").decode().rstrip("=") + ".abc.def"
    assert application_id(f" {token}\n") == "123456789012345678"
    settings = read_settings(DISCORD_BOT_TOKEN=token)
    assert "client_id=123456789012345678" in PLATFORM.guides["invite"](settings, None)


@pytest.mark.parametrize("token", ["", "a secret", "x", "Ym90.abc.def", "é.b.c"])
def test_what_is_no_bot_token_is_named_and_not_shown(token: str) -> None:
    with pytest.raises(ValueError, match="DISCORD_BOT_TOKEN") as raised:
        application_id(token)
    assert not token or token not in str(raised.value).split()


@pytest.mark.parametrize(
    ("address", "valid"),
    [("1234", True), ("@1234", True), ("general", False), ("@", False), ("1" * 21, False), ("١٢", False)],
)
def test_addresses(address: str, valid: bool) -> None:
    assert bool(PLATFORM.address.fullmatch(address)) is valid
