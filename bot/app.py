"""The composition root: the parts are put together here, and handed what they need."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot.adapter import Shared, platforms
from bot.beyond import Beyond
from bot.budget import budgets
from bot.clock import Clock, utc_now
from bot.commands import Commands, Parts
from bot.connections import Connections
from bot.delivery.sender import Sender
from bot.feeds import Feeds
from bot.indexing import Index
from bot.ingest import Ingest
from bot.links import Links
from bot.logs import log
from bot.mailboxes import Mailboxes
from bot.mailing import Mailing
from bot.markup import plain
from bot.metrics import Metrics
from bot.opt_ins import OptIns
from bot.pages import Pages
from bot.planning import Planner
from bot.posting import Poster
from bot.ranking.ranking import Ranking
from bot.receipts import Receipts
from bot.search import Search
from bot.settings import Settings
from bot.site import Services
from bot.source import DeferredSource, source_factory
from bot.subscribing import Subscribing
from bot.workspaces import KeptWorkspaces
from storage.database import Database, known_revisions, open_database


@dataclass(frozen=True, slots=True)
class App:
    """The running parts of one process."""

    clock: Clock
    settings: Settings
    database: Database
    connections: Connections
    workspaces: KeptWorkspaces
    metrics: Metrics
    ingest: Ingest
    planner: Planner
    poster: Poster
    sender: Sender
    index: Index
    ranking: Ranking
    search: Search
    opt_ins: OptIns
    mailboxes: Mailboxes
    commands: Commands
    services: Services


@asynccontextmanager
async def open_app(
    settings: Settings,
    clock: Clock = utc_now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[App]:
    """Open the database and put the parts together; closes all of it at the end.

    Connects to no platform and asks no source by itself.

    Args:
        sleep: waits some seconds before something is sent.
        monotonic: seconds.

    Raises DatabaseError, SourceError (no such source).
    """
    rules = settings.settle_rules
    async with AsyncExitStack() as stack:
        source = DeferredSource(settings.source, partial(source_factory(settings.source), settings))
        stack.push_async_callback(source.close)
        database = await open_database(settings.database_url.get_secret_value())
        stack.push_async_callback(database.close)
        if database.newer_schema:
            log.warning(
                "database_of_a_newer_version", schema=database.newer_schema, known=known_revisions()[-1]
            )
        workspaces = KeptWorkspaces(database, settings.secret, clock)
        shared = Shared(budgets(database, clock), workspaces)
        installed = platforms()
        connections = await stack.enter_async_context(Connections(installed, settings, shared))
        named = [platform.name for platform in connections.configured()]
        metrics = Metrics([*named, *connections.silent()])
        ingest = Ingest(database, source, rules, clock)
        index = Index(database)
        ranking = Ranking(database, clock)
        search = Search(database, index, ranking)
        planner = Planner(database, connections.limits, rules, clock, metrics)
        poster = Poster(database, planner, rules, clock)
        beyond = Beyond(source) if settings.search_beyond else None
        links = links_of(settings)
        mailing = Mailing(connections.place, connections.missing, links)
        subscribing, receipts = Subscribing(rules), Receipts(database, search)
        opt_ins = OptIns(database, subscribing, receipts, mailing)
        kept_mailboxes = Mailboxes(database, subscribing, mailing)
        commands = Commands(
            Parts(
                database,
                ingest,
                search,
                poster,
                subscribing,
                receipts,
                rules,
                beyond,
                opt_ins,
                settings.public_url,
                settings.secret,
            )
        )
        stack.push_async_callback(commands.close)
        yield App(
            clock=clock,
            settings=settings,
            database=database,
            connections=connections,
            workspaces=workspaces,
            metrics=metrics,
            ingest=ingest,
            planner=planner,
            poster=poster,
            sender=Sender(
                database,
                connections,
                clock,
                sleep,
                monotonic=monotonic,
                metrics=metrics,
                links=links,
                page=settings.public_url or "",
            ),
            index=index,
            ranking=ranking,
            search=search,
            opt_ins=opt_ins,
            mailboxes=kept_mailboxes,
            commands=commands,
            services=Services(
                Pages(database, search, clock, settings.public_url),
                Feeds(database, search, clock),
                clock,
                kept_mailboxes,
                commands.handle,
                {name: one.preview for name, one in installed.items() if one.preview is not plain},
                opt_ins if opt_ins.problem is None else None,
                opt_ins.problem if settings.smtp_url else None,
            ),
        )


def links_of(settings: Settings) -> Links | None:
    """What signs links to the public address; None where that, or the secret, is not set."""
    if settings.public_url is None or settings.secret is None:
        return None
    return Links(settings.public_url, settings.secret.get_secret_value())
