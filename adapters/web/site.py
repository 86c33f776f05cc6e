"""The site: which address is answered by what."""

from collections.abc import Sequence

from aiohttp import web
from aiohttp.web import Request, RouteDef

from adapters.web.answers import ASK, FOREVER, FRESH, PLAIN, Answer, Problem
from adapters.web.desk import Desk, Handler
from adapters.web.enrolling import Enrolling
from adapters.web.feeding import Feeding
from adapters.web.finding import Finding
from adapters.web.lists import Lists
from adapters.web.mailbox import MailboxPages
from adapters.web.statics import static_files, version
from adapters.web.thumbs import Thumbnails
from bot.identifiers import find_identifier
from bot.messages import pages as messages
from bot.periods import Span
from bot.settings import Settings
from bot.site import Services

_DAY = "public, max-age=86400"
_NO_PICTURE = "no-picture.svg"


class WebSite:
    """A `bot.site.Site`.

    Args:
        pictures: where thumbnails come from.
    """

    name = "web"

    def __init__(self, settings: Settings, services: Services, pictures: Thumbnails | None = None) -> None:
        self._desk = Desk(settings, services)
        self._pictures = pictures
        self._lists = Lists(self._desk)
        self._finding = Finding(self._desk)
        self._feeding = Feeding(self._desk)
        self._enrolling = Enrolling(self._desk, self._finding)
        self._mailbox = MailboxPages(self._desk)

    @property
    def routes(self) -> Sequence[RouteDef]:
        lists, finding, feeding = self._lists, self._finding, self._feeding
        handlers: dict[str, Handler] = {
            "/": lists.home,
            **{f"/papers/{span.value}/{{name}}": lists.of(span) for span in Span},
            "/papers/{name:.+}": lists.paper,
            "/search": finding.search,
            "/search/results": finding.results,
            "/preview": finding.preview,
            "/feeds": finding.feeds,
            **{f"/feed.{form}": feeding.of(form) for form in ("atom", "json")},
            **{f"/feed/{{secret:[0-9a-f]{{40}}}}.{form}": feeding.private(form) for form in ("atom", "json")},
            "/thumb/{name:.+}": self._thumbnail,
            "/static/{version}/{name}": self._static,
            "/robots.txt": self._robots,
            "/{rest:.*}": self._nothing,
        }
        shown = [web.get(path, self._desk.guarded(handler)) for path, handler in handlers.items()]
        return [*self._enrolling.routes, *self._mailbox.routes, *shown]

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""
        if self._pictures is not None:
            await self._pictures.close()

    async def _thumbnail(self, request: Request) -> Answer:
        """A paper's thumbnail; a blank one where it cannot be had, for a page should not look broken."""
        identifier = find_identifier(request.match_info["name"])
        url = await self._desk.services.pages.thumbnail(identifier) if identifier else None
        if url is None or not self._desk.thumbnails:
            raise Problem(404, "No such picture", messages.NO_PAGE)
        self._pictures = self._pictures or Thumbnails()
        found = await self._pictures.picture(url)
        if found is None:
            blank, kind = static_files()[_NO_PICTURE]
            return Answer.of(blank, kind, FRESH)
        return Answer.of(*found, _DAY)

    async def _static(self, request: Request) -> Answer:
        """A file of our own; under the address of another version, whose pages may still be open, the same,
        but not for ever."""
        found = static_files().get(request.match_info["name"])
        if found is None:
            raise Problem(404, "Nothing here", messages.NO_PAGE)
        return Answer.of(*found, FOREVER if request.match_info["version"] == version() else ASK)

    async def _robots(self, _request: Request) -> Answer:
        root = self._desk.addresses.root
        closed = ("/feed/", "/mail/", "/search", "/preview", "/subscribe", "/thumb/")
        rows = ["User-agent: *", *(f"Disallow: {root}{path}" for path in closed)]
        return Answer.of("\n".join(rows) + "\n", PLAIN, _DAY)

    async def _nothing(self, _request: Request) -> Answer:
        raise Problem(404, "Nothing here", messages.NO_PAGE)
