"""The fake Discord is as strict as Discord, or the other tests prove little."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes import discord_store as store
from tests.fakes.discord import TOKEN, FakeDiscord
from tests.fakes.discord_rules import CONTRACT

POSTS = f"/channels/{store.TEXT}/messages"
EMBED = {"title": "Paper Tigers"}


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running


async def call(
    fake: FakeDiscord, path: str, body: Any, token: str = TOKEN, method: str = "POST"
) -> tuple[int, Any]:
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (https://example.org, 1)"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.request(method, fake.url + path, json=body) as response,
    ):
        assert response.headers["Content-Type"] == "application/json"
        assert "Via" in response.headers
        return response.status, await response.json()


MALFORMED: dict[str, Any] = {
    "nothing": {},
    "content too long": {"content": "x" * 2001},
    "nonce too long": {"content": "x", "nonce": "n" * 26},
    "6001 characters": {"embeds": [{"description": "x" * 3000}, {"description": "x" * 3001}]},
    "an embed without text": {"embeds": [{"color": 1}]},
    "a link to nowhere": {"embeds": [EMBED | {"url": "https://exa mple"}]},
    "a button twice": {
        "embeds": [EMBED],
        "components": [
            {"type": 1, "components": [{"type": 2, "style": 2, "label": "a", "custom_id": "a"}] * 2}
        ],
    },
}
BY_CONTRACT: dict[str, Any] = {
    "a title too long": {"embeds": [{"title": "x" * 257}]},
    "six buttons in a row": {
        "embeds": [EMBED],
        "components": [
            {
                "type": 1,
                "components": [
                    {"type": 2, "style": 2, "label": "a", "custom_id": f"{number}"} for number in range(6)
                ],
            }
        ],
    },
    "a mention of an unknown kind": {"content": "x", "allowed_mentions": {"parse": ["all"]}},
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_malformed_is_refused_and_kept(fake: FakeDiscord, body: Any) -> None:
    status, answer = await call(fake, POSTS, body)
    assert (status, answer["code"]) == (400, 50035)
    assert fake.violations != []
    assert fake.transcript == []


@pytest.mark.skipif(not CONTRACT.exists(), reason="../shared/contracts is not there")
@pytest.mark.parametrize("body", BY_CONTRACT.values(), ids=BY_CONTRACT)
async def test_what_breaks_the_contract_is_refused(fake: FakeDiscord, body: Any) -> None:
    status, _ = await call(fake, POSTS, body)
    assert status == 400
    assert fake.violations != []


SLASH = {"name": "papers", "type": 1, "description": "Papers"}
OPTION = {"type": 3, "name": "day", "description": "A day"}
COMMANDS: dict[str, list[dict[str, Any]]] = {
    "the name of a menu too long": [{"name": "x" * 33, "type": 3}],
    "a menu without a name": [{"name": "", "type": 3}],
    "a menu with a description": [{"name": "Find", "type": 3, "description": "x"}],
    "an unknown type": [SLASH | {"type": 9}],
    "a slash command without a description": [{"name": "papers", "type": 1}],
    "capitals": [SLASH | {"name": "Papers"}],
    "a blank in a name": [SLASH | {"options": [OPTION | {"name": "a day"}]}],
    "twice": [SLASH, SLASH],
    "required after optional": [
        SLASH | {"options": [OPTION, OPTION | {"name": "other", "required": True}]},
    ],
}


@pytest.mark.skipif(not CONTRACT.exists(), reason="../shared/contracts is not there")
@pytest.mark.parametrize("commands", COMMANDS.values(), ids=COMMANDS)
async def test_commands_that_discord_refuses(fake: FakeDiscord, commands: list[dict[str, Any]]) -> None:
    path = f"/applications/{store.APPLICATION}/commands"
    assert (await call(fake, path, commands, method="PUT"))[0] == 400
    assert fake.violations != []
    menu = {"name": "Find papers", "type": 3}
    assert (await call(fake, path, [SLASH | {"options": [OPTION]}, menu], method="PUT"))[0] == 200


CHOICE = {"name": "a", "value": "a"}
CALLBACKS: dict[str, dict[str, Any]] = {
    "26 choices": {"choices": [{"name": f"{number}", "value": "a"} for number in range(26)]},
    "a name too long": {"choices": [CHOICE | {"name": "x" * 101}]},
    "a text too long": {"choices": [CHOICE | {"value": "x" * 101}]},
    "no name": {"choices": [CHOICE | {"name": ""}]},
    "a choice twice": {"choices": [CHOICE, CHOICE]},
}


@pytest.mark.skipif(not CONTRACT.exists(), reason="../shared/contracts is not there")
@pytest.mark.parametrize("data", CALLBACKS.values(), ids=CALLBACKS)
async def test_choices_that_discord_refuses(fake: FakeDiscord, data: dict[str, Any]) -> None:
    status, answer = await call(fake, "/interactions/1/token/callback", {"type": 8, "data": data})
    assert (status, answer["code"]) == (400, 50035)
    assert fake.violations != []


async def test_a_wrong_token(fake: FakeDiscord) -> None:
    assert (await call(fake, POSTS, {"content": "x"}, token="wrong"))[0] == 401


async def test_a_call_that_discord_does_not_have(fake: FakeDiscord) -> None:
    assert (await call(fake, "/channels", {"content": "x"}))[0] == 404
    assert fake.violations == ["no such call: POST /channels"]


async def test_the_nonce_is_not_kept_with_the_message(fake: FakeDiscord) -> None:
    _, posted = await call(fake, POSTS, {"content": "x", "nonce": "d.0", "enforce_nonce": True})
    assert posted["nonce"] == "d.0"
    _, listed = await call(fake, POSTS, None, method="GET")
    assert [message.get("nonce") for message in listed] == [None]


async def test_fifty_calls_a_second_in_all() -> None:
    now = 0.0
    async with FakeDiscord(limits=True, clock=lambda: now) as fake:
        for _ in range(50):
            await call(fake, "/users/@me", None, method="GET")
        status, answer = await call(fake, POSTS, {"content": "x"})
        assert (status, answer["global"], answer["retry_after"]) == (429, True, 1.0)
        now = 1.0
        assert (await call(fake, POSTS, {"content": "x"}))[0] == 200


async def test_it_runs_as_a_process() -> None:
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.discord", "--no-limits", stdout=asyncio.subprocess.PIPE
    )
    assert running.stdout is not None
    url = (await running.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as http, http.get(f"{url}/users/@me") as response:
        assert response.status == 401
    running.terminate()
    await running.wait()
