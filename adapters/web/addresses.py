"""Where the site is, for links that must say so in full. Pure."""

import ipaddress
import re
from urllib.parse import quote, urlencode, urlsplit

from aiohttp.web import Request

from bot.settings import Settings

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?", re.ASCII)
NOBODY = "daily-papers.invalid"
"""Stands for the site where nobody has said what it is called (RFC 2606)."""


class Addresses:
    """Addresses of the site's own pages.

    `root` is the path below which they lie, empty for the whole site; `authority` the site's name.
    """

    def __init__(self, settings: Settings) -> None:
        self._public = settings.public_url
        self._trusts_proxy = settings.trust_proxy
        parts = urlsplit(settings.public_url or "")
        self.root = quote(parts.path.rstrip("/"), safe="/%~")
        self.authority = parts.hostname or NOBODY

    @property
    def is_set(self) -> bool:
        """Whether it is set where the site is."""
        return self._public is not None

    def base(self, request: Request) -> str:
        """What stands before the paths of the site's pages, for whoever asks: as set, else as they called it.

        What a proxy says counts only where one is trusted, and a name that is none is not repeated.
        """
        if self._public is not None:
            return self._public
        scheme, host = request.scheme, request.host
        if self._trusts_proxy:
            scheme = _last(request, "X-Forwarded-Proto") or scheme
            host = _last(request, "X-Forwarded-Host") or host
        scheme = "https" if scheme.lower() == "https" else "http"
        return f"{scheme}://{host}" if _HOST.fullmatch(host) else f"{scheme}://localhost"

    def asker(self, request: Request) -> str:
        """The IP address that a request came from: what the nearest proxy says, where one is trusted."""
        said = _last(request, "X-Forwarded-For") if self._trusts_proxy else ""
        return _ip(said) or _ip(said.rpartition(":")[0]) or request.remote or "unknown"


def path_of(path: str, **query: str | int | None) -> str:
    """A path of the site with a query; what is None or empty is left out."""
    said = {name: str(value) for name, value in query.items() if value not in (None, "")}
    encoded = urlencode(said, quote_via=quote, errors="replace")
    return f"{quote(path, safe='/.:~-')}{'?' if encoded else ''}{encoded}"


def web_address(text: object) -> str | None:
    """An address that a page may link to: of http or https, with a host; else None."""
    if not isinstance(text, str):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def _last(request: Request, header: str) -> str:
    """What the nearest proxy has said: what stands before it, or in lines before, came from further away."""
    return ",".join(request.headers.getall(header, [])).rpartition(",")[2].strip()


def _ip(text: str) -> str | None:
    """An IP address, which some proxies write in brackets."""
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return None
