"""What Discord refuses: its OpenAPI contract, the limits that the contract leaves out, its rate limits."""

import gzip
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.fakes.discord_command_rules import choice_problems, command_problems
from tests.fakes.discord_modals import modal_problems

CONTRACT = Path(__file__).parents[2].parent / "shared" / "contracts" / "discord-openapi.json.gz"

_URI = "urn:discord"
_CONTENT = 2000
_EMBEDS_TOTAL = 6000
_NONCE = 25
_URL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?([/?#][!-~]*)?", re.IGNORECASE)
_MODAL = 9
_TAGS = 5
_PER_CHANNEL = (5, 5.0)
_OTHERWISE = (50, 5.0)
_GLOBAL = (50, 1.0)
POSTING = "/channels/{channel_id}/messages"


@cache
def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(CONTRACT.read_bytes()))
    return found


@cache
def _registry() -> "Registry[Any]":
    empty: Registry[Any] = Registry()
    whole: Registry[Any] = empty.with_resource(_URI, Resource.from_contents(_document(), DRAFT202012))
    return whole


@cache
def _schema(*names: str) -> Draft202012Validator | None:
    found: Any = _document()
    for name in names:
        found = found.get(name, {})
    pointer = "/".join(name.replace("/", "~1") for name in names)
    return Draft202012Validator({"$ref": f"{_URI}#/{pointer}"}, registry=_registry()) if found else None


def request_problems(method: str, template: str, body: object) -> list[str]:
    """What the contract says against a request's JSON body; nothing where the contract is absent."""
    if not CONTRACT.exists():
        return []
    names = ("requestBody", "content", "application/json", "schema")
    return _problems(_schema("paths", template, method.lower(), *names), body)


def answer_problems(method: str, template: str, status: int, body: object) -> list[str]:
    """What the contract says against an answer: the fake must not drift from what it stands for."""
    if not CONTRACT.exists():
        return []
    names = ("responses", str(status), "content", "application/json", "schema")
    return _problems(_schema("paths", template, method.lower(), *names), body)


def _problems(schema: Draft202012Validator | None, body: object) -> list[str]:
    if schema is None:
        return [] if body is None else ["the contract has no such body"]
    return [f"{error.json_path}: {error.message[:200]}" for error in schema.iter_errors(body)]


def prose_problems(template: str, body: Any) -> list[str]:
    """What the documentation's prose says against a request's body."""
    if template.endswith("/callback"):
        return list(modal_problems(body["data"]) if body["type"] == _MODAL else choice_problems(body))
    if template.endswith("/commands"):
        return list(command_problems(body))
    problems = [problem for message in _messages(template, body) for problem in message_problems(message)]
    tags = (body.get("applied_tags") or []) if template.endswith("/threads") else []
    if len(tags) > _TAGS or len(set(tags)) != len(tags):
        problems.append("applied_tags: more than 5, or one twice")
    return problems


def _messages(template: str, body: Any) -> list[dict[str, Any]]:
    """The messages inside a request's body."""
    if template == "/channels/{channel_id}/threads":
        return [body.get("message", {})]
    posts = template.endswith(("_id}/messages", "{message_id}", "@original", "{webhook_token}"))
    return [body] if posts else []


def message_problems(body: dict[str, Any]) -> list[str]:
    """Limits of a message that stand in the documentation's prose."""
    return list(_message_problems(body))


def _message_problems(body: dict[str, Any]) -> Iterator[str]:
    embeds = body.get("embeds") or []
    if len(body.get("content") or "") > _CONTENT:
        yield "content: longer than 2000"
    if not body.get("content") and not embeds:
        yield "an empty message"
    if len(str(body.get("nonce") or "")) > _NONCE:
        yield "nonce: longer than 25"
    if sum(map(_embed_size, embeds)) > _EMBEDS_TOTAL:
        yield "embeds: more than 6000 characters in all"
    for embed in embeds:
        if not set(embed) - {"color", "url"}:
            yield "an empty embed"
        if any(not embed.get(name, "x").strip() for name in ("title", "description")):
            yield "a blank text in an embed"
        urls = [embed.get("url"), (embed.get("thumbnail") or {}).get("url")]
        yield from (f"not a well formed URL: {url}" for url in urls if url and not well_formed(url))
    buttons = [button for row in body.get("components") or [] for button in row.get("components", [])]
    names = [button.get("custom_id") for button in buttons]
    if len(body.get("components") or []) > 5 or len(set(names)) != len(names):
        yield "components: more than 5 rows, or a custom id twice"
    if any(not button.get("label") for button in buttons):
        yield "a button without a label"


def well_formed(url: str) -> bool:
    """Whether Discord would take a URL in an embed."""
    return len(url) <= 2048 and bool(_URL.fullmatch(url)) and bool(urlsplit(url).hostname)


def _embed_size(embed: dict[str, Any]) -> int:
    parts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    for named in embed.get("fields") or []:
        parts += [named.get("name"), named.get("value")]
    return sum(len(part or "") for part in parts)


@dataclass
class _Window:
    limit: int
    seconds: float
    ends: float = 0.0
    used: int = 0

    def take(self, now: float) -> bool:
        if now >= self.ends:
            self.ends, self.used = now + self.seconds, 0
        self.used += 1
        return self.used <= self.limit


@dataclass
class RateLimits:
    """Five posts in five seconds a channel, fifty calls a second in all."""

    clock: Callable[[], float]
    _windows: dict[str, _Window] = field(default_factory=dict)

    def take(self, template: str, channel: str) -> tuple[dict[str, str], float | None]:
        """The headers of the answer, and how long to wait (seconds) when the call is one too many."""
        now = self.clock()
        overall = self._windows.setdefault("*", _Window(*_GLOBAL))
        if not overall.take(now):
            return {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, overall.ends - now
        limit = _PER_CHANNEL if template == POSTING else _OTHERWISE
        window = self._windows.setdefault(f"{template} {channel}", _Window(*limit))
        passed = window.take(now)
        left = window.ends - now
        headers = {
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(max(window.limit - window.used, 0)),
            "X-RateLimit-Reset": f"{1_785_000_000 + window.ends:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": f"{abs(hash(template)):x}",
        }
        if passed:
            return headers, None
        return headers | {"X-RateLimit-Scope": "user", "Retry-After": str(math.ceil(left))}, left
