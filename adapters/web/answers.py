"""Answers over HTTP: what every one carries, and when there is nothing new to say."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from aiohttp import web
from aiohttp.web import Request, Response

from bot.periods import Period

HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
FRESH = "public, max-age=60"
"""Readers share a page for a minute, and ask then whether it has changed."""
ASK = "public, no-cache"
OWN = "private, no-cache"
FOREVER = "public, max-age=31536000, immutable"
NEVER = "no-store"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


HIDDEN = {"Cache-Control": NEVER, "X-Robots-Tag": "noindex, nofollow"}
"""Beside `HEADERS`, for pages whose address is a secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for an address, whoever asks.

    Args:
        changed_at: a moment since which it has not changed; None where that is not known.
        file: what it is called when it is kept; empty for what is shown.
    """

    body: bytes
    kind: str = HTML
    cache: str = FRESH
    status: int = 200
    changed_at: datetime | None = None
    etag: str = ""
    file: str = ""

    @classmethod
    def of(
        cls,
        body: str | bytes,
        kind: str = HTML,
        cache: str = FRESH,
        status: int = 200,
        changed_at: datetime | None = None,
    ) -> "Answer":
        """With a tag that stands for every byte of the body."""
        raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
        whole = changed_at.astimezone(UTC).replace(microsecond=0) if changed_at else None
        return cls(raw, kind, cache, status, whole, sha256(raw).hexdigest()[:32])


class Problem(Exception):
    """Nothing can be shown at an address.

    Args:
        status: of HTTP.
        title: some words.
        sentence: what to do, for whoever reads it.
        before, after: the nearest lists, where it is one that is missing.
    """

    def __init__(
        self,
        status: int,
        title: str,
        sentence: str,
        before: Period | None = None,
        after: Period | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.title = title
        self.before = before
        self.after = after


def respond(request: Request, answer: Answer, hidden: bool = False) -> Response:
    """The answer, or that the asker has it already (RFC 9110, section 13).

    Args:
        hidden: the address is a secret, so that nobody may keep the answer.
    """
    headers = {**HEADERS, "Cache-Control": answer.cache, **(HIDDEN if hidden else {})}
    response = web.Response(status=answer.status, headers=headers)
    if answer.file:
        response.headers["Content-Disposition"] = f'attachment; filename="{answer.file}"'
    if answer.status == 200 and response.headers["Cache-Control"] != NEVER:
        response.etag = answer.etag
        if answer.changed_at:
            response.last_modified = answer.changed_at
        if _is_known(request, answer):
            response.set_status(304)
            return response
    response.body = answer.body
    response.headers["Content-Type"] = answer.kind
    return response


def _is_known(request: Request, answer: Answer) -> bool:
    tags = request.if_none_match
    if "If-None-Match" in request.headers:
        return any(tag.value in (answer.etag, "*") for tag in tags or ())
    try:
        since = request.if_modified_since
    except OverflowError:  # its numbers are too long for a date, which is then none
        since = None
    return bool(since and answer.changed_at and answer.changed_at <= since)
