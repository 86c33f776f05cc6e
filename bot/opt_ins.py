"""Mail goes to whom it is wanted by: a subscription for a mailbox begins when its owner has confirmed it.

docs/decisions/016-double-opt-in.md says why it is done so.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.authors import Author, author_of, away_until
from bot.columns import draft
from bot.decisions import new_row, stamped
from bot.filters.errors import FilterError
from bot.filters.parser import parse
from bot.filters.question import read_subscription
from bot.filters.syntax import Filter
from bot.links import LinkError
from bot.mail import mailbox_of
from bot.mailing import PLATFORM, Mailing, new_generation, request_of, void
from bot.markup import Message
from bot.messages import mailboxes as messages
from bot.messages import receipts
from bot.messages import subscriptions as sentences
from bot.messages.people import vacation_notes
from bot.messages.search import unreadable
from bot.opt_in_limits import (
    MAILS_FROM_A_NETWORK,
    MAILS_FROM_A_PERSON,
    MAILS_IN_ALL,
    MAILS_TO_A_BOX,
    WINDOW,
    network_of,
    one_box,
)
from bot.permissions import usual_style
from bot.places import Place, parse_place
from bot.receipts import Receipts, Trial
from bot.refusals import or_refusal
from bot.request import Refusal, Reply, Request
from bot.subscribing import Subscribing
from bot.ways import Ways
from bot.wishes import Wish, WishError, spoken, wish_in, wish_of
from storage import mailboxes, people, plans
from storage.database import Database
from storage.locks import lock
from storage.models import OptIn, Subscription


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was filled in on a page: what could be read of it, and what is wrong with the rest."""

    place: Place | None
    wish: Wish | None
    wanted: Filter | None
    errors: Mapping[str, str]
    shown: tuple[Message, ...]


