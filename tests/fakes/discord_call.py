"""One bare call to the fake Discord, past our own sender."""

from typing import Any

import aiohttp

from tests.fakes.discord import TOKEN, FakeDiscord


async def call(
    fake: FakeDiscord, path: str, body: Any, token: str = TOKEN, method: str = "POST"
) -> tuple[int, Any]:
    """The status and the decoded JSON of the answer."""
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (https://example.org, 1)"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.request(method, fake.url + path, json=body) as response,
    ):
        assert response.headers["Content-Type"] == "application/json"
        assert "Via" in response.headers
        return response.status, await response.json()
