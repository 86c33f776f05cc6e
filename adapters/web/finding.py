"""The pages of a search: what it finds, the same while one types, and how it looks as a digest."""

from typing import Any

from aiohttp.web import Request

from adapters.web.answers import ASK, HTML, Answer
from adapters.web.desk import Desk, asked, mistake, page_number
from adapters.web.drawing import looks
from bot.filters.errors import FilterError
from bot.filters.syntax import Filter
from bot.messages import pages as messages
from bot.messages.search import EXAMPLES, MORE, meant, other_words, sentence, which
from bot.pages import LOOK_BACK


class Finding:
    """Handlers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pages = desk.services.pages

    async def search(self, request: Request) -> Answer:
        """What a filter finds; with a mistake in it, where that is and how to mend it."""
        text = asked(request, "q")
        status, values = await self.found(text, page_number(request))
        query = {"q": text, "page": values["number"] if values["number"] > 1 else None}
        return self._desk.page(request, "search.html", "/search", ASK, status, query, **values)

    async def results(self, request: Request) -> Answer:
        """The part of the same page that changes while one types. A mistake is as good an answer."""
        _, values = await self.found(asked(request, "q"), 1)
        return Answer.of(self._desk.renderer.render("results.html", values), HTML, ASK)

    async def preview(self, request: Request) -> Answer:
        """What a subscription to a filter would have sent last, as it looks on each platform."""
        text = asked(request, "q")
        error = digests = None
        try:
            async with self._desk.turn():
                digests = await self._pages.digests(text)
        except FilterError as problem:
            error = problem
        shown = looks(digests, self._desk.services.previews) if digests else []
        return self._desk.page(
            request,
            "preview.html",
            "/preview",
            ASK,
            400 if error else 200,
            {"q": text},
            typed=text,
            digests=digests,
            looks=shown,
            look_back=LOOK_BACK.days,
            **mistake(error),
        )

    async def feeds(self, request: Request) -> Answer:
        """What feeds there are, and how to ask for one."""
        base = self._desk.addresses.base(request)
        return self._desk.page(request, "feeds.html", "/feeds", base=base)

    async def found(self, text: str, number: int) -> tuple[int, dict[str, Any]]:
        """The status of the page, and what it shows."""
        values: dict[str, Any] = {
            **{"typed": text, "number": 1, "hits": None, "examples": EXAMPLES, "more": MORE},
            **{"asked": "", "count": "", "blamed": (), "without": "", "advice": "", **mistake(None)},
        }
        if not text:
            return 200, values
        try:
            async with self._desk.turn():
                hits = await self._pages.search(text, number)
        except FilterError as error:
            return 400, values | mistake(error)
        wanted = meant(hits.found)
        values |= {"hits": hits, "number": hits.number, "asked": sentence(wanted), "count": which(hits.found)}
        values["advice"] = other_words(wanted)
        if hits.blocking:
            terms, rest = hits.blocking
            values |= {"blamed": messages.blamed(Filter(terms.root)), "without": str(rest)}
        return 200, values
