"""The bot with a mail server, and its page: subscriptions by mail over a real store."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import SQLModel

from adapters.web.site import WebSite
from bot.app import App, open_app
from bot.markup import plain
from bot.request import Reply
from bot.settings import read_settings
from tests.factories import DAY, at
from tests.fakes.clock import Clock
from tests.fakes.smtp import FakeSmtp, plain_text
from tests.stored import all_rows, list_papers
from tests.web import served

PAGE = "https://papers.example.org"
SECRET = "s" * 32
WISH = {"email": "ann@example.org", "filter": "numbers", "when": "daily 09:00", "zone": "UTC"}
HOME = "203.0.113.7"
HOUR = timedelta(hours=1)


@dataclass
class Post:
    """The bot with a mail server, at six in the morning until the clock is moved."""

    app: App
    smtp: FakeSmtp
    clock: Clock

    async def ask(self, network: str = HOME, **said: str) -> Reply:
        return await self.app.opt_ins.request({**WISH, **said}, network, self.clock())

    async def deliver(self) -> list[str]:
        """Send what is due; the texts of the mails that this brings."""
        before = len(self.smtp.mails)
        await self.app.planner.plan_due(self.clock())
        await self.app.sender.send_open()
        return [plain_text(mail) for mail in self.smtp.mails[before:]]

    async def opted_in(self, **said: str) -> Reply:
        """Ask, and follow the link in the mail; the receipt."""
        await self.ask(**said)
        [mail] = await self.deliver()
        return await self.app.opt_ins.confirm(token_in(mail, "confirm"), self.clock())

    async def by_link(self, token: str, text: str, **fields: str) -> Reply:
        """What a page does with a link and a command."""
        request = await self.app.mailboxes.request_for(token, self.clock(), text, fields or None)
        return await self.app.commands.handle(request)

    async def rows(self, table: type[SQLModel]) -> list[Any]:
        async with self.app.database.read() as session:
            return await all_rows(session, table)


@asynccontextmanager
async def post_over(url: str, **settings: str) -> AsyncIterator[Post]:
    clock = Clock(at(DAY, 6))
    async with FakeSmtp() as smtp:
        environment = {
            **{"SMTP_URL": smtp.url, "EMAIL_FROM": "Daily Papers <papers@example.com>"},
            **{"PUBLIC_URL": PAGE, "DAILY_PAPERS_SECRET": SECRET, "DAILY_PAPERS_SOURCE": "sample"},
            **{"DAILY_PAPERS_DATABASE_URL": url},
        }
        chosen = {name: value for name, value in {**environment, **settings}.items() if value}
        async with open_app(read_settings(**chosen), clock, clock.sleep, clock.monotonic) as app:
            await list_papers(app.database, 1, 2, 3)
            yield Post(app, smtp, clock)


def words(reply: Reply) -> str:
    return "\n".join(map(plain, reply.messages))


def token_in(text: str, purpose: str) -> str:
    """The token of a link in a text, or of a button."""
    found = re.search(rf"/mail/{purpose}/([\w.=-]+)", text)
    assert found, text
    return found[1]


def urls(reply: Reply) -> dict[str, str]:
    return {button.label: button.url or "" for message in reply.messages for button in message.buttons}


@asynccontextmanager
async def site_of(post: Post) -> AsyncIterator[str]:
    """The root of the bot's page: where PUBLIC_URL says, if that is on this machine."""
    public = post.app.settings.public_url or ""
    here = public.removeprefix("http://")
    site = WebSite(post.app.settings, post.app.services)
    try:
        async with served(site.routes, here if here.startswith("127.") else "127.0.0.1:0") as root:
            yield root
    finally:
        await site.close()
