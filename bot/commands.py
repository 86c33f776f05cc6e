"""`/papers`: a request goes to its use case and comes back as a reply, the same for every adapter."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pydantic import SecretStr
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.beyond import Beyond
from bot.channel_commands import ChannelCommands
from bot.command_words import fitting, lacks_number, meant_by, number_in
from bot.digest import by_upvotes, standing
from bot.explaining import Explaining
from bot.feed_commands import FeedCommands
from bot.identifiers import find_identifier
from bot.ingest import Ingest
from bot.kept_filters import KeptFilters
from bot.logs import log
from bot.markup import Message
from bot.messages import answers
from bot.messages import help as help_messages
from bot.messages import people as people_messages
from bot.messages import search as messages
from bot.messages.thread import Served, notice
from bot.opt_ins import OptIns
from bot.pace import Pace
from bot.person_commands import PersonCommands
from bot.posting import Poster
from bot.receipts import Receipts
from bot.refusals import unseen
from bot.request import Reply, Request
from bot.search import Search
from bot.search_commands import SearchCommands
from bot.settling import SettleRules
from bot.source import SourceError
from bot.subscribing import Subscribing
from bot.subscription_commands import SubscriptionCommands
from bot.why_commands import WhyCommands
from storage import papers, people, periods
from storage.database import Database
from storage.models import Paper

LONGEST = 2000
"""Characters of a command that are looked at; nothing that can be typed in a chat is longer."""
_HELP = ("?", "-h", "--help")
_FOREIGN = ("like",)
"""Commands that take what somebody else has written, whatever stands in it."""

_Command = Callable[[Request, str], Awaitable[Message | Reply]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What commands work with.

    Args:
        beyond: asked where a search finds little in the store; None to keep to the store.
        opt_ins: for subscriptions by mail; None where there are none.
        public_url, secret: see `bot.settings.Settings`.
    """

    database: Database
    ingest: Ingest
    search: Search
    poster: Poster
    subscribing: Subscribing
    receipts: Receipts
    rules: SettleRules
    beyond: Beyond | None = None
    opt_ins: OptIns | None = None
    public_url: str | None = None
    secret: SecretStr | None = None


