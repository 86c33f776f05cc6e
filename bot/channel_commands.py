"""`/papers channel`: the post of the channel where it is asked."""

import re

from bot.authors import author_of, zone_of
from bot.kept_filters import AskedFilter, KeptFilters
from bot.messages import channels as messages
from bot.messages import forms, receipts
from bot.messages.mailboxes import stays_where_it_is
from bot.messages.subscriptions import may_not_change, which_zone
from bot.permissions import is_personal, may_change
from bot.receipts import Receipts
from bot.refusals import or_refusal, wrong
from bot.request import Reply, Request
from bot.subscribing import Subscribing
from bot.subscription_commands import SubscriptionCommands
from bot.wishes import WishError, spoken, wish_said
from storage import changes, people, subscriptions
from storage.database import Database
from storage.locks import lock, place_lock
from storage.models import Style, Subscription, SubscriptionState

_NUMBERED = re.compile(r"(?:(?P<number>\d{1,9})(?:\s+|$))?(?P<rest>.*)", re.ASCII | re.DOTALL)
_NAMED = re.compile(r"@[0-9a-f]{16}\b")
"""A filter that a button names, see `bot.kept_filters`."""
_MENTION = re.compile(r"<@!?(?P<id>[A-Za-z0-9]{1,32})(?:\|[^>]*)?>|@?(?P<bare>[A-Z0-9]{5,32})", re.ASCII)
_MOST_MANAGERS = 20


class ChannelCommands:
    """The use cases of a channel's post. Anybody may look; who may change it, see `bot.permissions`."""

    def __init__(
        self,
        database: Database,
        subscribing: Subscribing,
        filters: KeptFilters,
        receipts: Receipts,
        personal: SubscriptionCommands,
    ) -> None:
        self._database = database
        self._subscribing = subscribing
        self._filters = filters
        self._receipts = receipts
        self._personal = personal

    async def channel(self, request: Request, rest: str) -> Reply:
        """Show the channel's post, or change what the words say."""
        if is_personal(request.place):
            return Reply((messages.no_channel(),))
        async with self._database.read() as session:
            posts = await subscriptions.at_place(session, str(request.place))
        found = _NUMBERED.fullmatch(rest)
        assert found is not None  # it matches whatever is written
        posts = [post for post in posts if found["number"] in (None, str(post.id))]
        words = found["rest"].strip()
        if found["number"] and not posts:
            return Reply((messages.unknown_post(found["number"]),))
        if not words and request.fields is None:
            return Reply((messages.posts(posts),))
        if words.casefold() == "history":
            return await self._history(request)
        if not await self._may(request, posts):
            return Reply((may_not_change(),))
        if len(posts) > 1:
            return Reply((messages.which_post(posts),))
        return await self._change(request, posts[0] if posts else None, words)

    async def _change(self, request: Request, post: Subscription | None, words: str) -> Reply:
        """Do what somebody says who may."""
        name, _, rest = words.partition(" ")
        name = name.casefold()
        if name == "edit" and not rest:
            return await self._form(request, post)
        if name in ("name", "unname") and rest:
            return await self._name(request, post, rest, add=name == "name")
        if name in ("on", "off", "pause", "resume") and (not rest or _NAMED.match(rest)):
            return await self._turn(request, post, name, rest)
        if post is not None:
            return await self._personal.change(request, post, words)
        return await or_refusal(self._create(request, words))

    async def _turn(self, request: Request, post: Subscription | None, turn: str, words: str) -> Reply:
        """Switch the post, and change what is said beside that."""
        more = bool(words or request.fields)
        if post is None:
            return (
                await or_refusal(self._create(request, words))
                if turn == "on"
                else Reply((messages.posts([]),))
            )
        if turn == "off":
            return (
                wrong(messages.off_alone(), "turn")
                if more
                else await self._personal.delete(request, str(post.id))
            )
        if more:
            return await self._personal.change(request, post, words, turn)
        if turn == "pause":
            return await self._personal.pause(request, str(post.id))
        if post.state is SubscriptionState.PAUSED:
            return await self._personal.resume(request, str(post.id))
        return Reply((messages.posts([post]),))

    async def _create(self, request: Request, words: str) -> Reply:
        wish = wish_said(words, request.fields or {})
        if wish.email is not None:
            raise WishError(stays_where_it_is(), "email")
        asked = await self._filters.read(wish.filter or "")
        async with self._database.read() as session:
            person = await people.person(session, request.who)
        zone = wish.zone or await zone_of(request, person)
        if zone is None:
            command = await self._filters.command("channel", asked, spoken(wish), request.now)
            return Reply((which_zone(command),))
        trial = await self._receipts.trial(request, asked.filter)
        if trial.matches_nothing and not asked.sure:
            sure = AskedFilter(asked.filter, sure=True)
            command = await self._filters.command("channel", sure, spoken(wish), request.now)
            return Reply((receipts.confirm(trial, asked.filter, "channel", command),))
        async with self._database.write() as session:
            author = await author_of(session, request)
            await lock(session, [place_lock(str(request.place))])
            if posts := await subscriptions.at_place(session, str(request.place)):
                return Reply((messages.posts(posts),))  # somebody else was faster
            new, change = await self._subscribing.create(
                session, str(request.place), asked.filter, wish, author, zone, Style.THREAD, request.now
            )
        token = change.token if change else None
        return Reply((receipts.receipt(new, trial, "is set up", token),))

    async def _form(self, request: Request, post: Subscription | None) -> Reply:
        async with self._database.read() as session:
            person = await people.person(session, request.who)
        zone = await zone_of(request, person) or "UTC"
        return Reply((messages.posts([post] if post else []),), form=forms.channel(post, zone))

    async def _name(self, request: Request, post: Subscription | None, text: str, add: bool) -> Reply:
        """Let somebody else change the post too, or no more."""
        found = _MENTION.fullmatch(text.strip())
        if found is None or post is None:
            return Reply((messages.whom(post is None),))
        person = f"{request.who.rpartition(':')[0]}:{found['id'] or found['bare']}"
        async with self._database.write() as session:
            author = await author_of(session, request)
            kept = await subscriptions.to_be_changed(session, post.id or 0)
            if kept is None:
                return Reply((messages.unknown_post(str(post.id)),))
            others = [who for who in kept.managers if who != person]
            managers = [*others, person] if add else others
            if len(managers) > _MOST_MANAGERS:
                return Reply((messages.too_many_managers(_MOST_MANAGERS),))
            what = "named somebody who may change it" if add else "took somebody's right to change it"
            change = await self._subscribing.change(
                session, kept, {"managers": managers}, author, what, request.now
            )
        return Reply((messages.named(kept, change.token if change else None),))

    async def _history(self, request: Request) -> Reply:
        async with self._database.read() as session:
            latest = await changes.changes_at(session, str(request.place), messages.HISTORY)
        return Reply((messages.history(latest),))

    async def _may(self, request: Request, posts: list[Subscription]) -> bool:
        if not posts:
            return await request.asker.manages()
        for post in posts:
            if not await may_change(request, post):
                return False
        return True
