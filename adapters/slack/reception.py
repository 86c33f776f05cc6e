"""Brings each request to the workspace that it comes from; one that is not installed gets a kind answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.slack import inbound
from adapters.slack.answers import Answers
from adapters.slack.api import Api, part, words
from adapters.slack.forms import notice
from adapters.slack.installation import Installation, installation, neighbour, stranger
from adapters.slack.outgoing import Outgoing
from adapters.slack.people import People
from adapters.slack.render import render
from adapters.slack.tasks import Tasks
from adapters.slack.teams import Teams
from bot.adapter import AdapterError, InstallationRemoved
from bot.logs import log
from bot.markup import Message
from bot.messages.answers import mishap, not_installed
from bot.recent import Recent
from bot.request import Handler

_MOST_DESKS = 2_000
# Slack tells of an event to the second.
_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the requests of one workspace are answered."""

    api: Api
    here: Installation
    answers: Answers


class Reception:
    """All that comes in.

    Args:
        api_url: of the Web API.
        me: what `auth.test` said of SLACK_BOT_TOKEN, where it is set.
        patience: seconds that Slack is kept waiting for what is wrong in a form.
        install_url: where the bot is installed, if it can be.

    Raises Temporary where `me` tells of no workspace.
    """

    def __init__(
        self,
        handle: Handler,
        teams: Teams,
        api_url: str,
        me: Mapping[str, Any] | None,
        patience: float,
        install_url: str | None,
    ) -> None:
        self._handle = handle
        self._teams = teams
        self._api_url = api_url
        self._patience = patience
        self._install_url = install_url
        self._tasks = Tasks()
        self._desks: Recent[str, _Desk] = Recent(_MOST_DESKS)
        self._home: _Desk | None = None
        if me is not None and teams.home is not None:
            people = People(teams.home)
            self._home = self._desk(teams.home, people, installation(me, api_url, people.asker))

    @property
    def home(self) -> str:
        """The workspace of SLACK_BOT_TOKEN; empty where there is none."""
        return self._home.here.team if self._home else ""

    def begin(self, payload: Mapping[str, Any], read: inbound.Reader) -> None:
        """Start to answer and return at once."""
        self._tasks.start(self._answer(payload, read, datetime.now(UTC)))

    async def submitted(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Start to answer a form that was filled in; what Slack shall do with it, nothing to close it."""
        try:
            desk = await self._desk_of(payload)
        except AdapterError as problem:
            return notice(self._refusal(problem))
        return await desk.answers.submitted(inbound.submission(payload, datetime.now(UTC), desk.here))

    async def removed(self, payload: Mapping[str, Any]) -> None:
        """A workspace has removed the bot, or revoked its token. Raises Temporary."""
        event, team = part(payload, "event"), words(payload, "team_id")
        if event.get("type") == "tokens_revoked" and not part(event, "tokens").get("bot"):
            return
        if self._home and team == self._home.here.team:
            log.error("platform_removed_us", platform="slack", workspace=team)
            return
        if inbound.came_from({"team_id": team})[0]:
            await self._teams.remove(team, before=_moment(payload.get("event_time")))

    async def finish(self, grace: float) -> None:
        """Let running answers end within `grace` seconds, then cancel them."""
        await self._tasks.finish(grace)

    async def _answer(self, payload: Mapping[str, Any], read: inbound.Reader, now: datetime) -> None:
        try:
            desk = await self._desk_of(payload)
        except AdapterError as problem:
            await self._turn_away(payload, read, now, problem)
        else:
            desk.answers.begin(read(payload, now, desk.here))

    async def _desk_of(self, payload: Mapping[str, Any]) -> _Desk:
        """Where a request is answered. Raises InstallationRemoved where it is from no workspace of ours, and
        as `Teams.installed` does.

        A workspace of the same organisation as SLACK_BOT_TOKEN's may be named instead of that one.
        """
        team, enterprise = inbound.came_from(payload)
        home = self._home
        if home and (team == home.here.team or not self._teams.open):
            return home
        try:
            installed, api = await self._teams.installed(team)
        except InstallationRemoved:
            if home and enterprise and enterprise == home.here.enterprise:
                return home
            raise
        desk = self._desks.get(team)
        if desk is None or desk.api is not api:
            people = People(api)
            desk = self._desk(api, people, neighbour(installed, self._api_url, people.asker))
            self._desks.put(team, desk)
        return desk

    def _desk(self, api: Api, people: People, here: Installation) -> _Desk:
        return _Desk(api, here, Answers(self._handle, api, people, here, self._patience, self._tasks))

    async def _turn_away(
        self, payload: Mapping[str, Any], read: inbound.Reader, now: datetime, problem: AdapterError
    ) -> None:
        """Say why nothing is done, where that can be said without a token."""
        message = self._refusal(problem)
        bot = words(part(payload, "view"), "bot_id")
        asked = read(payload, now, stranger(inbound.came_from(payload)[0], bot, self._api_url))
        if asked and not asked.back.home:
            await Outgoing(self._teams.nobody).say(asked, [render(message)], private=True)

    def _refusal(self, problem: AdapterError) -> Message:
        if isinstance(problem, InstallationRemoved):
            log.info("request_refused", platform="slack", problem=str(problem))
            return not_installed(self._install_url)
        log.error("request_refused", platform="slack", problem=str(problem))
        return mishap()


def _moment(event_time: object) -> datetime:
    """When an event happened at the latest; now where that is not said."""
    try:
        return datetime.fromtimestamp(float(str(event_time)), UTC) + _A_SECOND
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)
