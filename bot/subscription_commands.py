"""`/papers subscribe` and what a person does with their own subscriptions."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.authors import Author, author_of, away_until, zone_of
from bot.columns import changed, columns_of
from bot.filters.parser import parse
from bot.filters.syntax import Filter
from bot.kept_filters import AskedFilter, KeptFilters
from bot.messages import forms, receipts
from bot.messages import subscriptions as messages
from bot.messages.mailboxes import no_mail, stays_where_it_is
from bot.messages.people import vacation_notes
from bot.opt_ins import OptIns
from bot.owned import own_subscriptions
from bot.permissions import is_personal, may_change, may_see, usual_style
from bot.places import parse_place
from bot.posting import Poster
from bot.receipts import Receipts, Trial
from bot.refusals import or_refusal, wrong
from bot.request import Reply, Request
from bot.schedule import ScheduleError
from bot.subscribing import MOST, NotUndoneError, Subscribing, TooManyError, personal_ones
from bot.wishes import Wish, WishError, spoken, wish_said
from storage import changes, people, subscriptions
from storage.database import Database
from storage.models import Change, Subscription, SubscriptionState


class _GoneError(Exception):
    """A subscription was deleted while it was being changed."""


class SubscriptionCommands:
    """The use cases; each takes the request and the words behind the command's name."""

    def __init__(
        self,
        database: Database,
        subscribing: Subscribing,
        filters: KeptFilters,
        receipts: Receipts,
        poster: Poster,
        opt_ins: OptIns | None = None,
    ) -> None:
        self._database = database
        self._subscribing = subscribing
        self._filters = filters
        self._receipts = receipts
        self._poster = poster
        self._opt_ins = opt_ins

    async def subscribe(self, request: Request, text: str) -> Reply:
        """Set a subscription up, to the person's direct messages; without words, the form for it."""
        if not text and request.fields is None:
            return await self._form(request) if request.direct else Reply((messages.no_direct_messages(),))
        return await or_refusal(self._subscribe(request, text))

    async def zone(self, request: Request, command: str) -> Reply:
        """Ask for a zone in a form, for a command that needs one."""
        return Reply((messages.which_zone(command),), form=forms.zone(command))

    async def subscriptions(self, request: Request, rest: str) -> Reply:
        """A page of the person's own."""
        async with self._database.read() as session:
            own = await own_subscriptions(session, request)
            person = await people.person(session, request.who)
        notes = vacation_notes(away_until(person, request.now))
        return Reply((messages.listing(own, int(rest or 1), notes),))

    async def pause(self, request: Request, rest: str) -> Reply:
        """Send nothing of a subscription until it is resumed."""
        if refusal := await self._refusal(request, rest):
            return refusal
        try:
            async with self._database.write() as session:
                found, author = await self._opened(session, request, rest)
                await self._subscribing.pause(session, found, author, request.now)
        except _GoneError:
            return Reply((messages.unknown(rest),))
        return Reply((messages.paused(found),))

    async def resume(self, request: Request, rest: str) -> Reply:
        """Go on with a paused subscription."""
        if refusal := await self._refusal(request, rest):
            return refusal
        try:
            async with self._database.write() as session:
                found, author = await self._opened(session, request, rest)
                await self._subscribing.resume(session, found, author, request.now)
        except _GoneError:
            return Reply((messages.unknown(rest),))
        except ScheduleError as problem:
            return wrong(str(problem), "when")
        return Reply((messages.resumed(found),))

    async def delete(self, request: Request, rest: str) -> Reply:
        """End a subscription, which can be undone."""
        if refusal := await self._refusal(request, rest):
            return refusal
        try:
            async with self._database.write() as session:
                found, author = await self._opened(session, request, rest)
                change = await self._subscribing.end(session, found, author, request.now)
        except _GoneError:
            return Reply((messages.unknown(rest),))
        return Reply((messages.deleted(found, change.token),))

    async def undo(self, request: Request, rest: str) -> Reply:
        """Take a change back."""
        async with self._database.read() as session:
            changed = await changes.change_by_token(session, rest)
            number = changed.subscription_id if changed else 0
            found = await subscriptions.subscription_by_id(session, number)
        try:
            if found is None or not await may_change(request, found):
                raise NotUndoneError("I know of no change of yours that this would undo")
            ended = found.state is SubscriptionState.ENDED
            async with self._database.write() as session:
                author = await author_of(session, request)
                found, change = await self._subscribing.undo(session, rest, author, request.now)
                personal = ended and is_personal(parse_place(found.place))
                if personal and await personal_ones(session, found.owner) > MOST:
                    raise TooManyError  # others have taken the place of what was deleted
        except TooManyError:
            return Reply((messages.too_many(MOST),))
        except NotUndoneError as problem:
            return Reply((messages.not_undone(str(problem)),))
        except ScheduleError as problem:
            return wrong(str(problem), "when")
        return Reply((messages.undone(found, change.what),))

    async def edit(self, request: Request, rest: str) -> Reply:
        """Change a person's own subscription; without words, the form for it."""
        number, _, text = rest.partition(" ")
        if refusal := await self._refusal(request, number):
            return refusal
        async with self._database.read() as session:
            found = await subscriptions.subscription_by_id(session, int(number))
        assert found is not None  # it was not refused
        if not is_personal(parse_place(found.place)):
            return Reply((messages.wrong("a channel's post is changed with /papers channel edit"),))
        if not text and request.fields is None:
            return Reply((messages.how_to_edit(found),), form=forms.edit(found))
        return await self.change(request, found, text)

    async def change(self, request: Request, subscription: Subscription, text: str, turn: str = "") -> Reply:
        """Change what was said of a subscription, and give the receipt.

        Args:
            turn: `on`, `resume` or `pause`, where it is to be switched as well.
        """
        return await or_refusal(self._change(request, subscription, text, turn))

    async def send_now(self, request: Request, rest: str) -> Reply:
        """Send what the next digest would hold now."""
        if refusal := await self._refusal(request, rest):
            return refusal
        planned = await self._poster.plan_now(int(rest), request.now)
        if planned is None:
            return Reply((messages.unknown(rest),))
        if not planned["papers"]:
            return await self._nothing_now(int(rest), planned["reason"], request.now)
        return Reply((messages.on_its_way(int(rest), len(planned["papers"])),))

    async def _nothing_now(self, number: int, reason: str, now: datetime) -> Reply:
        """Why nothing is sent, and the way to the newest list that holds something."""
        async with self._database.read() as session:
            found = await subscriptions.subscription_by_id(session, number)
        wanted = parse(found.filter if found else "")
        last = (await self._receipts.compared(wanted, (), now)).sample.last
        newest, command = last[0].listed_on if last else None, ""
        if newest:
            asked = f"since {newest} {wanted}"
            command = await self._filters.shortened(asked, now) if wanted.root else str(newest)
        return Reply((messages.nothing_now(number, reason, newest, command),))

    async def _subscribe(self, request: Request, text: str) -> Reply:
        wish = wish_said(text, request.fields or {})
        if request.direct is None and wish.email is None:
            return Reply((messages.no_direct_messages(),))
        return await self._create(request, wish, await self._filters.read(wish.filter or ""))

    async def _change(self, request: Request, subscription: Subscription, text: str, turn: str) -> Reply:
        wish = wish_said(text, request.fields or {}, changes=True)
        if wish.email is not None:
            raise WishError(stays_where_it_is(), "email")
        asked = await self._filters.read(wish.filter) if wish.filter is not None else None
        trial = await self._receipts.trial(
            request, asked.filter if asked else parse(subscription.filter), subscription.id
        )
        if asked and not asked.sure and str(asked.filter) != subscription.filter:
            doubt = await self._doubt(request, asked.filter, trial, wish, subscription, turn)
            if doubt is not None:
                return doubt
        async with self._database.write() as session:
            author = await author_of(session, request)
            kept = await subscriptions.to_be_changed(session, subscription.id or 0)
            if kept is None:
                return Reply((messages.unknown(str(subscription.id)),))
            turned = await self._turned(session, kept, author, turn, request.now)
            values = columns_of(wish, asked.filter if asked else None, kept)
            what = changed(kept, values)
            change = await self._subscribing.change(session, kept, values, author, what, request.now)
            if turned and change:
                change = await self._subscribing.as_one(session, turned, change)
        last = change or turned
        what = receipts.done(kept, turned is not None, change is not None)
        token = last.token if last else None
        return Reply((receipts.receipt(kept, trial, what, token, now=request.now),))

    async def _turned(
        self, session: AsyncSession, kept: Subscription, author: Author, turn: str, now: datetime
    ) -> Change | None:
        """Pause a subscription or let it go on; None where it is so already."""
        if turn == "pause":
            return await self._subscribing.pause(session, kept, author, now)
        return await self._subscribing.resume(session, kept, author, now) if turn else None

    async def _form(self, request: Request) -> Reply:
        async with self._database.read() as session:
            person = await people.person(session, request.who)
        zone = await zone_of(request, person)
        time = f"{person.local_time:%H:%M}" if person and person.local_time else "09:00"
        return Reply((messages.how_to_subscribe(time, zone),), form=forms.subscribe(zone or "", time))

    async def _create(self, request: Request, wish: Wish, asked: AskedFilter) -> Reply:
        async with self._database.read() as session:
            person = await people.person(session, request.who)
        known = await zone_of(request, person)
        zone = wish.zone or known
        if zone is None:
            command = await self._filters.command("subscribe", asked, spoken(wish), request.now)
            return Reply((messages.which_zone(command),))
        trial = await self._receipts.trial(request, asked.filter)
        if not asked.sure and (doubt := await self._doubt(request, asked.filter, trial, wish)):
            return doubt
        if wish.email is not None:
            return await self._by_mail(request, asked.filter, wish, zone)
        place = str(request.direct)
        async with self._database.write() as session:
            author = await author_of(session, request)
            if known is None and author.person:
                author.person.zone = zone  # asked once
            new, change = await self._subscribing.create(
                session, place, asked.filter, wish, author, zone, usual_style(parse_place(place)), request.now
            )
            notes = vacation_notes(away_until(author.person, request.now))
        if change is None:
            return Reply((messages.there_already(new),))
        return Reply((receipts.receipt(new, trial, "is set up", change.token, notes),))

    async def _by_mail(self, request: Request, wanted: Filter, wish: Wish, zone: str) -> Reply:
        if self._opt_ins is None:
            return Reply((no_mail("no mail server is set up"),))
        return await self._opt_ins.ask(request, wanted, wish, zone)

    async def _doubt(
        self,
        request: Request,
        wanted: Filter,
        trial: Trial,
        wish: Wish,
        changed: Subscription | None = None,
        turn: str = "",
    ) -> Reply | None:
        """The question whether a filter is meant that lets everything or nothing through. Everything is what
        most channels want."""
        post = changed is not None and not is_personal(parse_place(changed.place))
        if not trial.matches_nothing and (post or not trial.matches_everything):
            return None
        name = f"{'channel' if post else 'edit'} {changed.id}" if changed else "subscribe"
        asked = AskedFilter(wanted, sure=True)
        command = await self._filters.command(f"{name} {turn}".rstrip(), asked, spoken(wish), request.now)
        return Reply((receipts.confirm(trial, wanted, name, command),))

    async def _refusal(self, request: Request, number: str) -> Reply | None:
        """Why somebody may not change a subscription: one of somebody else's is as unknown as one that never
        was. None where they may. Asked outside of a transaction, because the platform may be asked."""
        async with self._database.read() as session:
            found = await subscriptions.subscription_by_id(session, int(number))
        if found is None or found.state is SubscriptionState.ENDED or not may_see(request, found):
            return Reply((messages.unknown(number),))
        return None if await may_change(request, found) else Reply((messages.may_not_change(),))

    async def _opened(
        self, session: AsyncSession, request: Request, number: str
    ) -> tuple[Subscription, Author]:
        """A subscription to be changed, after `_refusal` was None, and who changes it.

        Raises _GoneError where it has been deleted meanwhile.
        """
        author = await author_of(session, request)
        found = await subscriptions.to_be_changed(session, int(number))
        if found is None:
            raise _GoneError
        return found, author
