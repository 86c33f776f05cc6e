"""The inside of a Slack workspace: channels, people, messages, and the methods of the Web API on them."""

import itertools
import time
from collections.abc import Callable
from typing import Any

from bot.places import Place
from tests.fakes import Fault, Posted
from tests.fakes.slack_files import Files
from tests.fakes.slack_people import TEAM, Directory
from tests.fakes.slack_rules import Refused, calls, complaints, images, readable, unknown_fields
from tests.fakes.slack_views import Views

FAULTS: dict[Fault, dict[str, Any]] = {
    "429": {"error": "ratelimited"},
    "500": {"error": "internal_error"},
    "gone": {"error": "is_archived"},
    "revoked": {"error": "token_revoked"},
    "invalid": {
        "error": "invalid_blocks",
        "errors": ["missing required field: text [json-pointer:/blocks/0/text]"],
        "response_metadata": {
            "messages": ["[ERROR] missing required field: text [json-pointer:/blocks/0/text]"]
        },
    },
}
STATUS = {"ratelimited": 429, "internal_error": 500}


class Workspace:
    """State and rules, without a network. See `tests.fakes.slack.FakeSlack` for the attributes."""

    def __init__(self, limits: bool, clock: Callable[[], float] = time.monotonic, team: str = TEAM) -> None:
        self.limits, self.clock, self.team = limits, clock, team
        self.now: Callable[[], float] = time.time
        self.prefix = ""
        self.title = "Papers"
        self.token, self.app_token = "xoxb-fake", "xapp-fake"
        self.root = ""
        self.place, self.direct = Place("slack", "C0PAPERS"), Place("slack", "@U0READER")
        self.transcript: list[Posted] = []
        self.pings: list[str] = []
        self.broken_images: set[str] = set()
        self.directory = Directory(team)
        self.people, self.channels = self.directory.people, self.directory.channels
        self.archived, self.scopes = self.directory.archived, self.directory.scopes
        self.views = Views(self.directory, clock, self.broken_images)
        self.files = Files(self.directory)
        self.refusals: dict[str, str] = {}
        self.enterprise = ""
        self.tickets: set[str] = set()
        self.numbers = itertools.count(1)
        self._messages: dict[str, dict[str, dict[str, Any]]] = {}
        self._last_post: dict[str, float] = {}
        self._last_read: dict[str, float] = {}
        self.sold = False

    def stored(self, channel: str) -> list[dict[str, Any]]:
        """The messages of a channel as Slack keeps them, to be tampered with."""
        return list(self._messages.get(channel, {}).values())

    def perform(self, method: str, authorization: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call a method of the Web API. Raises Refused."""
        handlers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "auth.test": self._auth_test,
            "apps.connections.open": self._connections_open,
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            **self.directory.methods(),
            **self.views.methods(),
            **self.files.methods(),
        }
        if method not in handlers:
            raise Refused("unknown_method", req_method=method)
        token = self.app_token if method == "apps.connections.open" else self.token
        if authorization != f"Bearer {token}":
            raise Refused("invalid_auth" if authorization else "not_authed")
        if method in self.refusals:
            raise Refused(self.refusals[method])
        self.directory.check_scopes(method, body)
        if unknown := unknown_fields(method, body):
            raise Refused(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] unknown: {unknown}"]}
            )
        return handlers[method](body)

    def _auth_test(self, _: dict[str, Any]) -> dict[str, Any]:
        me = {
            "url": "https://papers.slack.com/", "team": self.title, "user": "daily_papers",
            "team_id": self.team, "user_id": "U0BOT", "bot_id": "B0BOT", "is_enterprise_install": False,
        }  # fmt: skip
        return me | ({"enterprise_id": self.enterprise} if self.enterprise else {})

    def _connections_open(self, _: dict[str, Any]) -> dict[str, Any]:
        ticket = f"ticket{next(self.numbers)}"
        self.tickets.add(ticket)
        return {"url": f"{self.root.replace('http', 'ws', 1)}/link?ticket={ticket}"}

    def _post_message(self, body: dict[str, Any]) -> dict[str, Any]:
        channel = self.directory.channel(body)
        if channel in self.archived:
            raise Refused("is_archived")
        self.check_message("chat.postMessage", body)
        thread = body.get("thread_ts")
        if thread is not None and thread not in self._messages.get(channel, {}):
            raise Refused("thread_not_found")
        self._check_pace(channel)
        ts = f"{int(self.now())}.{next(self.numbers):06d}"
        message = {"type": "message", "user": "U0BOT", "bot_id": "B0BOT", "app_id": "A0PAPERS", "ts": ts} | {
            name: body[name]
            for name in ("text", "blocks", "metadata", "client_msg_id", "thread_ts")
            if name in body
        }
        self._messages.setdefault(channel, {})[ts] = message
        key = body.get("metadata", {}).get("event_payload", {}).get("key")
        place = self.prefix + self.directory.direct.get(channel, channel)
        self.transcript.append(Posted(place, thread, ts, _text(body), key, body))
        return {"channel": channel, "ts": ts, "message": message}

    def _update(self, body: dict[str, Any]) -> dict[str, Any]:
        channel, ts = self.directory.channel(body), body.get("ts")
        message = self._messages.get(channel, {}).get(str(ts))
        if message is None:
            raise Refused("message_not_found")
        self.check_message("chat.update", body)
        message |= {name: body[name] for name in ("text", "blocks", "metadata") if name in body}
        at = next(number for number, posted in enumerate(self.transcript) if posted.id == ts)
        old = self.transcript[at]
        self.transcript[at] = Posted(old.place, old.thread, old.id, _text(body), old.key, body)
        return {"channel": channel, "ts": ts, "text": body["text"], "message": message}

    def _history(self, body: dict[str, Any]) -> dict[str, Any]:
        """Latest first; from the oldest on where `oldest` is given alone."""
        self._check_reading("conversations.history")
        stored = self._messages.get(self.directory.channel(body), {}).values()
        found = [message for message in stored if "thread_ts" not in message and _within(body, message)]
        return self._page(body, found if "oldest" in body and "latest" not in body else found[::-1])

    def _replies(self, body: dict[str, Any]) -> dict[str, Any]:
        """Oldest first; the head comes along, however old it is."""
        self._check_reading("conversations.replies")
        stored = self._messages.get(self.directory.channel(body), {})
        head = body.get("ts", "")
        if head not in stored:
            raise Refused("thread_not_found")
        replies = [m for m in stored.values() if m.get("thread_ts") == head and _within(body, m)]
        return self._page(body, [stored[head], *replies])

    def _page(self, body: dict[str, Any], messages: list[dict[str, Any]]) -> dict[str, Any]:
        start, limit = int(body.get("cursor", 0)), int(body.get("limit", 15))
        if self.sold:
            limit = min(limit, 15)
        shown = messages[start : start + limit]
        if str(body.get("include_all_metadata", "")).lower() not in ("1", "true"):
            shown = [{name: part for name, part in m.items() if name != "metadata"} for m in shown]
        more = len(messages) > start + limit
        cursor = str(start + limit) if more else ""
        return {"messages": shown, "has_more": more, "response_metadata": {"next_cursor": cursor}}

    def check_message(self, method: str, body: dict[str, Any]) -> None:
        """Raise Refused for what Slack would not take."""
        if unknown := unknown_fields(method, body):
            raise Refused("invalid_arguments", errors=unknown)
        if not str(body.get("text", "")).strip():
            raise Refused("no_text")
        if len(body["text"]) > 40_000:
            raise Refused("msg_too_long")
        blocks = body.get("blocks", [])
        wrong = complaints(blocks) or [
            f"[ERROR] downloading image failed [json-pointer:{pointer}]"
            for url, pointer in images(blocks)
            if url in self.broken_images
        ]
        if wrong:
            errors = [text.removeprefix("[ERROR] ") for text in wrong]
            raise Refused("invalid_blocks", errors=errors, response_metadata={"messages": wrong})
        if sum(map(len, _text(body).split("\n"))) > 40_000:
            raise Refused("msg_blocks_too_long")
        metadata = body.get("metadata", {"event_type": "none", "event_payload": {}})
        if metadata.keys() != {"event_type", "event_payload"}:
            raise Refused("invalid_metadata_format")
        self.pings += calls(_text(body)) + calls(body["text"])

    def _check_pace(self, channel: str) -> None:
        now = self.clock()
        if self.limits and now - self._last_post.get(channel, float("-inf")) < 1:
            raise Refused("ratelimited")
        self._last_post[channel] = now

    def _check_reading(self, method: str) -> None:
        now = self.clock()
        left = self._last_read.get(method, float("-inf")) + 60 - now
        if self.sold and left > 0:
            raise Refused("ratelimited", pause=left)
        self._last_read[method] = now


def _text(body: dict[str, Any]) -> str:
    return readable(body["text"], body.get("blocks", []))


def _within(body: dict[str, Any], message: dict[str, Any]) -> bool:
    """Whether a message is of the time that is asked for; the borders are not."""
    posted = float(message["ts"])
    return float(body.get("oldest", 0)) < posted < float(body.get("latest", "inf"))
