"""The fake Discord is as strict as Discord, or the other tests prove little."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.discord_reader import Reader, connect
from tests.fakes import discord_store as store
from tests.fakes.discord import TOKEN, FakeDiscord
from tests.fakes.discord_call import call
from tests.fakes.discord_files import Upload
from tests.fakes.discord_options import Chosen
from tests.fakes.discord_rules import CONTRACT

POSTS = f"/channels/{store.TEXT}/messages"
EMBED = {"title": "Paper Tigers"}


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running


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


async def upload(fake: FakeDiscord, path: str, named: object, *files: tuple[str, str]) -> int:
    form = aiohttp.FormData()
    payload = json.dumps({"content": "x", "attachments": named})
    form.add_field("payload_json", payload, content_type="application/json")
    for part, name in files:
        form.add_field(part, b"text", filename=name)
    headers = {"Authorization": f"Bot {TOKEN}", "User-Agent": "DiscordBot (https://example.org, 1)"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(fake.url + path, data=form) as answer,
    ):
        return answer.status


NAMED = [{"id": "0", "filename": "a.txt"}]
UPLOADS: dict[str, tuple[object, tuple[tuple[str, str], ...]]] = {
    "a file that is not named": ([], (("files[0]", "a.txt"),)),
    "a name without a file": (NAMED, ()),
    "a file of another name": (NAMED, (("files[0]", "b.txt"),)),
    "a file of another number": (NAMED, (("files[1]", "a.txt"),)),
}


@pytest.mark.parametrize(("named", "files"), UPLOADS.values(), ids=UPLOADS)
async def test_files_that_discord_refuses(fake: FakeDiscord, named: object, files: Any) -> None:
    webhook = f"/webhooks/{store.APPLICATION}/token"
    assert await upload(fake, webhook, named, *files) == 400
    assert fake.violations != []
    assert await upload(fake, webhook, NAMED, ("files[0]", "a.txt")) == 404  # nobody has asked
    assert await upload(fake, POSTS, NAMED, ("files[0]", "a.txt")) == 400


TAGS = {
    "unknown": (["49"], 404, 10087),
    "for moderators": (["42"], 403, 50013),
    "none": ([], 400, 40067),
    "six": (["41"] * 6, 400, 50035),
    "one": (["41"], 201, None),
}


@pytest.mark.skipif(not CONTRACT.exists(), reason="../shared/contracts is not there")
@pytest.mark.parametrize(("tags", "status", "code"), TAGS.values(), ids=TAGS)
async def test_tags_of_a_forum(fake: FakeDiscord, tags: list[str], status: int, code: int | None) -> None:
    forum = fake.channels[store.TAGGED_FORUM]
    forum.tags = [store.FakeTag("41", "talk"), store.FakeTag("42", "official", moderated=True)]
    body = {"name": "A post", "message": {"content": "x"}, "applied_tags": tags}
    answered, answer = await call(fake, f"/channels/{forum.id}/threads", body)
    assert (answered, answer.get("code")) == (status, code)


UNSENT: dict[str, tuple[str, dict[str, Any]]] = {
    "no choice": ("subscribe", {"when": "hourly"}),
    "a number too large": ("channel", {"most": 101}),
    "a number below the least": ("channel", {"most": -1}),
    "a text for a number": ("channel", {"most": "7"}),
    "a number for a text": ("subscribe", {"filter": 7}),
    "a text too long": ("subscribe", {"filter": "x" * 513}),
    "a text for a file": ("import", {"file": "a.json"}),
    "a file for a text": ("subscribe", {"filter": Upload(b"x")}),
    "no file": ("import", {}),
    "a text for a person": ("name", {"who": "@ada"}),
    "a person for a text": ("subscribe", {"filter": Chosen("2001")}),
    "an option that there is not": ("subscribe", {"late": "next"}),
}


@pytest.mark.parametrize(("name", "options"), UNSENT.values(), ids=UNSENT)
async def test_what_nobody_can_send(fake: FakeDiscord, name: str, options: dict[str, Any]) -> None:
    adapter = connect(fake)
    await adapter.start(Reader())
    with pytest.raises(AssertionError):
        await fake.interactions.ask(name, **options)
    await adapter.stop()


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
