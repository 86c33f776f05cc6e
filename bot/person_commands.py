"""What a person sets, puts off, looks back at, takes along and has forgotten."""

import hmac
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import portable
from bot.authors import Author, author_of, away_until, local_date, zone_of
from bot.days import first_day_in, parse_day
from bot.digest import MOST_AFTER_VACATION, Digest
from bot.feeds import any_of
from bot.filters.canonical import filter_of
from bot.filters.errors import FilterError
from bot.filters.match import Matcher
from bot.filters.parser import parse
from bot.filters.question import read_question
from bot.filters.syntax import And, Bound, Day, Filter, Order
from bot.kept_filters import KeptFilters
from bot.markup import Attachment
from bot.messages import forms
from bot.messages import people as messages
from bot.messages.asked import filter_name
from bot.messages.subscriptions import no_direct_messages, none
from bot.owned import own_subscriptions
from bot.permissions import usual_style
from bot.personal_settings import SETTINGS, SettingError, read_settings, settings_in
from bot.places import parse_place
from bot.refusals import unreadable, wrong
from bot.request import Reply, Request
from bot.schedule import ScheduleError
from bot.search import Search
from bot.subscribing import MOST, Subscribing, TooManyError
from bot.text import counted
from storage import people
from storage.database import Database
from storage.models import Subscription

LONGEST_VACATION = 180
"""Days."""
_BEGINNINGS = ("{", "[", "```", "\ufeff")
"""Of a file whose text stands behind the command."""


