"""What all pages are made with, and how what goes wrong becomes a page."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from aiohttp.web import HTTPException, Request, Response

from adapters.web.addresses import Addresses, path_of
from adapters.web.answers import ASK, FRESH, NEVER, Answer, Problem, respond
from adapters.web.rendering import Renderer
from bot.filters.errors import FilterError
from bot.filters.question import read_subscription
from bot.logs import log
from bot.messages import pages as messages
from bot.opt_ins import OptIns
from bot.settings import Settings
from bot.site import DatabaseError, Services

_LONGEST = 1_000
"""Digits and letters of a value in a query; a filter has 512 at most."""

SEARCHES = 2
"""Searches of the whole page under way at a time, whoever asks: chats share the process, and wait for it."""
PATIENCE = 10.0
"""Seconds that a search waits for its turn, which may be long where the store is out of reach."""

Handler = Callable[[Request], Awaitable[Answer]]


class Desk:
    """Draws pages for handlers."""

    def __init__(self, settings: Settings, services: Services) -> None:
        self.services = services
        self.addresses = Addresses(settings)
        self.thumbnails = settings.thumbnails
        self._searching = asyncio.Semaphore(SEARCHES)
        self.renderer = Renderer(self.addresses.root, settings.thumbnails, services.sign_up is not None)

    def page(
        self,
        request: Request,
        template: str,
        path: str | None,
        cache: str = FRESH,
        status: int = 200,
        query: dict[str, str | int | None] | None = None,
        **values: Any,
    ) -> Answer:
        """A page.

        Args:
            path, query: where it lies, whatever it was asked for by; no path where that is nobody's business.
            values: what its template shows.
        """
        base = self.addresses.base(request)
        canonical = f"{base}{path_of(path, **(query or {}))}" if path else None
        shown = {"canonical": canonical, "here": path, "typed": "", **values}
        return Answer.of(self.renderer.render(template, shown), cache=cache, status=status)

    def sign_up(self) -> OptIns:
        """What takes who wants mail. Raises Problem where nothing does."""
        if self.services.sign_up is None:
            half = self.services.mail_problem is not None
            raise Problem(404, "No mail here", messages.MAIL_NOT_READY if half else messages.NO_MAIL)
        return self.services.sign_up

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The right to search: waited for while `SEARCHES` others have it. Raises Problem."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._searching.acquire()
        except TimeoutError:
            raise Problem(503, "Busy", messages.BUSY) from None
        try:
            yield
        finally:
            self._searching.release()

    def guarded(self, handler: Handler, hidden: bool = False) -> Callable[[Request], Awaitable[Response]]:
        """A handler that aiohttp can call: every failure becomes a page that says what to do.

        Args:
            hidden: as of `respond`.
        """

        async def answered(request: Request) -> Response:
            try:
                return respond(request, self._named(await handler(request)), hidden)
            except Problem as problem:
                found = problem
            except DatabaseError:
                found = Problem(503, "Out of order", messages.OUT_OF_ORDER)
            except HTTPException:
                raise
            except Exception:
                log.exception("page_failed", page=request.match_info.route.name)
                found = Problem(500, "A mishap", messages.MISHAP)
            return respond(request, self.problem(request, found), hidden)

        return answered

    def _named(self, answer: Answer) -> Answer:
        """Where links repeat the name by which whoever asks called the site, nobody else is given them."""
        if self.addresses.is_set or answer.cache not in (FRESH, ASK):
            return answer
        return replace(answer, cache=answer.cache.replace("public", "private"))

    def problem(self, request: Request, problem: Problem) -> Answer:
        """A page that says what was wrong and what to do."""
        return self.page(
            request,
            "problem.html",
            None,
            NEVER,
            problem.status,
            title=problem.title,
            sentence=str(problem),
            before=problem.before,
            after=problem.after,
        )


def asked(request: Request, name: str) -> str:
    """A value of the query, empty where there is none; of a longer one as much as a filter looks at."""
    return request.query.get(name, "")[:_LONGEST].strip()


def page_number(request: Request) -> int:
    """The page of a list that is asked for. Raises Problem."""
    text = request.query.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0):
        raise Problem(400, "No such page", messages.BAD_NUMBER)
    return int(text)


def mistake_in(text: str) -> dict[str, str]:
    """What is wrong with the filter of a subscription, where, and the filter with that mended; empty where
    nothing is."""
    try:
        read_subscription(text)
    except FilterError as error:
        return mistake(error)
    return mistake(None)


def mistake(error: FilterError | None) -> dict[str, str]:
    """The same of an error that was raised."""
    if error is None:
        return {"mistake": "", "pointed": "", "corrected": ""}
    pointed, said = carets(error)
    end = "" if said.endswith(("?", ".")) else "."
    return {"mistake": f"{said}{end}", "pointed": pointed, "corrected": (error.corrected or "").strip()}


def carets(error: FilterError) -> tuple[str, str]:
    """The filter with carets under what is wrong; and in words, without a full stop."""
    return error.pointed.removesuffix(f" {error}"), str(error)