class Commands:
    """Answers `/papers …`.

    To add a command, write a method that takes the request and the words behind the command's name, and
    name it in `_typed`, or in `_clicked` if people get there by buttons alone; its sentences go to
    `bot.messages`. A command that needs certain words behind it says so in `bot.command_words`: other
    words are something to search for.
    """

    def __init__(self, parts: Parts) -> None:
        self._database = database = parts.database
        self._ingest = parts.ingest
        self._search = parts.search
        self._pace = Pace()
        self._filters = filters = KeptFilters(database)
        searches = SearchCommands(database, parts.search, filters, parts.beyond)
        subscribing, tried = parts.subscribing, parts.receipts
        own = SubscriptionCommands(database, subscribing, filters, tried, parts.poster, parts.opt_ins)
        channels = ChannelCommands(database, subscribing, filters, tried, own)
        person = PersonCommands(database, subscribing, parts.search, filters)
        feeds = FeedCommands(database, parts.public_url, parts.secret)
        explained = WhyCommands(database, Explaining(database, parts.rules))
        self._typed: dict[str, _Command] = {
            "": self._today,
            "today": self._today,
            "yesterday": self._yesterday,
            "tomorrow": self._tomorrow,
            "paper": self._paper,
            "search": searches.search,
            "similar": searches.similar,
            "subscribe": own.subscribe,
            "subscriptions": own.subscriptions,
            "pause": own.pause,
            "resume": own.resume,
            "edit": own.edit,
            "delete": own.delete,
            "unsubscribe": own.delete,
            "channel": channels.channel,
            "settings": person.settings,
            "vacation": person.vacation,
            "since": person.since,
            "feed": feeds.feed,
            "export": person.export,
            "import": person.take_in,
            "forget": person.forget,
            "why": explained.why,
            "help": self._help,
        }
        self._clicked: dict[str, _Command] = {
            "stop": own.delete,  # typed too, but near to words that are something to search for
            "like": searches.like,
            "page": searches.page,
            "share": searches.share,
            "now": own.send_now,
            "undo": own.undo,
            "zone": own.zone,
            "again": self._again,
            "home": explained.home,
            "rest": explained.rest,
        }
        self._searches = searches

    async def handle(self, request: Request) -> Reply:
        """The answer to a request. Never raises: what goes wrong becomes a sentence."""
        try:
            if wait := self._pace.wait_for(request.who, request.now):
                return Reply((people_messages.slower(wait),))
            answer = await self._answer(request)
            reply = answer if isinstance(answer, Reply) else Reply((answer,))
            return await self._with_notices(request, reply)
        except SourceError as problem:
            return Reply((answers.problem(str(problem)),))
        except Exception:
            log.exception("command_failed", platform=request.place.platform)
            return Reply((answers.mishap(),))

    async def close(self) -> None:
        """Finish what answers have begun. Afterwards nothing is answered."""
        await self._filters.close()

    async def suggest(self, typed: str) -> list[str]:
        """Whole filters that complete what was typed, best first. Never raises."""
        try:
            return await self._search.suggest(typed[:LONGEST])
        except Exception:
            log.exception("suggestion_failed")
            return []

    async def _with_notices(self, request: Request, reply: Reply) -> Reply:
        """What the person is to be told, before the answer that only they see."""
        if not reply.private or reply.form:
            return reply
        async with self._database.read() as session:
            told = await people.notices(session, request.who)
        if told and not request.opened:
            async with self._database.write() as session:
                told = await people.take_notices(session, request.who)
        if not told:
            return reply
        return replace(
            reply, messages=(*(notice(sentence, Served(direct=True)) for sentence in told), *reply.messages)
        )

    async def _answer(self, request: Request) -> Message | Reply:
        text = request.text[:LONGEST].strip()
        name, rest = (*text.split(maxsplit=1), "", "")[:2]
        name = "help" if text in _HELP else name.casefold()
        if name not in _FOREIGN and (refused := unseen(request)):
            return refused
        command = self._typed.get(name) or self._clicked.get(name)
        if command is not None and (words := fitting(name, rest.strip())) is not None:
            return await command(request, words)
        if lacks_number(name, rest):
            return await self._typed["subscriptions"](request, "")
        if number := number_in(name, rest):
            return answers.one_number(name, number, rest)
        if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text, re.ASCII):
            return await self._date(request, text)
        if find_identifier(text):
            return await self._paper(request, text)
        meant = meant_by(name, rest, self._typed)
        if meant and not rest:
            return answers.mistyped(name, meant)
        return await self._searches.search(request, text, instead=f"{meant} {rest}" if meant else None)

    async def _again(self, request: Request, rest: str) -> Message | Reply:
        """What a button says that has more to say than it holds; what stands behind it is added."""
        token, _, more = rest.partition(" ")
        said = await self._filters.said(token)
        return await self._answer(replace(request, text=f"{said} {more}")) if said else messages.forgotten()

    async def _help(self, _request: Request, rest: str) -> Message:
        return help_messages.usage(rest)

    async def _today(self, request: Request, _rest: str) -> Message:
        return await self._edition(request, request.now.date(), or_newest=True)

    async def _yesterday(self, request: Request, _rest: str) -> Message:
        return await self._edition(request, request.now.date() - timedelta(days=1))

    async def _tomorrow(self, request: Request, _rest: str) -> Message:
        return answers.not_yet(request.now.date() + timedelta(days=1))

    async def _date(self, request: Request, text: str) -> Message:
        try:
            day = date(*(int(number) for number in text.split("-")))
        except ValueError:
            return answers.no_such_date(text)
        return await self._edition(request, day)

    async def _edition(self, request: Request, day: date, or_newest: bool = False) -> Message:
        """The papers of a day, or that it has none and where the nearest are."""
        if not or_newest:
            await self._ingest.ensure(day)
        async with self._database.read() as session:
            listed = await self._listed(session, day)
            earlier, later = await session.run_sync(periods.days_beside, day, day)
            if listed or not or_newest or earlier is None:
                return answers.edition(day, listed, earlier, later, request.now.date())
            newest = await self._listed(session, earlier)
            before, _ = await session.run_sync(periods.days_beside, earlier, earlier)
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