class PersonCommands:
    """The use cases; each takes the request and the words behind the command's name."""

    def __init__(
        self, database: Database, subscribing: Subscribing, search: Search, filters: KeptFilters
    ) -> None:
        self._database = database
        self._subscribing = subscribing
        self._search = search
        self._filters = filters

    async def settings(self, request: Request, rest: str) -> Reply:
        """Show what holds for all of a person's subscriptions, or change it."""
        edits = rest == "edit"
        try:
            said = dict(request.fields or {}) | ({} if edits else settings_in(rest))
            if unknown := said.keys() - SETTINGS:
                return Reply((messages.settings_usage(sorted(unknown)[0]),))
            if edits or not said:
                return await self._settings(request, with_form=edits)
            read = read_settings(said, in_form=bool(request.fields))
        except SettingError as problem:
            return wrong(str(problem), problem.field)
        return await self._set(request, await self._new(request, read) if request.fields else read)

    async def _new(self, request: Request, read: dict[str, Any]) -> dict[str, Any]:
        """What a form says that it did not show: a subscription may differ from what holds for the others."""
        async with self._database.read() as session:
            person = await people.person(session, request.who)
        shown = {"zone": await zone_of(request, person), "quiet": person.quiet if person else ""}
        return {field: value for field, value in read.items() if field not in shown or value != shown[field]}

    async def _settings(self, request: Request, with_form: bool, changed: Sequence[str] = ()) -> Reply:
        async with self._database.read() as session:
            person = await people.person(session, request.who)
        zone = await zone_of(request, person)
        told = zone is not None and not (person and person.zone)
        source = request.asker.zone_source if told else ""
        form = forms.settings(person, zone or "") if with_form else None
        return Reply(
            (messages.settings(person, zone, source, away_until(person, request.now), changed),), form=form
        )

    async def _set(self, request: Request, read: dict[str, Any]) -> Reply:
        changed: list[str] = []
        try:
            async with self._database.write() as session:
                author = await author_of(session, request)
                assert author.person is not None  # of whoever asks
                own = await own_subscriptions(session, request)
                columns = {name: value for name, value in read.items() if name != "time"}
                followed = 0
                for subscription in own:
                    followed += await self._follows(session, subscription, columns, author, request.now)
                for field, value in read.items():
                    setattr(author.person, "local_time" if field == "time" else field, value)
                if followed:
                    changed.append(f"{counted(followed, 'subscription follows', 'subscriptions follow')}.")
        except ScheduleError as problem:
            return wrong(str(problem), "quiet" if "quiet" in read else "zone")
        return await self._settings(request, with_form=False, changed=changed)

    async def _follows(
        self,
        session: AsyncSession,
        subscription: Subscription,
        columns: dict[str, Any],
        author: Author,
        now: datetime,
    ) -> bool:
        """Whether a setting changes a subscription. Raises ScheduleError, which names the subscription."""
        what = "changed their settings"
        try:
            return bool(await self._subscribing.change(session, subscription, columns, author, what, now))
        except ScheduleError as problem:
            raise ScheduleError(f"subscription {subscription.id}: {problem}") from problem

    async def vacation(self, request: Request, rest: str) -> Reply:
        """Let nothing come until a day."""
        text = (request.fields or {}).get("until", rest).strip()
        text = re.sub(r"until\b\s*", "", text, count=1, flags=re.IGNORECASE)
        async with self._database.read() as session:
            person = await people.person(session, request.who)
        if not text:
            return Reply((messages.vacation_usage(away_until(person, request.now)),))
        today = local_date(await zone_of(request, person), request.now)
        until = None if text.casefold() == "off" else parse_day(text, today, ahead=True)
        if until is None and text.casefold() != "off":
            return wrong(messages.no_day_ahead(text), "until")
        if until and not today < until <= today + timedelta(days=LONGEST_VACATION):
            return Reply((messages.too_far(LONGEST_VACATION),), errors={"until": "a day from tomorrow on"})
        try:
            async with self._database.write() as session:
                author = await author_of(session, request)
                assert author.person is not None
                author.person.vacation_until = until
                own = await own_subscriptions(session, request)
                await self._subscribing.go_away(session, own, author.person, request.now)
        except ScheduleError as problem:
            return wrong(str(problem), "until")
        if until is None and away_until(person, request.now) is None:
            return Reply((messages.not_away(),))
        return Reply((messages.away(until, len(own)) if until else messages.back(len(own)),))

    async def since(self, request: Request, rest: str) -> Reply:
        """The best papers since a day: of a filter, or of all that the person has subscribed to."""
        fields, today = request.fields or {}, request.now.date()
        first, words = first_day_in(rest, today)
        if "date" in fields:
            first = parse_day(fields["date"], today)
        words = fields.get("filter", words).strip()
        if first is None:
            return Reply((messages.since_usage(),), errors={"date": "write year-month-day"})
        if first > today:
            return Reply((messages.still_to_come(first),), errors={"date": "a day that has come"})
        async with self._database.read() as session:
            own = await own_subscriptions(session, request)
        try:
            wanted = read_question(words) if words else any_of(one.filter for one in own)
        except FilterError as error:
            return unreadable(error)
        if wanted is None:
            return Reply((none(),))
        window = Day(Bound.SINCE, first)
        whole = filter_of(And((wanted.root, window)) if wanted.root else window, Order.UPVOTES)
        found = await self._search.find(whole, today, MOST_AFTER_VACATION)
        papers = [hit.paper for hit in found.hits]
        names = {} if words else _matched_by(own, papers, today)
        asked = filter_name(str(wanted)) if words else "of all that you have subscribed to"
        token = await self._filters.token(whole, request.now) if _fits_a_button(whole) else None
        return Reply(
            (messages.since(first, Digest(tuple(papers)), f"{asked}, {found.total:,} in all", names, token),)
        )

    async def export(self, request: Request, _rest: str) -> Reply:
        """A file with the person's own subscriptions."""
        async with self._database.read() as session:
            own = await own_subscriptions(session, request)
        if not own:
            return Reply((messages.no_subscriptions_to_export(),))
        file = Attachment("subscriptions.json", portable.written(own))
        return Reply((messages.exported(len(own)),), attachment=file)

    async def take_in(self, request: Request, rest: str) -> Reply:
        """Set up what a file holds, all of it or nothing; what is there already stays as it is."""
        if request.direct is None:
            return Reply((no_direct_messages(),))
        pasted = rest.startswith(_BEGINNINGS)
        if request.file is None and not pasted:
            return Reply((messages.which_file(rest),))
        text = rest if request.file is None else request.file
        if not text:
            return Reply((messages.no_text("" if pasted else rest),))
        try:
            taken = portable.read(text, str(request.direct))
            zone = await self._zone(request)
            async with self._database.write() as session:
                made, paused = await self._take_in(session, request, taken, zone)
        except (portable.NotPortableError, ScheduleError) as problem:
            return Reply((messages.not_imported(str(problem)),))
        except TooManyError:
            return Reply((messages.not_imported(f"with yours it would be more than {MOST} subscriptions"),))
        return Reply((messages.imported(made, len(taken) - len(made), paused),))

    async def _take_in(
        self, session: AsyncSession, request: Request, taken: Sequence[portable.Taken], zone: str
    ) -> tuple[list[tuple[int, str]], int]:
        """Set up those that are not there yet; their numbers and filters, and how many of them are paused."""
        author = await author_of(session, request)
        place, now = str(request.direct), request.now
        style = usual_style(parse_place(place))
        made, paused = [], 0
        for one in taken:
            new, change = await self._subscribing.create(
                session, place, one.filter, one.wish, author, zone, style, now
            )
            if change is None:
                continue
            if one.paused:
                await self._subscribing.pause(session, new, author, now)
                paused += 1
            made.append((new.id or 0, new.filter))
        return made, paused

    async def _zone(self, request: Request) -> str:
        async with self._database.read() as session:
            person = await people.person(session, request.who)
        return await zone_of(request, person) or "UTC"

    async def forget(self, request: Request, rest: str) -> Reply:
        """Delete all that is kept of the person, after the question whether that is meant."""
        said = rest.split()[-1] if rest else ""
        token = _meant(request.who)
        if not hmac.compare_digest(said.encode(errors="replace"), token.encode()):
            async with self._database.read() as session:
                own = await own_subscriptions(session, request)
            return Reply((messages.forget(token, len(own)),))
        async with self._database.write() as session:
            person = await people.person(session, request.who)
            places = {str(request.direct or ""), (person and person.place) or ""} - {""}
            gone = await people.forget(session, request.who, places)
        return Reply((messages.forgotten(gone.subscriptions, gone.deliveries, gone.channels),))


def _meant(who: str) -> str:
    """What the button that forgets a person carries: one that was forwarded does nothing for another."""
    return sha256(f"forget {who}".encode()).hexdigest()[:16]


def _fits_a_button(wanted: Filter) -> bool:
    """Whether a filter can be kept for one: several together may be longer than a filter can be."""
    try:
        parse(str(wanted))
    except FilterError:
        return False
    return True


def _matched_by(own: Sequence[Subscription], papers: Sequence[Any], today: date) -> dict[str, list[int]]:
    """Which subscriptions want each paper, by its identifier."""
    matcher = Matcher(papers, today)
    found: dict[str, list[int]] = {}
    for subscription in own:
        for paper in matcher.select(parse(subscription.filter)):
            found.setdefault(paper.id, []).append(subscription.id or 0)
    return found
