"""`/papers why`, what stands behind *Show all*, and the Home tab."""

import re

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.authors import away_until
from bot.delivery.job import digest_of
from bot.explaining import Explaining
from bot.markup import Button, Message, line
from bot.messages import subscriptions as messages
from bot.messages.answers import MOST_LINES
from bot.messages.people import vacation_notes
from bot.messages.thread import paper_line
from bot.messages.why import why
from bot.messages.words import day_name
from bot.owned import own_subscriptions
from bot.permissions import is_personal, may_see, owns
from bot.request import Reply, Request
from storage import deliveries, papers, people, subscriptions
from storage.database import Database
from storage.models import Subscription, SubscriptionState

_MOST_MESSAGES = 3
_HOME = 20
"""Subscriptions in the Home tab."""


class WhyCommands:
    """The use cases; each takes the request and the words behind the command's name."""

    def __init__(self, database: Database, explaining: Explaining) -> None:
        self._database = database
        self._explaining = explaining

    async def why(self, request: Request, rest: str) -> Reply:
        """What came and what did not: of one subscription, of a channel, or of all of a person's own."""
        number = (request.fields or {}).get("number", rest).strip().removeprefix("#")
        if number and not re.fullmatch(r"\d{1,9}", number, re.ASCII):
            return Reply((messages.unknown(number[:20]),))
        async with self._database.read() as session:
            if number:
                one = await subscriptions.subscription_by_id(session, int(number))
                visible = one and one.state is not SubscriptionState.ENDED and may_see(request, one)
                found = [one] if one and visible else []
            else:
                found = await self._all(session, request)
        if number and not found:
            return Reply((messages.unknown(number),))
        direct = not found or is_personal(request.place)
        notes = await self._notes(request) if any(owns(request, one) for one in found) else ()
        return Reply((why(await self._explaining.of(found, request.now), direct, notes),))

    async def _notes(self, request: Request) -> tuple[str, ...]:
        async with self._database.read() as session:
            return vacation_notes(away_until(await people.person(session, request.who), request.now))

    async def _all(self, session: AsyncSession, request: Request) -> list[Subscription]:
        posts = await subscriptions.at_place(session, str(request.place))
        if posts and not is_personal(request.place):
            return posts
        return await own_subscriptions(session, request)

    async def rest(self, request: Request, token: str) -> Reply:
        """All papers of a digest, for whoever reads it."""
        async with self._database.read() as session:
            delivery = await deliveries.delivery_by_token(session, token)
            if delivery is None or delivery.place not in (str(request.place), str(request.direct)):
                return Reply((messages.wrong("that digest is not kept any more, or it is not for you"),))
            held = await deliveries.held_by(session, token)
            named = {paper for one in (delivery, *held) for paper in (*one.papers, *one.rest)}
            known = await papers.papers_by_id(session, named)
        every = digest_of(delivery, held, known).all
        shown = every[: MOST_LINES * _MOST_MESSAGES]
        lines = [paper_line(paper, day_name(paper.listed_on)) for paper in shown]
        if len(every) > len(shown):
            lines.append(line(f"{len(every) - len(shown):,} more: /papers since shows the best."))
        pages = [tuple(lines[at : at + MOST_LINES]) for at in range(0, len(lines), MOST_LINES)]
        return Reply(tuple(Message(lines=page) for page in pages))

    async def home(self, request: Request, _rest: str) -> Reply:
        """The person's subscriptions and their last digests."""
        async with self._database.read() as session:
            own = await own_subscriptions(session, request)
        if not own:
            return Reply((messages.none(),))
        latest = why(await self._explaining.of(own, request.now), notes=await self._notes(request))
        head = Message(
            title="Your subscriptions",
            cards=tuple(messages.card(one) for one in own[:_HOME]),
            buttons=(
                Button("Subscribe", "subscribe", form=True),
                Button("Settings", "settings edit", form=True),
            ),
        )
        return Reply((head, latest))
