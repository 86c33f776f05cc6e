"""The running bot: its jobs, and the platforms listening."""

import asyncio
from collections.abc import Collection, Sequence

from bot.adapter import Adapter, AdapterError, Ambiguous, InstallationGone, RateLimited, Temporary
from bot.app import App
from bot.entrance import Entrance, EntranceError
from bot.jobs import Jobs
from bot.logs import log
from bot.messages import reasons
from bot.roles import DELIVER, ROLES, NoSuchRole
from bot.settings import OFF
from bot.site import Site, sites
from bot.watching import Watching

START_PAUSE = 30.0
"""Seconds between attempts to start a platform that is out of reach."""


class Runtime:
    """Runs one process of the bot."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._site_kinds = sites()

    async def run(self, stop: asyncio.Event, console: bool = False, only: Collection[str] = ()) -> int:
        """Run until `stop` is set, or until no platform is left; the exit code.

        Args:
            console: listen at the terminal too.
            only: what this process is for, of `roles`; nothing named is everything.

        Raises InstallationGone where a platform that it is for is not set up, EntranceError where it is for a
        site alone and that cannot be served, NoSuchRole.
        """
        if unknown := sorted(set(only) - set(self.roles())):
            raise NoSuchRole(
                f"no process is for {', '.join(unknown)}; --only takes {', '.join(self.roles())}"
            )
        pages = self._sites(only)
        names = self._listened_to(console, bool(pages), only)
        jobs = Jobs(self._app, [role for role in ROLES if not only or role in only])
        adapters = [self._app.connections.listener(name) for name in names]
        watching = self._watching(names)
        served = [*watching.routes(), *(route for one in adapters for route in one.routes)]
        served += [route for page in pages for route in page.routes]
        entrance = Entrance(self._app.settings.http, served)
        try:
            needed = any(adapter.routes for adapter in adapters)
            closed = await self._open(entrance, needed, [page.name for page in pages])
            if closed and pages and (set(only) & self._site_kinds.keys() or not adapters):
                raise EntranceError(closed)
            if pages and not closed and (problem := self._app.services.mail_problem):
                log.warning("nobody_can_subscribe_by_mail", problem=problem)
            return await self._run_until(stop, jobs, adapters, watching, closed)
        finally:
            await entrance.close()
            for page in pages:
                await page.close()
            await watching.close()

    def _sites(self, only: Collection[str]) -> list[Site]:
        """The sites that this process serves; none where nothing is served, unless it is for one."""
        app = self._app
        kinds = self._site_kinds
        wanted = set(only) & kinds.keys() if only or app.settings.http == OFF else kinds.keys()
        return [kinds[name].create(app.settings, app.services) for name in sorted(wanted)]

    def _listened_to(self, console: bool, serves: bool, only: Collection[str]) -> list[str]:
        """The platforms that this process listens to. Raises InstallationGone where one that it is for is
        not set up, or where none is and it could neither send nor hear nor show anything.

        Args:
            serves: it has pages for whoever comes, who need no platform.
        """
        connections = self._app.connections
        configured = [platform.name for platform in connections.configured()]
        for name in only:
            if name in connections.listening and name not in configured:
                raise InstallationGone(connections.missing(name) or reasons.NO_PLATFORM)
        if not (configured or console or connections.silent()):
            if DELIVER in only or not (only or serves):
                raise InstallationGone(reasons.NO_PLATFORM)
            if not only:
                log.warning("no_platform", problem=reasons.NO_PLATFORM)
        return [name for name in configured if not only or name in only] + (["console"] if console else [])

    def roles(self) -> list[str]:
        """What a process can be for: work of its own, listening to a platform, or serving a site."""
        return [*ROLES, *self._app.connections.listening, *sorted(self._site_kinds)]

    def _watching(self, wanted: Sequence[str]) -> Watching:
        app = self._app
        return Watching(app.database, app.metrics, app.clock, app.connections.names, wanted)

    async def _open(self, entrance: Entrance, needed: bool, sites: Sequence[str]) -> str | None:
        """Open the web server; why it is closed, in a sentence, if it is.

        Args:
            needed: a platform cannot listen without it and will say so itself; else it is only missed by
                who watches, and two bots on one machine must both run.
        """
        try:
            await entrance.open()
        except EntranceError as problem:
            if not needed and self._app.settings.http != OFF:
                log.warning("nobody_can_watch", problem=str(problem))
            return str(problem)
        log.info("serving", address=entrance.address, **dict.fromkeys(sites, f"http://{entrance.address}/"))
        return None

    async def _run_until(
        self,
        stop: asyncio.Event,
        jobs: Jobs,
        adapters: Sequence[Adapter],
        watching: Watching,
        closed: str | None,
    ) -> int:
        """The bot at work. A process that listens to nothing works until it is stopped.

        Args:
            closed: why nothing comes in over HTTP; None where it does.
        """
        listeners = [asyncio.create_task(self._listen(adapter, watching, closed)) for adapter in adapters]
        working = asyncio.create_task(jobs.start())
        ended = asyncio.create_task(_all_of(listeners))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            return 0 if stop.is_set() or all(task.result() for task in listeners) else 1
        finally:
            finishing = asyncio.create_task(jobs.finish())
            tasks = (*listeners, working, ended, stopped)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await finishing

    async def _listen(self, adapter: Adapter, watching: Watching, closed: str | None) -> bool:
        """Keep a platform listening; False when it has shut us out for good, True when its user is done."""
        name = adapter.name
        if adapter.routes and closed:
            log.error("platform_ended", platform=name, problem=closed)
            return False
        while True:
            try:
                await self._listen_once(adapter, watching)
                return True
            except (Temporary, RateLimited, Ambiguous) as problem:
                log.warning("platform_out_of_reach", platform=name, problem=str(problem))
            except AdapterError as problem:
                log.error("platform_ended", platform=name, problem=str(problem))
                return False
            except Exception:
                log.exception("listening_broke", platform=name)
            finally:
                watching.is_silent(name)
                await adapter.stop()
            await asyncio.sleep(START_PAUSE)

    async def _listen_once(self, adapter: Adapter, watching: Watching) -> None:
        await adapter.start(self._app.commands.handle, self._app.commands.suggest)
        watching.listens(adapter.name)
        log.info("listening", platform=adapter.name)
        await adapter.wait()


async def _all_of(tasks: list[asyncio.Task[bool]]) -> None:
    """Return when all of them have ended; never where there are none."""
    if not tasks:
        await asyncio.Event().wait()
    await asyncio.wait(tasks)
