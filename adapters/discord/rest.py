"""One call to Discord's HTTP API: sends it once, and turns what comes back into an answer or our error.

discord.py's own sender sleeps inside calls, retries by itself and scans its buckets, so that a time limit
round it loses track of what was delivered; this one decides nothing.
"""

import json
import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

import aiohttp

from adapters.discord.buckets import Buckets
from adapters.discord.errors import error_for
from bot.adapter import Ambiguous, Gate, RateLimited, Rejected, Temporary
from bot.logs import log
from bot.markup import Attachment

_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=10)
_FIRST_ID = datetime(2015, 1, 1, tzinfo=UTC)
_ID = re.compile(r"[0-9]{1,20}")
_MINOR_ID = re.compile(r"(?<=/)[0-9]+")
# An interaction's token lets anyone answer for the bot.
_SECRET = re.compile(r"(?<=/webhooks/).*|(?<=/interactions/).*")


@dataclass(frozen=True, slots=True)
class Answer:
    """What Discord answered.

    Args:
        code: 0 for a success, else the one of the `expected` error codes that came.
        data: the decoded JSON; None where there was none.
    """

    code: int
    data: Any


def id_in(data: object, name: str = "id") -> str | None:
    """The id under `name` in what should be a JSON object; None where it has none."""
    found = str(data.get(name)) if isinstance(data, dict) else ""
    return found if _ID.fullmatch(found) else None


def posted_id(answer: Answer) -> str:
    """The id of what was posted. Raises Ambiguous where there is none."""
    found = id_in(answer.data)
    if found is None:
        raise Ambiguous("Discord accepted the message but named no id.")
    return found


def posted_at(number: int) -> datetime:
    """When Discord gave out an id (UTC). https://discord.com/developers/docs/reference#snowflakes"""
    return _FIRST_ID + timedelta(milliseconds=number >> 22)


def items_in(answer: Answer, name: str | None = None) -> list[dict[str, Any]]:
    """The objects with an id in a list, or in the list under `name`. Raises Temporary where there is none."""
    listed = answer.data.get(name) if name and isinstance(answer.data, dict) else answer.data
    if not isinstance(listed, list):
        raise Temporary("Discord gave no usable answer about what was posted.")
    return [item for item in listed if id_in(item)]


class Rest:
    """Discord's HTTP API with one bot token. Connects at the first call; used by one event loop.

    Args:
        base: the API's address with its version, with or without a slash at the end.
        clock: monotonic seconds.
        gate: waited for before every request that counts towards the rate of the whole bot.
    """

    def __init__(
        self,
        base: str,
        token: str,
        clock: Callable[[], float] = time.monotonic,
        gate: Gate | None = None,
    ) -> None:
        self._base = base.rstrip("/")
        self._headers = {
            "Authorization": f"Bot {token}",
            "User-Agent": f"DiscordBot (https://huggingface.co/papers, {version('daily-papers-bot')})",
        }
        self._clock = clock
        self._gate = gate
        self._http: aiohttp.ClientSession | None = None
        self._buckets = Buckets()

    async def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        creates: bool = False,
        expected: Collection[int] = (),
        file: Attachment | None = None,
    ) -> Answer:
        """Call `method` on `path`, which begins with a slash, once.

        Args:
            creates: doing it twice would post twice, so that a lost answer is Ambiguous; otherwise it is
                Temporary.
            expected: Discord's error codes that come back in the answer instead of being raised.
            file: uploaded with the body, which must be a message.

        Raises an AdapterError; RateLimited without a call where the route is known to be exhausted.
        """
        route = _route(method, path)
        status, headers, data = await self._counted(route, method, path, body, creates, file)
        if status < 300:
            return Answer(0, data)
        if isinstance(data, dict) and data.get("code") in expected:
            return Answer(data["code"], data)
        failure = error_for(status, headers, data)
        if isinstance(failure, Rejected):
            call = _SECRET.sub("*", route)
            log.error("call_rejected", platform="discord", call=call, reason=str(failure))
        raise failure

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def _counted(
        self, route: str, method: str, path: str, body: Any, creates: bool, file: Attachment | None
    ) -> tuple[int, Mapping[str, str], Any]:
        """Call within what Discord allows. Raises RateLimited without a call, Ambiguous, Temporary."""
        if (wait := self._buckets.begin(route, self._clock())) > 0:
            raise RateLimited(f"Discord takes the next call here in {wait:.1f} s.", wait, asked=False)
        headers: Mapping[str, str] = {}
        try:
            # https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
            if self._gate is not None and not _SECRET.search(route):
                await self._gate()
            status, said, data = await self._exchange(method, path, body, file)
            if status < 300:  # what a refusal says is raised, and kept by whoever paces the calls
                headers = said
            return status, said, data
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Temporary("Discord is out of reach.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            kind = Ambiguous if creates else Temporary
            raise kind(f"Discord gave no usable answer ({type(error).__name__}).") from error
        finally:
            self._buckets.end(route, self._clock(), headers)

    async def _exchange(
        self, method: str, path: str, body: Any, file: Attachment | None
    ) -> tuple[int, Mapping[str, str], Any]:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                headers=self._headers, timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
            )
        content = {"data": _upload(body, file)} if file else {"json": body}
        async with self._http.request(
            method, self._base + path, allow_redirects=False, **content
        ) as response:
            raw = await response.read()
        try:
            return response.status, response.headers, json.loads(raw) if raw else None
        except (ValueError, RecursionError) as error:
            if response.status < 300:
                raise aiohttp.ClientPayloadError("not JSON") from error
            return response.status, response.headers, None


def _upload(body: Mapping[str, Any], file: Attachment) -> aiohttp.FormData:
    """https://discord.com/developers/docs/reference#uploading-files"""
    named = {**body, "attachments": [{"id": "0", "filename": file.name}]}
    form = aiohttp.FormData()
    form.add_field("payload_json", json.dumps(named), content_type="application/json")
    text = file.text.encode("utf-8", "replace")
    form.add_field("files[0]", text, filename=file.name, content_type="text/plain; charset=utf-8")
    return form


def _route(method: str, path: str) -> str:
    """What Discord counts together: the call with its channel, without the message."""
    major, _, minor = path.lstrip("/").partition("?")[0].partition("/")
    first, slash, rest = minor.partition("/")
    return f"{method} /{major}/{first}{slash}{_MINOR_ID.sub('*', slash + rest)[1:]}"
