"""`/papers`: a request goes to its use case and comes back as a reply, the same for every adapter."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from difflib import get_close_matches

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.beyond import Beyond
from bot.digest import by_upvotes, standing
from bot.identifiers import find_identifier
from bot.ingest import Ingest
from bot.logs import log
from bot.markup import Message
from bot.messages import answers
from bot.request import Reply, Request
from bot.search import Search
from bot.search_commands import SearchCommands
from bot.source import SourceError
from storage import papers
from storage.database import Database
from storage.models import Paper

LONGEST = 2000
"""Characters of a command that are looked at; nothing that can be typed in a chat is longer."""
_HELP = ("?", "-h", "--help")
_CLOSE = 0.75
"""How much a word must resemble a command to be taken for a slip, 0 to 1."""

_Command = Callable[[Request, str], Awaitable[Message | Reply]]


class Commands:
    """Answers `/papers …`.

    To add a command, write a method that takes the request and the words behind the command's name, and
    name it in `_typed`, or in `_clicked` if people get there by buttons alone; its sentences go to
    `bot.messages`.

    Args:
        beyond: asked where a search finds little in the store; None to keep to the store.
    """

    def __init__(
        self, database: Database, ingest: Ingest, search: Search, beyond: Beyond | None = None
    ) -> None:
        self._database = database
        self._ingest = ingest
        self._search = search
        self._searches = searches = SearchCommands(database, search, beyond)
        self._typed: dict[str, _Command] = {
            "": self._today,
            "today": self._today,
            "yesterday": self._yesterday,
            "paper": self._paper,
            "search": searches.search,
            "similar": searches.similar,
            "help": self._help,
        }
        self._clicked: dict[str, _Command] = {
            "like": searches.like,
            "page": searches.page,
            "share": searches.share,
        }
        self._find = searches.search

    async def handle(self, request: Request) -> Reply:
        """The answer to a request. Never raises: what goes wrong becomes a sentence."""
        try:
            answer = await self._answer(request)
            return answer if isinstance(answer, Reply) else Reply((answer,))
        except SourceError as problem:
            return Reply((answers.problem(str(problem)),))
        except Exception:
            log.exception("command_failed", platform=request.place.platform)
            return Reply((answers.mishap(),))

    async def close(self) -> None:
        """Finish what answers have begun. Afterwards nothing is answered."""
        await self._searches.close()

    async def suggest(self, typed: str) -> list[str]:
        """Whole filters that complete what was typed, best first. Never raises."""
        try:
            return await self._search.suggest(typed[:LONGEST])
        except Exception:
            log.exception("suggestion_failed")
            return []

    async def _answer(self, request: Request) -> Message | Reply:
        text = request.text[:LONGEST].strip()
        name, rest = (*text.split(maxsplit=1), "", "")[:2]
        name = "help" if text in _HELP else name
        command = self._typed.get(name.casefold()) or self._clicked.get(name.casefold())
        if command is not None:
            return await command(request, rest.strip())
        if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text, re.ASCII):
            return await self._date(request, text)
        if find_identifier(text):
            return await self._paper(request, text)
        if not rest and (meant := get_close_matches(name.casefold()[:20], self._typed, n=1, cutoff=_CLOSE)):
            return answers.mistyped(name, meant[0])
        return await self._find(request, text)

    async def _help(self, _request: Request, _rest: str) -> Message:
        return answers.usage()

    async def _today(self, request: Request, _rest: str) -> Message:
        return await self._edition(request.now.date(), today=True)

    async def _yesterday(self, request: Request, _rest: str) -> Message:
        return await self._edition(request.now.date() - timedelta(days=1))

    async def _date(self, _request: Request, text: str) -> Message:
        try:
            day = date(*(int(number) for number in text.split("-")))
        except ValueError:
            return answers.no_such_date(text)
        return await self._edition(day)

    async def _edition(self, day: date, today: bool = False) -> Message:
        """The papers of a day, or that it has none and where the nearest are."""
        if not today:
            await self._ingest.ensure(day)
        async with self._database.read() as session:
            listed = await self._listed(session, day)
            earlier, later = await papers.days_beside(session, day)
            if listed or not today or earlier is None:
                return answers.edition(day, listed, earlier, later)
            newest = await self._listed(session, earlier)
            before, _ = await papers.days_beside(session, earlier)
            return answers.edition_instead(day, newest, before)

    async def _listed(self, session: AsyncSession, day: date) -> list[Paper]:
        """What a digest of that day would hold."""
        return by_upvotes(standing(await papers.papers_listed(session, day, day)))

    async def _paper(self, _request: Request, rest: str) -> Message:
        identifier = find_identifier(rest)
        if identifier is None:
            return answers.no_identifier(rest)
        async with self._database.read() as session:
            found = (await papers.papers_by_id(session, [identifier])).get(identifier)
        return answers.paper(found) if found else answers.unknown_paper(identifier)
