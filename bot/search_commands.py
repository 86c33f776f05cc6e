"""`/papers search` and what belongs to it: pages, sharing, papers like a paper or like a message."""

import re
from functools import partial

from bot.beyond import Beyond
from bot.filters.errors import FilterError
from bot.filters.parser import parse
from bot.filters.question import read_question
from bot.filters.syntax import Filter
from bot.identifiers import find_identifier, identifiers_in
from bot.kept_filters import KeptFilters
from bot.markup import Message
from bot.messages import answers
from bot.messages import search as messages
from bot.messages.search import Asked
from bot.request import Reply, Request
from bot.search import PAGE, Found, Search
from storage import papers, searches
from storage.database import Database

_LIST = re.compile(r"(\S+)(?:\s+(\d{1,6}))?", re.ASCII)
_TOKEN = re.compile(r"[0-9a-f]{16}")


class SearchCommands:
    """The use cases of a search; each takes the request and the words behind the command's name.

    Buttons name a list of papers: by the token of a saved filter, or by the paper that the others are like.

    Args:
        beyond: asked where the store holds little; None to keep to the store.
    """

    def __init__(
        self, database: Database, search: Search, filters: KeptFilters, beyond: Beyond | None
    ) -> None:
        self._database = database
        self._search = search
        self._beyond = beyond
        self._filters = filters

    async def search(self, request: Request, text: str, instead: str | None = None) -> Reply:
        """The first page of what a filter finds; without a filter, how to write one.

        Args:
            instead: the command that was probably meant, should nothing be found.
        """
        if not text:
            return Reply((messages.search_usage(),))
        try:
            wanted = read_question(text)
        except FilterError as error:
            return Reply((_or(messages.unreadable(error), instead),))
        return await self._first_page(request, wanted, instead)

    async def like(self, request: Request, text: str) -> Reply:
        """Papers like the first paper that a message names, or about what it says."""
        if not text:
            return Reply((messages.no_message(),))
        if named := identifiers_in(text):
            async with self._database.read() as session:
                known = await papers.papers_by_id(session, named)
            if first := next((identifier for identifier in named if identifier in known), None):
                return await self._page(request, first, 0)
        wanted = await self._search.like(text)
        return await self._first_page(request, wanted) if wanted else Reply((messages.no_telling_words(),))

    async def similar(self, request: Request, rest: str) -> Reply:
        """Papers like one, which is named by its identifier or a link; then the number of papers to pass."""
        name, first = _list_in(rest) or ("", 0)
        identifier = find_identifier(name)
        if identifier is None:
            return Reply((answers.no_identifier(rest, "similar"),))
        return await self._page(request, identifier, first)

    async def page(self, request: Request, rest: str) -> Reply:
        """A page of a list that a button names. Other words behind `page` are words to search for."""
        listed = _list_in(rest)
        return await self._page(request, *listed) if listed else await self.search(request, f"page {rest}")

    async def share(self, request: Request, rest: str) -> Reply:
        """The same page for everybody in the channel, with the name of who shares it."""
        listed = _list_in(rest)
        if listed is None:
            return await self.search(request, f"share {rest}")
        if not _is_channel(request):
            return Reply((messages.no_channel(),))
        found = await self._list(request, *listed)
        if isinstance(found, Message):
            return Reply((found,))
        return Reply((messages.shared(*found, request.person),), private=False)

    async def _first_page(self, request: Request, wanted: Filter, instead: str | None = None) -> Reply:
        found = await self._find(request, wanted, 0)
        if isinstance(found, Message):
            shown, ids = _or(found, instead), set[str]()
        else:
            shown = messages.page(*found, _is_channel(request))
            ids = {hit.paper.id for hit in found[0].hits}
            if found[0].total >= PAGE and not found[0].partial:
                return Reply((shown,))
        return Reply((shown,), later=partial(self._more, request, wanted, ids) if self._beyond else None)

    async def _more(self, request: Request, wanted: Filter, shown: set[str]) -> Message | None:
        """What is known beyond the store, if anything. Never raises."""
        assert self._beyond is not None
        found = await self._beyond.papers(wanted, shown, request.now.date())
        return messages.beyond(found, wanted) if found else None

    async def _page(self, request: Request, name: str, first: int) -> Reply:
        found = await self._list(request, name, first)
        if isinstance(found, Message):
            return Reply((found,))
        return Reply((messages.page(*found, _is_channel(request)),))

    async def _list(self, request: Request, name: str, first: int) -> tuple[Found, Asked] | Message:
        """A page of the list with this name, or why there is none."""
        if find_identifier(name):
            return await self._find_similar(name, first)
        async with self._database.read() as session:
            text = await searches.saved_filter(session, name)
        try:
            return await self._find(request, parse(text), first) if text is not None else messages.forgotten()
        except FilterError:  # kept when the language was another
            return messages.forgotten()

    async def _find(self, request: Request, wanted: Filter, first: int) -> tuple[Found, Asked] | Message:
        """A page of what a filter finds, the last where `first` is beyond it; or that it finds nothing."""
        today = request.now.date()
        found = await self._search.find(wanted, today, PAGE, first)
        if found.total and not found.hits:
            found = await self._search.find(wanted, today, PAGE, _last_page(found.total))
        if found.total:
            return found, messages.asked_filter(found, await self._filters.token(wanted, request.now))
        blocking = await self._search.blocking(wanted, today)
        if blocking is None:
            return messages.nothing(wanted, None)
        blamed, without = blocking
        return messages.nothing(wanted, (blamed, await self._filters.token(without, request.now)))

    async def _find_similar(self, identifier: str, first: int) -> tuple[Found, Asked] | Message:
        async with self._database.read() as session:
            paper = (await papers.papers_by_id(session, [identifier])).get(identifier)
        found = await self._search.similar(identifier, PAGE, first)
        if found and found.total and not found.hits:
            found = await self._search.similar(identifier, PAGE, _last_page(found.total))
        if paper is None or found is None:
            return answers.unknown_paper(identifier)
        return (found, messages.asked_paper(paper)) if found.total else messages.nothing_similar(paper)


def _list_in(rest: str) -> tuple[str, int] | None:
    """The name of a list and how many of its papers to pass, as buttons carry them."""
    found = _LIST.fullmatch(rest)
    if found is None or not (_TOKEN.fullmatch(found[1]) or find_identifier(found[1])):
        return None
    return found[1], int(found[2] or 0)


def _or(nothing: Message, instead: str | None) -> Message:
    """An answer without papers, after the command that was probably meant, if there is one."""
    return answers.did_you_mean(nothing, instead) if instead else nothing


def _last_page(total: int) -> int:
    return (total - 1) // PAGE * PAGE


def _is_channel(request: Request) -> bool:
    """Whether others can see what is shared; the console has no address."""
    return bool(request.place.address) and not request.place.direct
