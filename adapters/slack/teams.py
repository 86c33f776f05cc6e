"""The Web API in each workspace: one pool of connections, a token a workspace."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from adapters.slack.api import Api, new_pool
from adapters.slack.errors import Revoked
from bot.adapter import AdapterError, InstallationGone, InstallationRemoved, Installed, Temporary, Workspaces
from bot.messages.reasons import REMOVED
from bot.recent import Recent

KEPT_SECONDS = 120.0
"""How long a token is used before the database is asked again whether it is still the one."""
_MOST_KEPT = 2_000
_NO_HOME = (
    "Slack needs SLACK_BOT_TOKEN for a place that names no workspace; set it to the token that begins with "
    "xoxb-, or write the place as slack:T0123/C0123."
)


@dataclass(slots=True)
class _Known:
    installed: Installed
    api: Api
    until: float


class Teams:
    """Finds the API of a workspace. Made inside a running event loop.

    Args:
        url: of the API.
        home: SLACK_BOT_TOKEN, if it is set: the token of the workspace whose places name none.
        clock: seconds, for how long a token is kept.
    """

    def __init__(
        self,
        url: str,
        home: str | None,
        workspaces: Workspaces,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._workspaces = workspaces
        self._clock = clock
        self._http = new_pool()
        self._known: Recent[str, _Known] = Recent(_MOST_KEPT)
        self.home = Api(url, home, self._http) if home else None
        self.nobody = Api(url, None, self._http)

    @property
    def open(self) -> bool:
        """Whether there can be other workspaces than that of SLACK_BOT_TOKEN."""
        return self._workspaces.open

    async def close(self) -> None:
        """Close all connections. Safe to call twice."""
        await self._http.close()

    def with_token(self, token: str) -> Api:
        """The API with a token that is not kept yet."""
        return Api(self._url, token, self._http)

    async def of(self, team: str) -> Api:
        """The API of a workspace; of SLACK_BOT_TOKEN's where `team` is empty. Raises as `installed` does."""
        if team:
            return (await self.installed(team))[1]
        if self.home is None:
            raise InstallationGone(_NO_HOME)
        return self.home

    async def installed(self, team: str) -> tuple[Installed, Api]:
        """A workspace with a token of its own. Raises InstallationRemoved, InstallationGone, Temporary."""
        known = self._known.get(team)
        if known and self._clock() < known.until:
            return known.installed, known.api
        installed = await self._workspaces.installed("slack", team)
        known = self._known.get(team)
        api = known.api if known and known.installed.token == installed.token else self._api(installed)
        self._known.put(team, _Known(installed, api, self._clock() + KEPT_SECONDS))
        return installed, api

    async def remove(self, team: str, before: datetime) -> None:
        """Slack says that a workspace removed the bot then. Raises Temporary."""
        await self._workspaces.remove("slack", team, before=before)
        self.forget(team)

    async def keep(self, installed: Installed) -> int:
        """See `Workspaces.keep`."""
        resumed = await self._workspaces.keep(installed)
        self.forget(installed.name)
        return resumed

    def _api(self, installed: Installed) -> Api:
        async def verdict(refused: Revoked) -> AdapterError:
            return await self._refused(installed)

        return Api(self._url, installed.token, self._http, verdict)

    async def _refused(self, installed: Installed) -> AdapterError:
        """What it means that Slack refuses the token of a workspace. It may have got another meanwhile."""
        try:
            gone = await self._workspaces.remove("slack", installed.name, token=installed.token)
        except AdapterError as problem:
            return problem
        finally:
            self.forget(installed.name)
        if gone:
            return InstallationRemoved(REMOVED)
        return Temporary("The workspace has a new token; trying again helps.")

    def forget(self, team: str) -> None:
        """Ask the database for the token of this workspace when it is needed next."""
        self._known.drop(team)
