"""The pages behind the links in mails. To open one does nothing yet: it asks, and POST acts.

The token in the address is all that says who asks, and there is no cookie. So a form on a stranger's page can
do nothing in somebody's name without having their link, and ours need no token of their own; and a mail
program may unsubscribe by a POST of its own (RFC 8058).
"""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web
from aiohttp.web import Request, RouteDef

from adapters.web.answers import NEVER, Answer
from adapters.web.desk import Desk, Handler, asked
from adapters.web.posted import posted
from adapters.web.replies import Filled, filled, form_of, kept, mistake_at, said_beside, status_of
from bot.forms import Form
from bot.links import ASKED, CONFIRM, MANAGE, UNSUBSCRIBE, LinkError
from bot.mailboxes import only_looks
from bot.mailing import void
from bot.places import Place
from bot.request import Reply
from bot.schedule import zone_names

_LIST = "subscriptions"
_EXPORT = "subscriptions.json"
_PAGES = (
    ("Subscriptions", _LIST),
    ("New", "subscribe"),
    ("Settings", "settings"),
    ("Vacation", "vacation"),
    ("Why", "why"),
    ("Feed", "feed"),
    ("Export", "export"),
    ("Import", "import"),
    ("Forget me", "forget me"),
)
"""What the owner of a mailbox finds on top of each page, and the command that it stands for."""
_SUCCESSION = "next"
"""What the form that makes new links calls what it holds, as the template names it."""
_FILE_KIND = "application/json; charset=utf-8"


