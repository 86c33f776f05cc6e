"""A strict Discord on loopback: the HTTP API, interactions, and a gateway for the real discord.py.

As a process, for benchmarks: `python -m tests.fakes.discord --port 8700 --no-limits`.
"""

import argparse
import asyncio
import base64
import json
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web

from tests.fakes import Fault
from tests.fakes import discord_store as store
from tests.fakes.control import Weather, add_control
from tests.fakes.discord_answers import EPHEMERAL
from tests.fakes.discord_api import Api, Call, Handler, Refusal
from tests.fakes.discord_files import FakeFiles, read_upload
from tests.fakes.discord_gateway import FakeGateway
from tests.fakes.discord_interactions import Interactions
from tests.fakes.discord_rules import RateLimits, answer_problems, prose_problems, request_problems

TOKEN = base64.b64encode(store.APPLICATION.encode()).decode().rstrip("=") + ".GAbcde.a-fake-secret"
_PREFIX = "/api/v10"
_FAULTS: dict[str, tuple[int, int]] = {
    "500": (500, 0),
    "gone": (404, 10003),
    "revoked": (401, 0),
    "invalid": (400, 50035),
}


class FakeDiscord:
    """One server with channels of every kind, two people, one bot. `async with FakeDiscord() as fake:`

    Args:
        limits: count calls as Discord does, and answer 429.
        contract: check requests and answers against Discord's OpenAPI document, where it is there.
        clock: seconds; limits and nonces run by it.

    `violations` holds what the bot did that Discord would call malformed, and what this fake answered that
    Discord would not: tests assert that it is empty. `weather` spoils calls of any kind by chance.
    """

    token = TOKEN
    place = store.place(store.channels()[store.TEXT])
    direct = store.place(store.channels()[store.DM])
    forum = store.place(store.channels()[store.FORUM])

    def __init__(
        self,
        *,
        limits: bool = False,
        contract: bool = True,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.calls: list[str] = []
        self.violations: list[str] = []
        self.api = Api(lambda: self.gateway, clock)
        self.channels = self.api.channels
        self.transcript = self.api.transcript
        self.gateway = FakeGateway(self.channels, TOKEN, clock if limits else None)
        self.files = FakeFiles()
        self.interactions = Interactions(self.api, self.gateway, self.files)
        self.command = self.interactions.command
        self.click = self.interactions.click
        self.menu = self.interactions.menu
        self._limits = RateLimits(clock) if limits else None
        self._contract = contract
        self._port = port
        self.weather = Weather()
        self.limited = 0
        self._faults: deque[Fault | None] = deque()
        own = [(method, path, _own_call(run)) for method, path, run in self.interactions.answers.routes()]
        self._routes = [
            (method, path, _pattern(path), run) for method, path, run in [*self.api.routes(), *own]
        ]
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """For DISCORD_API_URL."""
        return f"http://127.0.0.1:{self._port}{_PREFIX}"

    @property
    def registered(self) -> list[dict[str, Any]]:
        """The commands, as Discord gives them back."""
        return self.api.registered

    @property
    def environment(self) -> dict[str, str]:
        """What leads a bot here."""
        return {"DISCORD_BOT_TOKEN": self.token, "DISCORD_API_URL": self.url}

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self.files.serve)
        add_control(app.router, self)
        app.router.add_route("*", _PREFIX + "/{tail:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self._port}/gateway/"
        self.files.origin = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def crowd(self, people: int = 0, workspaces: int = 0, channels: int = 0) -> list[str]:
        """More people whom the bot can write to, or channels; the places of both."""
        persons = [str(10_000_000 + number) for number in range(people)]
        rooms = [store.FakeChannel(str(20_000_000 + number), 0, "papers") for number in range(channels)]
        directs = [store.FakeChannel(store.direct_of(person), 1, person=person) for person in persons]
        self.channels |= {channel.id: channel for channel in (*rooms, *directs)}
        return [*(f"discord:{room.id}" for room in rooms), *(f"discord:@{person}" for person in persons)]

    def fail_next(self, *faults: Fault | None) -> None:
        """Spoil the next calls that post a message for all, one fault each."""
        self._faults.extend(faults)

    async def _serve(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix(_PREFIX)
        self.calls.append(f"{request.method} {path}")
        for method, template, pattern, run in self._routes:
            if request.method == method and (found := pattern.fullmatch(path)):
                return await self._answer(request, method, template, found.groups(), run)
        self.violations.append(f"no such call: {request.method} {path}")
        return _respond(404, {"message": "404: Not Found", "code": 0})

    async def _answer(
        self, request: web.Request, method: str, template: str, ids: tuple[str, ...], run: Handler
    ) -> web.Response:
        headers: dict[str, str] = {}
        fault: Fault | None = None
        await self.weather.pass_time()
        try:
            call = Call(ids, dict(request.query), await self._read(request, method, template))
            if self._limits is not None and "interaction" not in template:
                headers, wait = self._limits.take(template, ids[0] if ids else "")
                if wait is not None:
                    self.limited += 1
                    return _limited(headers, wait)
            posts = method == "POST" and _is_for_all(template, call.body)
            fault = self._faults.popleft() if posts and self._faults else self.weather.fault()
            if (spoiled := _spoiled(request, fault)) is not None:
                return spoiled
            status, body = await run(call)
            if template.endswith("/callback") and "with_response" not in call.query:
                status, body = 204, None
        except Refusal as refusal:
            return _respond(refusal.status, refusal.body, headers)
        if self._contract:
            problems = answer_problems(method, template, status, body)
            self.violations += [f"our answer to {method} {template}: {problem}" for problem in problems]
        if fault == "slow":
            await self.weather.hold_up()
        if fault == "lost" and request.transport:
            request.transport.abort()
        return _respond(status, body, headers)

    async def _read(self, request: web.Request, method: str, template: str) -> Any:
        webhook = template.startswith(("/webhooks", "/interactions"))
        if not webhook and request.headers.get("Authorization") != f"Bot {self.token}":
            raise Refusal(401)
        if not webhook and not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            self.violations.append("a request without Discord's form of user agent")
        body, problems = await _content(request, template)
        if body is None:
            return None
        problems += request_problems(method, template, body) if self._contract else []
        problems += prose_problems(template, body)
        if problems:
            self.violations += [f"{method} {template}: {problem}" for problem in problems]
            raise Refusal(400, 50035, problems)
        return body


async def _content(request: web.Request, template: str) -> tuple[Any, list[str]]:
    """The body, or None, and what is wrong with its form. Only messages take files."""
    if request.content_type == "multipart/form-data" and template.startswith("/webhooks"):
        return await read_upload(request)
    raw = await request.read()
    if raw and request.content_type != "application/json":
        raise Refusal(400, 50035, ["not JSON"])
    return (json.loads(raw) if raw else None), []


def _own_call(run: Callable[..., Awaitable[tuple[int, Any]]]) -> Handler:
    async def handle(call: Call) -> tuple[int, Any]:
        answer = await run(*call.ids, call.body)
        if answer[0] >= 400:
            raise Refusal(answer[0], answer[1])
        return answer

    return handle


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[a-z_]+\\\}", "([^/]+)", re.escape(template)))


def _is_for_all(template: str, body: Any) -> bool:
    answers = template.endswith("{webhook_token}") and not body.get("flags", 0) & EPHEMERAL
    return answers or template.endswith(("_id}/messages", "channel_id}/threads"))


def _spoiled(request: web.Request, fault: Fault | None) -> web.Response | None:
    if fault in (None, "lost", "slow"):
        return None
    if fault in _FAULTS:
        raise Refusal(*_FAULTS[fault])
    if fault == "429":
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.5", "Retry-After": "2"}
        return _limited(headers | {"X-RateLimit-Scope": "user"}, 1.5)
    if fault == "drop" and request.transport:
        request.transport.abort()
    return web.Response(status=502, text="<html>502 Bad Gateway</html>", content_type="text/html")


def _limited(headers: dict[str, str], wait: float) -> web.Response:
    everywhere = "X-RateLimit-Global" in headers
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everywhere}
    return _respond(429, body, headers)


def _respond(status: int, body: object, headers: dict[str, str] | None = None) -> web.Response:
    """Discord's content type has no charset, and a proxy's `Via` stands on every answer."""
    raw = b"" if status == 204 else json.dumps(body).encode()
    return web.Response(
        status=status,
        body=raw,
        headers={"Content-Type": "application/json", "Via": "1.1 google", **(headers or {})},
    )


async def _stay(port: int, limits: bool) -> None:
    async with FakeDiscord(port=port, limits=limits, contract=limits) as fake:
        print(fake.url, flush=True)  # noqa: T201 - what the process is for
        await asyncio.Event().wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--no-limits", action="store_true", help="neither rate limits nor the contract")
    chosen = options.parse_args()
    asyncio.run(_stay(chosen.port, not chosen.no_limits))
