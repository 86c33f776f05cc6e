"""The site's own style and script, at addresses that change with them."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@cache
def static_files() -> dict[str, tuple[bytes, str]]:
    """Bytes and type of each file, by name."""
    found = {}
    for file in (files("adapters.web") / "static").iterdir():
        kind = _KINDS.get(file.name.rpartition(".")[2])
        if kind is not None:
            found[file.name] = (file.read_bytes(), kind)
    return found


@cache
def version() -> str:
    """Another one whenever a file differs."""
    rows = sorted((name, sha256(body).hexdigest()) for name, (body, _) in static_files().items())
    return sha256(repr(rows).encode()).hexdigest()[:12]
