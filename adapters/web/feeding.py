"""The feeds, at their addresses."""

from collections.abc import Callable

from aiohttp.web import Request

from adapters.web.addresses import path_of
from adapters.web.answers import FRESH, OWN, PLAIN, Answer, Problem
from adapters.web.desk import Desk, Handler, asked, carets
from adapters.web.feed_texts import ATOM, JSON, Where, atom, json_feed
from bot.feeds import Feed
from bot.filters.errors import FilterError
from bot.markup import plain
from bot.messages import pages as messages
from bot.messages.search import unreadable

_FORMS: dict[str, tuple[Callable[[Feed, Where], bytes], str]] = {
    "atom": (atom, ATOM),
    "json": (json_feed, JSON),
}


class Feeding:
    """Handlers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._feeds = desk.services.feeds

    def of(self, form: str) -> Handler:
        """The handler of a feed of a filter, in the form `atom` or `json`."""

        async def feed(request: Request) -> Answer:
            text = asked(request, "q")
            try:
                async with self._desk.turn():
                    found = await self._feeds.of_filter(text)
            except FilterError as error:
                words, (pointed, _) = plain(unreadable(error)), carets(error)
                return Answer.of(f"{words}\n\n{pointed}\n", PLAIN, FRESH, 400)
            where = self._where(request, path_of(f"/feed.{form}", q=text), path_of("/search", q=text))
            return _answer(found, form, where, FRESH)

        return feed

    def private(self, form: str) -> Handler:
        """The handler of a person's own feed."""

        async def feed(request: Request) -> Answer:
            secret = request.match_info["secret"]
            async with self._desk.turn():
                found = await self._feeds.private(secret)
            if found is None:
                raise Problem(404, "No such feed", messages.NO_FEED)
            return _answer(found, form, self._where(request, f"/feed/{secret}.{form}", "/"), OWN)

        return feed

    def _where(self, request: Request, path: str, page: str) -> Where:
        base = self._desk.addresses.base(request)
        return Where(base, self._desk.addresses.authority, f"{base}{path}", f"{base}{page}")


def _answer(feed: Feed, form: str, where: Where, cache: str) -> Answer:
    written, kind = _FORMS[form]
    return Answer.of(written(feed, where), kind, cache, changed_at=feed.changed_at)
