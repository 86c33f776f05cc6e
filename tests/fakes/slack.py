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
from collections.abc import Callable, Sequence
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.fakes import Fault
from tests.fakes.control import Weather, add_control
from tests.fakes.slack_gestures import Gestures
from tests.fakes.slack_neighbour import Neighbour, OAuth
from tests.fakes.slack_people import Person
from tests.fakes.slack_requests import arguments_of, cut_off
from tests.fakes.slack_rules import Refused
from tests.fakes.slack_ways import Shown, Ways
from tests.fakes.slack_workspace import FAULTS, STATUS, Workspace

_PATIENCE = 20


class FakeSlack(Gestures):
    """One workspace, and others beside it. Use `async with FakeSlack() as slack`.

    Args:
        limits: refuse more than one message a second and channel.
        clock: seconds, for the limits; give your own to move it.

    Attributes:
        url: for SLACK_API_URL. events_url: where the app listens in HTTP mode, if it has no socket.
        now: seconds since 1970, for when a message was posted.
        sold: the app is no internal one, and reads 15 messages a minute.
        transcript: what was posted, changes included.
        calls: the methods that were called, in order.
        pings: what would have notified somebody; stays empty unless the bot is careless.
        broken_images: addresses that Slack cannot download.
        people, channels, archived: who and what is there; add to them and change them.
        scopes: what the bot's token may do; take from them.
        enterprise: the organisation that the workspace is part of.
        views: forms and Home tabs. files: what was uploaded.
        refusals: errors of methods, by the method; until they are taken away.
        stuck: methods that are never answered.
        refuse_sockets: let no app connect to the address that it was given.
        redirect_answers: send whoever posts to a response_url to this address instead.
        weather: what spoils calls of any kind by chance.
        oauth: how other workspaces install the app; see `neighbour`.
    """

    def __init__(self, *, limits: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(limits, clock)
        self.signing_secret = "0123456789abcdef0123456789abcdef"
        self.url, self.events_url = "", ""
        self.refuse_sockets, self.redirect_answers = False, ""
        self.calls: list[str] = []
        self.acknowledged: list[str] = []
        self.stuck: set[str] = set()
        self.weather = Weather()
        self.oauth = OAuth()
        self._neighbours: dict[str, Neighbour] = {}
        self._faults: deque[Fault | None] = deque()
        self._ways = Ways(clock)
        self._news = asyncio.Condition()
        self._socket: web.WebSocketResponse | None = None
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._end = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def crowd(self, people: int, workspaces: int = 0) -> list[str]:
        """More people whom the bot can write to; the places of their direct messages.

        Args:
            workspaces: so many in each of more workspaces, which have installed the app; else in this one.
        """
        others = [self.neighbour(f"T1{number:08}") for number in range(workspaces)]
        for other in others:
            other.install()
        names = [f"U1{number:08}" for number in range(people)]
        everywhere: Sequence[Workspace] = others or [self]
        for workspace in everywhere:
            workspace.people.update({name: Person(workspace.team) for name in names})
        return [f"slack:{workspace.prefix}@{name}" for name in names for workspace in everywhere]

    def neighbour(self, team: str) -> Neighbour:
        """Another workspace, which has not installed the app when it is first asked for."""
        if team not in self._neighbours:
            self._neighbours[team] = Neighbour(self, team)
        return self._neighbours[team]

    async def start(self, port: int) -> None:
        site = web.Application(client_max_size=4 * 1024 * 1024)
        site.router.add_route("*", "/api/{method}", self._api)
        site.router.add_post("/commands/{way}", self._answered)
        site.router.add_post("/upload/v1/{ticket}", self._uploaded)
        site.router.add_get("/link", self._link)
        site.router.add_get("/oauth/v2/authorize", self.oauth.authorize)
        add_control(site.router, self)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.root = "http://{}:{}".format(*self._runner.addresses[0][:2])
        self.url, self.files.root = f"{self.root}/api/", self.root

    async def stop(self) -> None:
        self._end.set()
        if self._socket:
            await self._socket.close()
        if self._runner:
            await self._runner.cleanup()

    def fail_next(self, *faults: Fault | None) -> None:
        """Spoil the next calls of chat.postMessage, one fault each."""
        self._faults.extend(faults)

    async def disconnect(self) -> None:
        """Tell the app to connect anew, as Slack does every few hours."""
        assert self._socket
        old, self._socket = self._socket, None
        await old.send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def connected(self) -> None:
        """Wait until an app has opened its socket."""
        await self.until(lambda: self._socket is not None)

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

    def new_way(self, user: str = "U0READER", channel: str = "C0PAPERS", clicked: Shown | None = None) -> str:
        """A response_url, as every command, click and shortcut brings one along."""
        return f"{self.root}/commands/{self._ways.open(user, channel, clicked)}"

    async def _deliver(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        if self._socket:
            return await self._deliver_by_socket(kind, payload)
        if kind == "events_api":
            return await self._deliver_by_http(json.dumps(payload).encode(), "application/json")
        form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
        return await self._deliver_by_http(urlencode(form).encode(), "application/x-www-form-urlencoded")

    async def _deliver_by_socket(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        assert self._socket
        envelope = f"envelope{next(self.numbers)}"
        self._waiting[envelope] = asyncio.get_running_loop().create_future()
        # Only what is sent to a person can be answered with more than an acknowledgement.
        answerable = kind != "events_api"
        await self._socket.send_json(
            {
                "envelope_id": envelope,
                "type": kind,
                "accepts_response_payload": answerable,
                "payload": payload,
            }
        )
        async with asyncio.timeout(_PATIENCE):
            acknowledged = await self._waiting[envelope]
        assert answerable or not acknowledged
        return acknowledged

    async def _deliver_by_http(self, body: bytes, kind: str) -> dict[str, Any]:
        assert self.events_url, "no app listens: neither by socket nor at events_url"
        headers = self.signed(body) | {"Content-Type": kind}
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.events_url, data=body, headers=headers) as response,
        ):
            assert response.status == 200, f"the app answered {response.status}"
            text = await response.text()
            self.acknowledged.append(text)
            return dict(json.loads(text)) if text else {}

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
                said = json.loads(frame.data)
                self.acknowledged.append(said["envelope_id"])
                self._waiting.pop(said["envelope_id"]).set_result(said.get("payload") or {})
        self._socket = None if self._socket is socket else self._socket
        return socket

    async def _uploaded(self, request: web.Request) -> web.Response:
        if self.files.redirect:
            raise web.HTTPTemporaryRedirect(self.files.redirect)
        # The address is secret enough: a token has no business there.
        ticket, data = request.match_info["ticket"], await request.read()
        everywhere = [self.files, *(other.files for other in self._neighbours.values())]
        taken = "Authorization" not in request.headers and any(
            files.receive(ticket, data) for files in everywhere
        )
        return web.Response(text="OK") if taken else web.Response(status=400, text="refused")

    async def _answered(self, request: web.Request) -> web.Response:
        if self.redirect_answers:
            raise web.HTTPTemporaryRedirect(self.redirect_answers)
        name = request.match_info["way"]
        if error := self._ways.use(name):
            return web.json_response({"ok": False, "error": error}, status=404)
        body = await request.json()
        try:
            self.check_message("response_url", body)
        except Refused as refused:
            return web.Response(status=400, text=str(refused))
        async with self._news:
            self._ways.show(name, body)
            self._news.notify_all()
        return web.Response(text="ok")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.calls.append(method)
        try:
            if method in self.stuck:
                await self._end.wait()
            return await self._performed(method, request)
        finally:
            async with self._news:
                self._news.notify_all()

    def _answer(self, method: str, authorization: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a method gives in the workspace of the token. Raises Refused."""
        if method == "oauth.v2.access":
            return self.oauth.access(authorization, body)
        token = authorization.removeprefix("Bearer ")
        team = self.oauth.tokens.get(token)
        if team is None:
            return self.perform(method, authorization, body)
        return self._neighbours[team].perform(method, authorization, body)

    async def _performed(self, method: str, request: web.Request) -> web.StreamResponse:
        chosen = method == "chat.postMessage" and self._faults
        fault = self._faults.popleft() if chosen else self.weather.fault()
        if fault == "drop":
            return cut_off(request)
        if fault == "html":
            return web.Response(status=502, text="<h1>Bad Gateway</h1>", content_type="text/html")
        try:
            if fault in FAULTS:
                more = dict(FAULTS[fault])
                raise Refused(more.pop("error"), **more)
            token = request.headers.get("Authorization", "")
            answer = self._answer(method, token, await arguments_of(method, request))
        except Refused as refused:
            headers = {"Retry-After": refused.pause} if refused.error == "ratelimited" else {}
            return web.json_response(refused.answer, status=STATUS.get(refused.error, 200), headers=headers)
        if fault == "lost":
            return cut_off(request)
        if fault == "slow":
            await self.weather.hold_up()
        return web.json_response({"ok": True, **answer})


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
