"""`demo`: the real pipeline on a file, without a token: source, ingest, digest, delivery, console."""

import asyncio
import signal
import sys
from datetime import date

from pydantic import SecretStr

from bot.app import App
from bot.cli.sending import find_edition
from bot.cli.shell import answer, note
from bot.entrance import Entrance
from bot.ingest import Ingest
from bot.messages import reasons
from bot.messages.words import day_name
from bot.outcome import Outcome
from bot.places import Place
from bot.settings import Settings
from bot.site import sites
from bot.source import SourceError, source_factory
from storage.models import Style

DATABASE = "sqlite:///demo.db"


def prepare(settings: Settings) -> Settings:
    """The demo has a file of its own unless a database was chosen, and asks once: it has a sample at hand."""
    own = {} if "database_url" in settings.model_fields_set else {"database_url": SecretStr(DATABASE)}
    return settings.model_copy(update={"source_attempts": 1, **own})


async def demo(app: App) -> int:
    """Show the newest edition as a thread, then listen for /papers where there is a terminal."""
    edition = await find_edition(app, await _read_newest(app))
    place = Place("console", "")
    planned = await app.poster.plan_post(place, edition, Style.THREAD, None, again=False)
    outcome = planned if isinstance(planned, Outcome) else await app.sender.send_one(planned)
    if outcome is None:
        answer(f"Another demo is posting the edition of {day_name(edition.day)} right now.")
    elif outcome.reason:
        answer(reasons.shown_before(outcome.reason))
    note("As a web page: make page, or daily-papers demo --serve.")
    if sys.stdin.isatty() and sys.stdout.isatty():
        console = app.connections.listener("console")
        await console.start(app.commands.handle)
        await console.wait()
    return 0


async def serve(app: App) -> int:
    """Serve the newest edition as a web page until SIGINT or SIGTERM. Raises EntranceError."""
    await _read_newest(app)
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    shown = [kind.create(app.settings, app.services) for kind in sites().values()]
    entrance = Entrance(app.settings.http, [route for site in shown for route in site.routes])
    try:
        await entrance.open()
        note(f"The page is at http://{entrance.address}/ until you press Ctrl-C.")
        await stop.wait()
    finally:
        await entrance.close()
        for site in shown:
            await site.close()
    return 0


async def _read_newest(app: App) -> date:
    """The day of the newest edition; of the bundled sample where the source is out of reach."""
    try:
        return (await app.ingest.newest()).day
    except SourceError as problem:
        sample = Ingest(
            app.database, source_factory("sample")(app.settings), app.settings.settle_rules, app.clock
        )
        day = (await sample.newest()).day
        what = str(problem).partition(";")[0]
        note(f"{what}; this is the bundled edition of {day_name(day)}.")
        return day
