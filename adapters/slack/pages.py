"""The pages that somebody sees who installs the bot: a heading, some sentences, a link. Pure."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from aiohttp import web

_STYLE = (
    "body{font:1.1em/1.5 system-ui,sans-serif;max-width:34em;margin:4em auto;padding:0 1em;"
    "color:#1f2937;background:#fff}h1{font-size:1.5em;line-height:1.2}"
    "@media(prefers-color-scheme:dark){body{color:#e5e7eb;background:#111827}a{color:#93c5fd}}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    # Nothing is loaded from anywhere, and nobody shows the page in theirs.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address holds the code
    "X-Content-Type-Options": "nosniff",
}


def page(status: int, title: str, sentences: Sequence[str], again: str | None = None) -> web.Response:
    """A page.

    Args:
        sentences: plain text, a paragraph each.
        again: the address of a link to begin anew.
    """
    body = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    if again:
        body += f'<p><a href="{escape(again)}">Begin anew</a></p>'
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return web.Response(status=status, text=text, content_type="text/html", headers=_HEADERS)