class MailboxPages:
    """Handlers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._mailboxes = desk.services.mailboxes
        self._now = desk.services.clock

    @property
    def routes(self) -> Sequence[RouteDef]:
        get: dict[str, Handler] = {
            CONFIRM: self.opened,
            UNSUBSCRIBE: self.leaving,
            MANAGE: self.shown,
        }
        post: dict[str, Handler] = {
            CONFIRM: self.confirm,
            UNSUBSCRIBE: self.unsubscribe,
            MANAGE: self.act,
        }
        return [
            web.get(f"{MANAGE}/{{token}}/{_EXPORT}", self._desk.guarded(self.export, hidden=True)),
            web.post(f"{MANAGE}/{{token}}/renew", self._desk.guarded(self.renew, hidden=True)),
            *(
                web.get(f"{path}/{{token:.*}}", self._desk.guarded(one, hidden=True))
                for path, one in get.items()
            ),
            *(
                web.post(f"{path}/{{token:.*}}", self._desk.guarded(one, hidden=True))
                for path, one in post.items()
            ),
        ]

    async def opened(self, request: Request) -> Answer:
        """Ask whether a subscription is wanted."""
        reply = await self._desk.sign_up().opened(_token(request), self._now())
        asks = reply.refusal is None and not reply.errors and not reply.messages[0].buttons
        return self._told(request, reply, "Yes, send it to me" if asks else "")

    async def confirm(self, request: Request) -> Answer:
        """Set it up, and show the receipt."""
        return self._told(request, await self._desk.sign_up().confirm(_token(request), self._now()))

    async def leaving(self, request: Request) -> Answer:
        """Ask whether something is to end."""
        reply = await self._mailboxes.leaving(_token(request))
        return self._told(request, reply, "Unsubscribe" if reply.refusal is None else "")

    async def unsubscribe(self, request: Request) -> Answer:
        """End it, whatever the body says: `List-Unsubscribe=One-Click`, or nothing where a person clicked."""
        return self._told(request, await self._mailboxes.unsubscribe(_token(request), self._now()))

    async def shown(self, request: Request) -> Answer:
        """The subscriptions, or what a link asks for where that only looks; else the question whether it is
        meant."""
        token, command = _token(request), asked(request, ASKED)
        try:
            found = await self._mailboxes.request_for(token, self._now(), command or _LIST, opened=True)
        except LinkError as problem:
            return self._told(request, void(problem))
        if not only_looks(command):
            return self._managed(request, found.place, command, await self._mailboxes.asks(found), asks=True)
        reply = await self._desk.services.handle(found)
        return self._managed(request, found.place, command, reply, form_of(command, reply))

    async def act(self, request: Request) -> Answer:
        """What a button or a form says."""
        token, sent = _token(request), filled(await posted(request))
        try:
            asks = (token, self._now(), sent.command or _LIST, sent.fields, sent.file)
            reply = await self._desk.services.handle(await self._mailboxes.request_for(*asks))
            form = await self._again(token, sent) if reply.errors else reply.form
        except LinkError as problem:
            return self._told(request, void(problem))
        if later := await reply.later() if reply.later else None:
            reply = replace(reply, messages=(*reply.messages, later))
        try:
            place = (await self._mailboxes.request_for(token, self._now())).place
        except LinkError:  # its owner is forgotten now
            return self._told(request, reply)
        opener = sent.opener if reply.errors else ""
        return self._managed(request, place, sent.command, reply, form, opener=opener)

    async def renew(self, request: Request) -> Answer:
        """Make the links void that were sent so far."""
        try:
            said = (await posted(request)).get(_SUCCESSION, "")
            return self._told(request, await self._mailboxes.renew(_token(request), said))
        except LinkError as problem:
            return self._told(request, void(problem))

    async def export(self, request: Request) -> Answer:
        """The subscriptions as a file."""
        try:
            asks = await self._mailboxes.request_for(_token(request), self._now(), "export", opened=True)
        except LinkError as problem:
            return self._told(request, void(problem))
        reply = await self._desk.services.handle(asks)
        if reply.attachment is None:
            return self._managed(request, asks.place, "export", reply)
        return replace(Answer.of(reply.attachment.text, _FILE_KIND, NEVER), file=reply.attachment.name)

    async def _again(self, token: str, sent: Filled) -> Form | None:
        """The form that something is wrong with, as it was filled in."""
        if not only_looks(sent.opener):
            return None
        asks = await self._mailboxes.request_for(token, self._now(), sent.opener or _LIST, opened=True)
        form = form_of(sent.opener, await self._desk.services.handle(asks))
        return kept(form, sent.fields or {}) if form else None

    def _told(self, request: Request, reply: Reply, ask: str = "") -> Answer:
        """An answer for whose buttons there are links.

        Args:
            ask: what the button says that does what the address stands for; empty for no button.
        """
        return self._desk.page(
            request,
            "told.html",
            None,
            NEVER,
            status_of(reply),
            title=reply.messages[0].title or "Mail",
            messages=reply.messages,
            ask=ask,
            action=request.rel_url.path,
        )

    def _managed(
        self,
        request: Request,
        place: Place,
        command: str,
        reply: Reply,
        form: Form | None = None,
        asks: bool = False,
        opener: str = "",
    ) -> Answer:
        """An answer with all that the owner of a mailbox can do.

        Args:
            asks: the answer is whether `command` is meant.
            opener: what showed the form before, where it is shown again.
        """
        return self._desk.page(
            request,
            "manage.html",
            None,
            NEVER,
            status_of(reply),
            title=form.title if form else reply.messages[0].title or _titles().get(command, "Your mail"),
            address=place.address,
            ways=_PAGES,
            messages=said_beside(form, reply),
            form=form,
            errors=reply.errors,
            pointed=mistake_at(form) if form and "filter" in reply.errors else "",
            opener=opener or command,
            command=command,
            asks=asks,
            attachment=reply.attachment,
            manage=f"{MANAGE}/{_token(request)}",
            succession=self._mailboxes.succession(_token(request)),
            zones=zone_names(),
        )


def _titles() -> dict[str, str]:
    return {command: name for name, command in _PAGES}


def _token(request: Request) -> str:
    return request.match_info["token"]
