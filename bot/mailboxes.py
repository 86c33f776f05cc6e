"""What the owners of mailboxes do by the links in their mails.

A page needs no more than this: each method takes what stood in a link and gives a `Reply`, and `request_for`
makes of a link the `Request` that the commands answer: a page is one more way to type `/papers pause 3`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.authors import Author
from bot.links import LinkError, LinkExpired
from bot.mailing import Mailing, new_generation, request_of, void
from bot.messages import mailboxes as messages
from bot.places import Place
from bot.request import Refusal, Reply, Request
from bot.subscribing import Subscribing
from bot.ways import Ways
from storage import mailboxes, subscriptions
from storage.database import Database
from storage.models import SubscriptionState

_LOOKS = re.compile(
    r"(?:|subscriptions(?: \d{1,4})?|subscribe|edit #?\d{1,9}|settings(?: edit)?|zone again [0-9a-f]{16}"
    r"|why(?: #?\d{1,9})?|vacation|export|import|forget(?: me)?|help)",
    re.IGNORECASE | re.ASCII,
)
_ABOUT = re.compile(r"(?P<name>pause|resume|delete|now) #?(?P<number>\d{1,9})", re.IGNORECASE | re.ASCII)


def only_looks(text: str) -> bool:
    """Whether a command is known to change nothing, so that a link to it may show the answer at once."""
    return _LOOKS.fullmatch(" ".join(text.split())) is not None


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
        opened: bool = False,
    ) -> Request:
        """What the owner of a mailbox asks by a `manage` link, for `Commands.handle`. Raises LinkError.

        Args:
            text: what would stand behind `/papers`; empty text asks for today's papers.
            fields, file, opened: as of `Request`.
        """
        managed = self._mailing.signer().managed(token)
        if managed.generation != await self._generation(managed.place):
            raise LinkExpired(messages.void_generation())
        return request_of(managed.place, now, text, fields, file, opened)

    async def asks(self, request: Request) -> Reply:
        """The question whether what a link names is meant, for whatever does more than look."""
        found = _ABOUT.fullmatch(request.text)
        one = None
        if found is not None:
            async with self._database.read() as session:
                one = await subscriptions.subscription_by_id(session, int(found["number"]))
        own = one if one is not None and one.place == str(request.place) else None
        return Reply((messages.really(request.text, found["name"].casefold() if found and own else "", own),))

    async def leaving(self, token: str) -> Reply:
        """What a link to unsubscribe asks, which does nothing yet. Refused where nothing is left to end."""
        try:
            asked = self._mailing.signer().unsubscribed(token)
        except LinkError as problem:
            return void(problem)
        async with self._database.read() as session:
            named = [await subscriptions.subscription_by_id(session, number) for number in asked.numbers]
        own = [one for one in named if one is not None and one.place == str(asked.place)]
        going = [one for one in own if one.state is not SubscriptionState.ENDED]
        return Reply((messages.leaving(going, asked.place),), refusal=None if going else Refusal.GONE)

    async def unsubscribe(self, token: str, now: datetime) -> Reply:
        """End what a link names. To do so twice changes nothing."""
        try:
            asked = self._mailing.signer().unsubscribed(token)
        except LinkError as problem:
            return void(problem)
        who, gone = request_of(asked.place, now).who, []
        async with self._database.write() as session:
            for number in asked.numbers:
                one = await subscriptions.to_be_changed(session, number)
                if one is not None and one.place == str(asked.place):
                    change = await self._subscribing.end(session, one, Author(who, who), now)
                    gone.append((one, change.token))
        message, generation = messages.unsubscribed(gone), await self._generation(asked.place)
        if (
            generation is None or asked.generation != generation
        ):  # an old mail may be in other hands: it ends things, and no more
            return Reply((replace(message, buttons=()),))
        return Reply((Ways(self._mailing.signer(), asked.place, generation).linked(message),))

    def succession(self, token: str) -> str:
        """What the form that makes new links holds. Raises LinkError."""
        links = self._mailing.signer()
        return links.succession(links.managed(token), new_generation())

    async def renew(self, token: str, succession: str) -> Reply:
        """Make the `manage` links of a mailbox void, and give the new one; to do so twice with one form gives
        the same. Raises LinkError.

        Args:
            succession: what the form held.
        """
        links = self._mailing.signer()
        managed = links.managed(token)
        new = links.successor(managed, succession)
        async with self._database.write() as session:
            if not await mailboxes.renew(session, str(managed.place), managed.generation, new):
                raise LinkExpired(messages.void_generation())
        return Reply((Ways(links, managed.place, new).linked(messages.renewed()),))

    async def _generation(self, place: Place) -> int | None:
        """None where nothing is known of the mailbox, so that no link manages it."""
        async with self._database.read() as session:
            found = await mailboxes.mailbox(session, str(place))
        return found.generation if found else None