class OptIns:
    """Asks the owners of mailboxes, and hears their yes."""

    def __init__(
        self, database: Database, subscribing: Subscribing, tried: Receipts, mailing: Mailing
    ) -> None:
        self._database = database
        self._subscribing = subscribing
        self._receipts = tried
        self._mailing = mailing

    @property
    def problem(self) -> str | None:
        """Why nobody can subscribe by mail here, in a clause; None where they can."""
        if problem := self._mailing.missing(PLATFORM):
            return problem
        return None if self._mailing.links else "links need PUBLIC_URL and DAILY_PAPERS_SECRET"

    async def request(
        self, said: Mapping[str, str], network: str, now: datetime, trapped: bool = False
    ) -> Reply:
        """Somebody subscribes on a page. Every wrong field is named in `Reply.errors`; else the answer is the
        same, whatever is known of the address.

        Args:
            said: `email`, `filter`, `zone`, and whatever else `bot.wishes.wish_of` reads: `when`, `days`, …
            network: the address that the request came from.
            now: UTC.
            trapped: it was a program that filled in what no person sees; it gets the same answer, and nothing
                is sent.
        """
        if problem := self.problem:
            return Reply((messages.no_mail(problem),))
        asked = self._read(said)
        if asked.place is None or asked.wish is None or asked.wanted is None:
            return Reply(asked.shown, errors=asked.errors)
        if trapped:
            return Reply((messages.asked(asked.place),))
        who, zone = network_of(network), asked.wish.zone or "UTC"
        return await self._ask(asked.place, asked.wanted, asked.wish, zone, who, MAILS_FROM_A_NETWORK, now)

    async def ask(self, request: Request, wanted: Filter, wish: Wish, zone: str) -> Reply:
        """Somebody in a chat wants a subscription by mail. Raises WishError.

        Args:
            wish: its filter is not looked at.
            zone: where the wish names none.
        """
        if problem := self.problem:
            return Reply((messages.no_mail(problem),))
        place = self._place(wish.email or "")
        wish = _checked(wish)
        return await self._ask(place, wanted, wish, zone, request.who, MAILS_FROM_A_PERSON, request.now)

    async def opened(self, token: str, now: datetime) -> Reply:
        """What a link to confirm asks, which does nothing yet."""
        found = await self._found(token, now)
        if isinstance(found, Reply):
            return found
        async with self._database.read() as session:
            box = await mailboxes.mailbox(session, found.place)
        if found.confirmed_at is None or box is None:
            return await or_refusal(self._asked_again(found, now))
        ways = Ways(self._mailing.signer(), parse_place(found.place), box.generation)
        return Reply((ways.linked(messages.confirmed_before()),))

    async def confirm(self, token: str, now: datetime) -> Reply:
        """The owner of a mailbox says yes. The receipt is the answer, and is not mailed as well."""
        found = await self._found(token, now)
        if isinstance(found, Reply):
            return found
        return await or_refusal(self._set_up(found, now))

    async def _asked_again(self, opt_in: OptIn, now: datetime) -> Reply:
        """Whether it is meant, and what it would have sent. Raises WishError, FilterError, ScheduleError."""
        wanted, place = parse(opt_in.filter), parse_place(opt_in.place)
        trial = await self._receipts.compared(wanted, (), now)
        async with self._database.read() as session:
            new = await _draft(session, place, wanted, wish_in(opt_in.wish), opt_in.zone, now)
        return Reply((messages.opened(new, trial),))

    async def _set_up(self, opt_in: OptIn, now: datetime) -> Reply:
        """Raises WishError, FilterError, ScheduleError, TooManyError."""
        whose = request_of(parse_place(opt_in.place), now)
        trial = await self._receipts.trial(whose, parse(opt_in.filter))
        async with self._database.write() as session:
            return await self._confirmed(session, opt_in.token, trial, now)

    async def _found(self, token: str, now: datetime) -> OptIn | Reply:
        """What a link confirms; or the answer where it confirms nothing."""
        try:
            opt_in = self._mailing.signer().opt_in(token, now)
        except LinkError as problem:
            return void(problem)
        async with self._database.read() as session:
            return await mailboxes.opt_in(session, opt_in) or _not_kept()

    def _read(self, said: Mapping[str, str]) -> _Asked:
        errors: dict[str, str] = {}
        shown: list[Message] = []
        place = wish = wanted = None
        try:
            place = self._place(said.get("email", ""))
        except WishError as wrong:
            errors[wrong.field] = str(wrong)
            shown.append(sentences.wrong(str(wrong)))
        try:
            wish = _checked(
                wish_of({name: text for name, text in said.items() if name not in ("email", "filter")})
            )
        except WishError as wrong:
            errors.setdefault(wrong.field, str(wrong))
            shown.append(sentences.wrong(str(wrong)))
        try:
            wanted = read_subscription(said.get("filter", ""))
        except FilterError as error:
            errors["filter"] = str(error)
            shown.append(unreadable(error))
        return _Asked(place, wish, wanted, errors, tuple(shown))

    def _place(self, address: str) -> Place:
        if not address.strip():
            raise WishError("write the address that the mail is to go to", "email")
        try:
            return self._mailing.place(f"{PLATFORM}:{mailbox_of(address.strip())}")
        except ValueError as problem:  # PlaceError is one
            raise WishError(str(problem), "email") from None

    async def _ask(
        self, place: Place, wanted: Filter, wish: Wish, zone: str, who: str, most: int, now: datetime
    ) -> Reply:
        """Let the owner of a mailbox be asked, unless that was done too often.

        Args:
            who: the network or the person that asks.
            most: mails that it may bring about.
        """
        links = self._mailing.signer()
        box, origin = links.mark(one_box(place.address)), links.mark(who)
        async with self._database.write() as session:
            await lock(session, [f"opt-in {box}", f"opt-in {origin}"])
            if await mailboxes.asked_in_all(session, now - WINDOW) >= MAILS_IN_ALL:
                return Reply((messages.too_many_in_all(),), refusal=Refusal.TOO_MANY)
            if await mailboxes.asked_from(session, origin, now - WINDOW) >= most:
                return Reply((messages.too_many_mails(most),), refusal=Refusal.TOO_MANY)
            if await mailboxes.asked_for(session, box, now - WINDOW) < MAILS_TO_A_BOX:
                await self._mail(session, place, wanted, wish, zone, box, origin, now)
        return Reply((messages.asked(place),))

    async def _mail(
        self,
        session: AsyncSession,
        place: Place,
        wanted: Filter,
        wish: Wish,
        zone: str,
        box: str,
        origin: str,
        now: datetime,
    ) -> None:
        """Put the mail that asks into the outbox, and keep what it asks for."""
        notice = messages.sentence(await _draft(session, place, wanted, wish, zone, now))
        row = new_row(str(place)) | {"by_hand": True, "local_date": now.date(), "notice": notice}
        await plans.insert_deliveries(session, stamped([row], now))
        opt_in = OptIn(
            token=secrets.token_hex(8),
            delivery=row["token"],
            place=str(place),
            filter=str(wanted),
            wish=_said(wish),
            zone=zone,
            box=box,
            origin=origin,
            asked_at=now,
        )
        await mailboxes.add_opt_in(session, opt_in)

    async def _confirmed(self, session: AsyncSession, token: str, trial: Trial, now: datetime) -> Reply:
        """Set up what was asked for, once. Raises TooManyError, WishError, FilterError, ScheduleError."""
        found = await mailboxes.held_opt_in(session, token)
        if found is None:
            return _not_kept()
        place = parse_place(found.place)
        box = await mailboxes.keep_mailbox(session, found.place, new_generation(), now)
        ways = Ways(self._mailing.signer(), place, box.generation)
        if found.confirmed_at is not None:
            return Reply((ways.linked(messages.confirmed_before()),))
        found.confirmed_at = now
        author = await author_of(session, request_of(place, now))
        if author.person and author.person.zone is None:
            author.person.zone = found.zone
        new, change = await self._subscribing.create(
            session,
            found.place,
            parse(found.filter),
            wish_in(found.wish),
            author,
            found.zone,
            usual_style(place),
            now,
        )
        notes = vacation_notes(away_until(author.person, now))
        if change is None:
            return Reply((ways.linked(sentences.there_already(new)),))
        return Reply((ways.linked(receipts.receipt(new, trial, "is set up", change.token, notes)),))


def _checked(wish: Wish) -> Wish:
    """The same wish. Raises WishError where it is none for mail, or contradicts itself."""
    if wish.late:
        raise WishError("nothing can be added to a mail; what is late comes with the next one", "late")
    wish_in(_said(wish))
    return wish


def _said(wish: Wish) -> str:
    """A wish as it is kept until it is confirmed, beside its filter."""
    return spoken(replace(wish, filter=None, email=None))


async def _draft(
    session: AsyncSession, place: Place, wanted: Filter, wish: Wish, zone: str, now: datetime
) -> Subscription:
    """What would be set up. Raises ScheduleError."""
    who = request_of(place, now).who
    author = Author(who, who, await people.person(session, who))
    return draft(str(place), wanted, wish, author, zone, usual_style(place), now)


def _not_kept() -> Reply:
    return Reply((messages.not_kept(),), refusal=Refusal.GONE)
