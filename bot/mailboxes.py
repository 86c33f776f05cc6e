"""What the owners of mailboxes do by the links in their mails.

A page needs no more than this: each method takes what stood in a link and gives a `Reply`, and `request_for`
makes of a link the `Request` that the commands answer: a page is one more way to type `/papers pause 3`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.authors import Author
from bot.links import LinkError
from bot.messages import mailboxes as messages
from bot.opt_ins import Mailing, new_generation, request_of
from bot.places import Place
from bot.request import Reply, Request
from bot.subscribing import Subscribing
from bot.ways import Ways
from storage import mailboxes, subscriptions
from storage.database import Database


class Mailboxes:
    """Mailboxes whose owners want mail."""

    def __init__(self, database: Database, subscribing: Subscribing, mailing: Mailing) -> None:
        self._database = database
        self._subscribing = subscribing
        self._mailing = mailing

    async def request_for(
        self,
        token: str,
        now: datetime,
        text: str = "",
        fields: Mapping[str, str] | None = None,
        file: str | None = None,
    ) -> Request:
        """What the owner of a mailbox asks by a `manage` link, for `Commands.handle`. Raises LinkError.

        Args:
            text: what would stand behind `/papers`; empty text asks for today's papers.
            fields, file: as of `Request`.
        """
        managed = self._mailing.signer().managed(token)
        if managed.generation != await self._generation(managed.place):
            raise LinkError(messages.void_generation())
        return request_of(managed.place, now, text, fields, file)

    async def linked(self, request: Request, reply: Reply) -> Reply:
        """A reply whose buttons are links, for a page without forms, or a mail."""
        ways = Ways(self._mailing.signer(), request.place, await self._generation(request.place))
        return replace(reply, messages=tuple(ways.linked(message) for message in reply.messages))

    async def unsubscribe(self, token: str, now: datetime) -> Reply:
        """End what a link names. To do so twice changes nothing."""
        try:
            asked = self._mailing.signer().unsubscribed(token)
        except LinkError as problem:
            return Reply((messages.link_is_void(str(problem)),))
        who, gone = request_of(asked.place, now).who, []
        async with self._database.write() as session:
            for number in asked.numbers:
                one = await subscriptions.to_be_changed(session, number)
                if one is not None and one.place == str(asked.place):
                    change = await self._subscribing.end(session, one, Author(who, who), now)
                    gone.append((one, change.token))
        message, generation = messages.unsubscribed(gone), await self._generation(asked.place)
        if asked.generation != generation:  # an old mail may be in other hands: it ends things, and no more
            return Reply((replace(message, buttons=()),))
        return Reply((Ways(self._mailing.signer(), asked.place, generation).linked(message),))

    async def renew(self, token: str, now: datetime) -> Reply:
        """Make the `manage` links of a mailbox void, and give the new one. Raises LinkError."""
        request = await self.request_for(token, now)
        generation = new_generation()
        async with self._database.write() as session:
            await mailboxes.renew(session, str(request.place), generation, now)
        return Reply((Ways(self._mailing.signer(), request.place, generation).linked(messages.renewed()),))

    async def _generation(self, place: Place) -> int:
        async with self._database.read() as session:
            found = await mailboxes.mailbox(session, str(place))
        return found.generation if found else 0
