"""Workspaces that have a token of their own: kept sealed, opened, removed, and what that pauses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from pydantic import SecretStr
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.adapter import InstallationGone, InstallationRemoved, Installed, Temporary
from bot.clock import Clock
from bot.logs import log
from bot.messages.reasons import REMOVED
from bot.sealing import NO_SECRET, Sealer, SealError
from storage import installations
from storage.database import Database, DatabaseError
from storage.models import Installation


class KeptWorkspaces:
    """The workspaces in the database; see `bot.adapter.Workspaces` for what each method promises.

    Args:
        secret: seals the tokens; None where there is none, and so can be no workspace.
        clock: UTC.
    """

    def __init__(self, database: Database, secret: SecretStr | None, clock: Clock) -> None:
        self._database = database
        self._secret = secret
        self._clock = clock
        self._made: Sealer | None = None

    @property
    def open(self) -> bool:
        return self._secret is not None

    async def keep(self, installed: Installed) -> int:
        platform, name = installed.platform, installed.name
        sealed = self._sealer().seal(installed.token, _row(platform, name))
        new = Installation(
            platform=platform,
            name=name,
            token=sealed,
            enterprise=installed.enterprise or None,
            bot=installed.bot,
            title=installed.title,
            installed_at=self._clock(),
        )
        async with _reachable(), self._database.write() as session:
            await installations.hold_installation(session, platform, name)
            await installations.keep_installation(session, new)
            resumed = await installations.resume_installation(session, platform, name, REMOVED)
        log.info("workspace_installed", platform=platform, workspace=name, resumed=resumed)
        return resumed

    async def installed(self, platform: str, name: str) -> Installed:
        async with _reachable(), self._database.read() as session:
            found = await installations.installation(session, platform, name)
        if found is None or found.removed_at is not None:
            raise InstallationRemoved(
                REMOVED if found else f"The bot is not installed in {name}; install it there."
            )
        try:
            token = self._sealer().open(found.token, _row(platform, name))
        except SealError as problem:
            raise InstallationGone(
                f"The token of {_row(platform, name)} cannot be opened: {problem}."
            ) from problem
        return Installed(
            platform,
            name,
            token,
            found.bot,
            found.title,
            found.enterprise or "",
        )

    async def remove(
        self, platform: str, name: str, token: str | None = None, before: datetime | None = None
    ) -> bool:
        async with _reachable(), self._database.write() as session:
            found = await installations.hold_installation(session, platform, name)
            if found is None or found.removed_at is not None:
                return True
            if (token is not None and not self._holds(found, token)) or (
                before and before < found.installed_at
            ):
                return False
            found.token, found.removed_at = "", self._clock()
            await session.flush()
            paused = await end_installation(session, platform, name, self._clock())
        log.info("workspace_removed", platform=platform, workspace=name, paused=paused)
        return True

    async def all(self, platform: str) -> list[tuple[Installation, int]]:
        """Every workspace of a platform, those that were removed as well, each with how many subscriptions
        it has. Raises Temporary."""
        async with _reachable(), self._database.read() as session:
            found = await installations.installations(session, platform)
            subscribed = await installations.subscribed(session, platform)
        return [(one, subscribed.get(one.name, 0)) for one in found]

    def _holds(self, found: Installation, token: str) -> bool:
        """Whether a row holds this token. One that cannot be opened is another."""
        try:
            return self._sealer().open(found.token, _row(found.platform, found.name)) == token
        except SealError:
            return False

    def _sealer(self) -> Sealer:
        if self._secret is None:
            raise InstallationGone(f"Workspaces cannot be kept: {NO_SECRET}.")
        self._made = self._made or Sealer(self._secret, "token of a workspace")
        return self._made


async def end_installation(session: AsyncSession, platform: str, name: str, now: datetime) -> int:
    """Pause all that goes to a workspace, and give up what is planned; how many subscriptions are paused.
    None where it is installed: who has just been refused may have used a token of before."""
    found = await installations.hold_installation(session, platform, name)
    if found is not None and found.removed_at is None:
        return 0
    paused = await installations.pause_installation(session, platform, name, REMOVED)
    await installations.cancel_installation(session, platform, name, REMOVED, now)
    return paused


def _row(platform: str, name: str) -> str:
    """What a token is sealed for."""
    return f"{platform}:{name}"


@asynccontextmanager
async def _reachable() -> AsyncIterator[None]:
    """What an adapter is told where the database cannot be used."""
    try:
        yield
    except DatabaseError as problem:
        raise Temporary("The database that keeps the workspaces cannot be used now.") from problem
