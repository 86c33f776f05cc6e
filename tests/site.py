"""The web site over a store, served as a process serves it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from adapters.huggingface.sample import Sample
from adapters.web.site import WebSite
from adapters.web.thumbs import Thumbnails
from bot.adapter import platforms
from bot.feeds import Feeds
from bot.ingest import Ingest
from bot.mailboxes import Mailboxes
from bot.mailing import Mailing
from bot.opt_ins import OptIns
from bot.pages import Pages
from bot.places import parse_place
from bot.search import Search
from bot.settings import read_settings
from bot.site import Services
from bot.subscribing import Subscribing
from storage.database import Database
from tests.factories import NOON, RULES
from tests.fakes.clock import Clock
from tests.searching import commands_over
from tests.web import served


@asynccontextmanager
async def site_over(
    database: Database,
    search: Search,
    pictures: Thumbnails | None = None,
    sign_up: OptIns | None = None,
    **settings: Any,
) -> AsyncIterator[str]:
    """The root of the site, `http://127.0.0.1:12345`; it is noon.

    Args:
        settings: by their environment names; without any, the site knows no address and shows no pictures.
    """
    chosen = read_settings(**{"DAILY_PAPERS_THUMBNAILS": False, **settings})
    clock = Clock(NOON)
    previews = {name: one.preview for name, one in platforms().items() if name != "console"}
    services = Services(
        Pages(database, search, clock, chosen.public_url),
        Feeds(database, search, clock),
        clock,
        Mailboxes(database, Subscribing(RULES), Mailing(parse_place, lambda _: None, None)),
        commands_over(database, Sample(), clock).handle,
        previews,
        sign_up,
    )
    site = WebSite(chosen, services, pictures)
    try:
        async with served(site.routes) as root:
            yield root
    finally:
        await site.close()


async def read_sample(database: Database) -> None:
    """Put the bundled edition into a store."""
    await Ingest(database, Sample(), RULES, Clock(NOON)).newest()
