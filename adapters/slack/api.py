"""Calls to Slack's Web API over one shared pool of connections; every failure leaves as one of our errors."""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.errors import Revoked, answer_error, transport_error
from bot.adapter import AdapterError, Ambiguous, Temporary
from bot.recent import Recent

_DIRECT_CHANNELS = 20_000
_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=10)


def quiet_logger() -> logging.Logger:
    """The logger of Slack's libraries: they would write whole messages, and at WARNING what they ignore."""
    logger = logging.getLogger("adapters.slack.library")
    logger.setLevel(logging.ERROR)
    return logger


def new_pool() -> aiohttp.ClientSession:
    """The connections that all calls share. Made inside a running event loop."""
    return aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())


Verdict = Callable[[Revoked], Awaitable[AdapterError]]
"""What it means that Slack refuses a token: the error to be raised."""


async def as_it_is(refused: Revoked) -> AdapterError:
    """It means just that."""
    return refused


class Api:
    """The Web API with one token; nothing is ever sent twice.

    Args:
        url: of the API, with or without a slash at its end.
        token: None for the few methods that need none.
        http: see `new_pool`; whoever made it closes it.
        verdict: asked where Slack refuses the token.
    """

    def __init__(
        self, url: str, token: str | None, http: aiohttp.ClientSession, verdict: Verdict = as_it_is
    ) -> None:
        token = token.strip() if token else None
        self._url = url.rstrip("/") + "/"
        self._headers = {"Content-Type": "application/json; charset=utf-8"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._verdict = verdict
        self.http = http
        # With a pool of our own the client ignores its `timeout`. Its default handlers repeat a call whose
        # answer was lost, which posts twice.
        self.web = AsyncWebClient(
            token=token, base_url=self._url, session=self.http, retry_handlers=[], logger=quiet_logger()
        )
        self._direct_channels: Recent[str, str] = Recent(_DIRECT_CHANNELS)

    async def direct_channel(self, person: str) -> str:
        """The channel of a person's direct messages, opened once. Raises an AdapterError."""
        known = self._direct_channels.get(person)
        if known is None:
            answer = await self.ask(self.web.conversations_open(users=person))
            opened = words(part(answer, "channel"), "id")
            if not opened:
                raise unusable()
            self._direct_channels.put(person, opened)
            return opened
        return known

    async def upload(self, url: str, data: bytes) -> None:
        """Give the bytes of a file to an address that `files.getUploadURLExternal` named.

        The token is not sent along. Raises an AdapterError.
        """
        try:
            async with self.http.post(
                url, data=data, proxy=self.web.proxy, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise answer_error(response.status, {}, response.headers.get("Retry-After"))
        except (aiohttp.ClientError, OSError) as problem:
            raise transport_error(problem) from problem

    async def write(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post or change a message or a view.

        Not through `AsyncWebClient`: with ten posts in flight it takes 1.4 times as long as a bare loop over
        aiohttp (1.1 times one after another), this 0.9 to 1.0.

        Raises an AdapterError; Ambiguous where Slack may have done it all the same.
        """
        data = json.dumps(body).encode()
        try:
            async with self.http.post(
                self._url + method,
                data=data,
                headers=self._headers,
                proxy=self.web.proxy,
                allow_redirects=False,
            ) as response:
                answer = _object(await response.read())
                if response.status == 200 and answer.get("ok") is True:
                    return answer
                raise await self._meaning(
                    answer_error(response.status, answer, response.headers.get("Retry-After"))
                )
        except (aiohttp.ClientError, OSError) as problem:
            raise transport_error(problem) from problem

    async def ask(self, request: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
        """Await a call of `web` that posts nothing, so that a lost answer is only Temporary.

        Raises an AdapterError; Temporary also where the answer is no JSON object.
        """
        try:
            answer = (await request).data
        except Exception as problem:
            error = _translated(problem)
            if isinstance(error, Ambiguous):
                error = Temporary("Slack did not answer; trying again later helps.")
            raise await self._meaning(error) from problem
        if not isinstance(answer, dict):
            raise unusable()
        return answer

    async def _meaning(self, error: AdapterError) -> AdapterError:
        return await self._verdict(error) if isinstance(error, Revoked) else error


def unusable() -> Temporary:
    """The error of an answer that lacks what was asked for."""
    return Temporary("Slack gave no usable answer; trying again later helps.")


def part(found: object, name: str) -> dict[str, Any]:
    """The JSON object under `name` in another; empty where there is none."""
    inner = found.get(name) if isinstance(found, dict) else None
    return inner if isinstance(inner, dict) else {}


def words(found: object, name: str) -> str:
    """The text under `name` in a JSON object; empty where there is none."""
    inner = found.get(name) if isinstance(found, dict) else None
    return inner if isinstance(inner, str) else ""


def _translated(problem: Exception) -> AdapterError:
    """The client's failures: its own error over an answer, aiohttp's, or a stumble over a strange answer."""
    response = getattr(problem, "response", None)
    if not (isinstance(problem, SlackApiError) and isinstance(response, AsyncSlackResponse)):
        return transport_error(problem)
    answer = response.data if isinstance(response.data, dict) else {}
    return answer_error(response.status_code, answer, response.headers.get("Retry-After"))


def _object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`; empty if it is something else, such as a gateway's HTML."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
