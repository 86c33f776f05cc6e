"""A Slack workspace on loopback: the Web API, Socket Mode, and the people who type and click.

Also a process of its own, for benchmarks: `python -m tests.fakes.slack --port 0 --no-limits`.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.fakes import Fault
from tests.fakes.slack_workspace import FAULTS, STATUS, TEAM, Refused, Workspace

_PATIENCE = 20
_JSON_ONLY = {"chat.postMessage", "chat.update"}


@dataclass
class _Way:
    """One response_url: what came to it, how often it was used."""

    uses: int = 0
    answers: list[dict[str, Any]] = field(default_factory=list)


class FakeSlack(Workspace):
    """One workspace. Use `async with FakeSlack() as slack`.

    Args:
        limits: refuse more than one message a second and channel.
        clock: seconds, for the limits; give your own to move it.

    Attributes:
        url: for SLACK_API_URL.
        events_url: where the app listens in HTTP mode; without it, and without a socket, nobody hears.
        transcript: what was posted, changes included.
        calls: the methods that were called, in order.
        pings: what would have notified somebody; stays empty unless the bot is careless.
        broken_images: addresses that Slack cannot download.
        archived: channels that are.
        refuse_sockets: let no app connect to the address that it was given.
        redirect_answers: send whoever posts to a response_url to this address instead.
    """

    def __init__(self, *, limits: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(limits, clock)
        self.signing_secret = "0123456789abcdef0123456789abcdef"
        self.url, self.events_url = "", ""
        self.refuse_sockets, self.redirect_answers = False, ""
        self.calls: list[str] = []
        self.acknowledged: list[str] = []
        self._faults: deque[Fault | None] = deque()
        self._ways: dict[str, _Way] = {}
        self._news = asyncio.Condition()
        self._socket: web.WebSocketResponse | None = None
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int) -> None:
        site = web.Application(client_max_size=4 * 1024 * 1024)
        site.router.add_route("*", "/api/{method}", self._api)
        site.router.add_post("/commands/{way}", self._answered)
        site.router.add_get("/link", self._link)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.root = "http://{}:{}".format(*self._runner.addresses[0][:2])
        self.url = f"{self.root}/api/"

    async def stop(self) -> None:
        if self._socket:
            await self._socket.close()
        if self._runner:
            await self._runner.cleanup()

    def fail_next(self, *faults: Fault | None) -> None:
        """Spoil the next calls of chat.postMessage, one fault each."""
        self._faults.extend(faults)

    async def command(
        self, text: str, user: str = "U0READER", channel: str = "C0PAPERS", answers: int = 1, **more: str
    ) -> list[dict[str, Any]]:
        """Somebody types a slash command; returns when Slack has the acknowledgement and that many answers.

        `more` replaces fields of the payload.
        """
        name, _, rest = text.partition(" ")
        for raw, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            rest = rest.replace(raw, escaped)
        payload = {
            "command": name, "text": rest, "team_id": TEAM, "team_domain": "papers", "channel_id": channel,
            "channel_name": "directmessage" if channel.startswith("D") else "papers", "user_id": user,
            "user_name": "reader", "api_app_id": "A0PAPERS", "is_enterprise_install": "false",
            "trigger_id": "1.2.3", "response_url": self.new_way(),
        } | more  # fmt: skip
        return await self._deliver("slash_commands", payload, payload, answers)

    async def click(
        self,
        value: str,
        user: str = "U0READER",
        channel: str = "C0PAPERS",
        answers: int = 1,
        *,
        ephemeral: bool = True,
        action_id: str = "papers:0",
        **more: Any,
    ) -> list[dict[str, Any]]:
        """Somebody clicks a button; as `command`."""
        payload = {
            "type": "block_actions",
            "user": {"id": user, "username": "reader", "team_id": TEAM},
            "team": {"id": TEAM, "domain": "papers"},
            "channel": {"id": channel, "name": "papers"},
            "container": {"type": "message", "channel_id": channel, "is_ephemeral": ephemeral},
            "api_app_id": "A0PAPERS",
            "trigger_id": "1.2.3",
            "response_url": self.new_way(),
            "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
        } | more
        return await self._deliver("interactive", payload, {"payload": json.dumps(payload)}, answers)

    async def wait_for_answers(self, count: int) -> list[dict[str, Any]]:
        """All answers so far, over all response_urls, once there are `count`."""
        async with asyncio.timeout(_PATIENCE), self._news:
            await self._news.wait_for(lambda: len(self.answers) >= count)
        return self.answers

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What was posted to response_urls."""
        return [answer for way in self._ways.values() for answer in way.answers]

    async def disconnect(self) -> None:
        """Tell the app to connect anew, as Slack does every few hours."""
        assert self._socket
        old, self._socket = self._socket, None
        await old.send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def connected(self) -> None:
        """Wait until an app has opened its socket."""
        async with asyncio.timeout(_PATIENCE), self._news:
            await self._news.wait_for(lambda: self._socket is not None)

    def signed(self, body: bytes, timestamp: str = "") -> dict[str, str]:
        """The headers with which Slack sends this body."""
        timestamp = timestamp or str(int(time.time()))
        basis = b"v0:" + timestamp.encode() + b":" + body
        digest = hmac.new(self.signing_secret.encode(), basis, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest}",
        }

    def new_way(self) -> str:
        """A response_url, as every command and click brings one along."""
        name = f"way{next(self.numbers)}"
        self._ways[name] = _Way()
        return f"{self.root}/commands/{name}"

    async def _deliver(
        self, kind: str, payload: dict[str, Any], form: dict[str, Any], answers: int
    ) -> list[dict[str, Any]]:
        if self._socket:
            await self._deliver_by_socket(kind, payload)
        else:
            await self._deliver_by_http(urlencode(form).encode())
        way = self._ways.get(payload["response_url"].rpartition("/")[2], _Way())
        async with asyncio.timeout(_PATIENCE), self._news:
            await self._news.wait_for(lambda: len(way.answers) >= answers)
        return way.answers

    async def _deliver_by_socket(self, kind: str, payload: dict[str, Any]) -> None:
        assert self._socket
        envelope = f"envelope{next(self.numbers)}"
        self._waiting[envelope] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(
            {"envelope_id": envelope, "type": kind, "accepts_response_payload": True, "payload": payload}
        )
        async with asyncio.timeout(_PATIENCE):
            await self._waiting[envelope]

    async def _deliver_by_http(self, body: bytes) -> None:
        assert self.events_url, "no app listens: neither by socket nor at events_url"
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.events_url, data=body, headers=self.signed(body)) as response,
        ):
            assert response.status == 200, f"the app answered {response.status}"
            self.acknowledged.append((await response.read()).decode())

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets or self.refuse_sockets:
            raise web.HTTPForbidden
        self.tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        async with self._news:
            self._socket = socket
            self._news.notify_all()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                envelope = json.loads(frame.data)["envelope_id"]
                self.acknowledged.append(envelope)
                self._waiting.pop(envelope).set_result(None)
        self._socket = None if self._socket is socket else self._socket
        return socket

    async def _answered(self, request: web.Request) -> web.Response:
        if self.redirect_answers:
            raise web.HTTPTemporaryRedirect(self.redirect_answers)
        way = self._ways.get(request.match_info["way"])
        if way is None or way.uses == 5:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        way.uses += 1
        body = await request.json()
        try:
            self.check_message("response_url", body)
        except Refused as refused:
            return web.Response(status=400, text=str(refused))
        async with self._news:
            way.answers.append(body)
            self._news.notify_all()
        return web.Response(text="ok")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.calls.append(method)
        fault = self._faults.popleft() if method == "chat.postMessage" and self._faults else None
        if fault == "drop":
            return _cut_off(request)
        if fault == "html":
            return web.Response(status=502, text="<h1>Bad Gateway</h1>", content_type="text/html")
        try:
            if fault in FAULTS:
                more = dict(FAULTS[fault])
                raise Refused(more.pop("error"), **more)
            token = request.headers.get("Authorization", "")
            answer = self.perform(method, token, await _arguments(method, request))
        except Refused as refused:
            headers = {"Retry-After": "1"} if refused.error == "ratelimited" else {}
            return web.json_response(refused.answer, status=STATUS.get(refused.error, 200), headers=headers)
        if fault == "lost":
            return _cut_off(request)
        return web.json_response({"ok": True, **answer})


def _cut_off(request: web.Request) -> web.Response:
    assert request.transport
    request.transport.abort()
    return web.Response()


async def _arguments(method: str, request: web.Request) -> dict[str, Any]:
    """JSON where it must be, else the query or a form."""
    if request.content_type == "application/json":
        body = await request.json()
        if isinstance(body, dict):
            return body
        raise Refused("invalid_json")
    if method in _JSON_ONLY:
        raise Refused("invalid_post_type")
    return {**request.query, **await request.post()}


async def _serve(port: int, limits: bool) -> None:
    slack = FakeSlack(limits=limits)
    await slack.start(port)
    sys.stdout.write(f"{slack.url}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--no-limits", action="store_true")
    options = parser.parse_args()
    asyncio.run(_serve(options.port, not options.no_limits))
