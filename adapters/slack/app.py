"""The Slack adapter: its life, and sending, changing and finding messages."""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiohttp.web import RouteDef

from adapters.slack import PLATFORM
from adapters.slack.api import Api, words
from adapters.slack.bolt import bolt_app
from adapters.slack.errors import MissingScope
from adapters.slack.finding import EVENT, Finder
from adapters.slack.http import Events
from adapters.slack.installing import Door, install_url
from adapters.slack.manifest import serves_added
from adapters.slack.posting import post
from adapters.slack.reception import Reception
from adapters.slack.render import Block, render
from adapters.slack.socket_mode import Socket
from adapters.slack.teams import Teams
from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    Temporary,
    Thread,
    Untraceable,
    Workspaces,
)
from bot.markup import Message
from bot.places import Place
from bot.request import Handler, Suggest
from bot.settings import Settings

_KEYS = uuid.UUID("6b1f3d1e-6a0b-4f0e-9a53-5d7f3a1d9c42")


class SlackAdapter:
    """The workspace of SLACK_BOT_TOKEN, and all that have installed the bot. See `bot.adapter.Adapter` for
    what each method promises.

    Args:
        settings: the tokens and addresses.
        workspaces: those that have a token of their own.
        grace: seconds that answers under way get when it stops.
        patience: seconds that Slack waits for what is wrong in a form; three are the most.
    """

    name = PLATFORM.name
    limits = PLATFORM.limits

    def __init__(
        self, settings: Settings, workspaces: Workspaces, grace: float = 5.0, patience: float = 2.0
    ) -> None:
        self._settings = settings
        self._workspaces = workspaces
        self._grace = grace
        self._patience = patience
        secret = settings.slack_signing_secret
        self._events = Events(secret.get_secret_value()) if secret and not settings.slack_app_token else None
        self._door = Door(settings) if settings.slack_client_id or settings.slack_client_secret else None
        self._teams: Teams | None = None
        self._reception: Reception | None = None
        self._socket: Socket | None = None
        self._finder = Finder()
        self._over = asyncio.Event()
        self._cause: AdapterError | None = None

    @property
    def routes(self) -> Sequence[RouteDef]:
        """Where Slack posts to, unless in Socket Mode, and where other workspaces install the bot."""
        return (*(self._events.routes if self._events else ()), *(self._door.routes if self._door else ()))

    async def start(self, handle: Handler | None, suggest: Suggest | None = None) -> None:
        settings = self._settings
        home = settings.slack_bot_token
        if not home and (self._door.missing if self._door else not serves_added(settings)):
            more = f" Or, for many workspaces, set {' and '.join(self._door.missing)}." if self._door else ""
            raise InstallationGone(
                f"Slack needs SLACK_BOT_TOKEN; set it to the token that begins with xoxb-.{more}"
            )
        if handle and not (settings.slack_app_token or settings.slack_signing_secret):
            raise InstallationGone(
                "To hear commands, Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP); "
                "set one of them."
            )
        self._over.clear()
        self._cause = None
        token = home.get_secret_value() if home else None
        self._teams = Teams(settings.slack_api_url, token, self._workspaces)
        if handle:
            try:
                await self._listen(handle, self._teams)
            except AdapterError:
                await self.stop()
                raise

    async def wait(self) -> None:
        await self._over.wait()
        if self._cause:
            raise self._cause

    async def stop(self) -> None:
        if self._socket:
            await self._socket.end()
        if self._events:
            self._events.app = None
        if self._door:
            self._door.close()
        if self._reception:
            await self._reception.finish(self._grace)
        if self._teams:
            await self._teams.close()
        self._socket = self._reception = self._teams = None
        self._over.set()

    async def send(self, place: Place, message: Message, key: str, thread: Thread | None = None) -> str:
        self._finder.forget(place, key)
        api = await self._api(place)
        channel, thread_ts = await self._where(api, place, thread)
        text, blocks = render(message)
        body = {
            "channel": channel,
            "text": text,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT, "event_payload": {"key": key}},
            "client_msg_id": str(uuid.uuid5(_KEYS, key)),
        }
        if thread_ts:
            body["thread_ts"] = thread_ts
        return _ref(await _write(api, "chat.postMessage", body, blocks))

    async def edit(self, place: Place, ref: str, message: Message) -> None:
        api = await self._api(place)
        channel, ts = _parts(ref)
        text, blocks = render(message)
        try:
            await _write(api, "chat.update", {"channel": channel, "ts": ts, "text": text}, blocks)
        except Ambiguous as doubt:
            # Changing a message twice does no harm.
            raise Temporary("Slack did not confirm the change; trying again later helps.") from doubt

    async def find(
        self, place: Place, key: str, thread: Thread | None = None, since: datetime | None = None
    ) -> str | None:
        try:
            api = await self._api(place)
            channel, thread_ts = await self._where(api, place, thread)
            ts = await self._finder.find(api, place, channel, thread_ts, key, since)
        except MissingScope as refused:
            raise Untraceable(f"The bot may not look for its own message. {refused}") from refused
        return f"{channel}:{ts}" if ts else None

    async def _api(self, place: Place) -> Api:
        """The API with the token for a place. Raises an AdapterError."""
        if self._teams is None:
            raise RuntimeError("the Slack adapter has not been started")
        return await self._teams.of(place.installation)

    async def _listen(self, handle: Handler, teams: Teams) -> None:
        settings = self._settings
        me = await teams.home.ask(teams.home.web.auth_test()) if teams.home else None
        url = install_url(settings) if self._door and not self._door.missing else None
        reception = Reception(handle, teams, settings.slack_api_url, me, self._patience, url)
        self._reception = reception
        app = bolt_app(teams.nobody.web, reception)
        if settings.slack_app_token:
            token = settings.slack_app_token.get_secret_value()
            self._socket = Socket(app, teams.nobody, token, self._end)
            await self._socket.open()
        elif self._events:
            self._events.app = app
        if self._door:
            self._door.open(teams, reception.home)

    def _end(self, cause: AdapterError) -> None:
        self._cause = cause
        self._over.set()

    @staticmethod
    async def _where(api: Api, place: Place, thread: Thread | None) -> tuple[str, str | None]:
        """The channel to post in, and the message to reply to."""
        if thread:
            return _parts(thread.ref)
        if not place.direct:
            return place.local, None
        return await api.direct_channel(place.person), None


async def _write(api: Api, method: str, body: dict[str, Any], blocks: list[Block]) -> dict[str, Any]:
    return await post(api, method, blocks, lambda blocks: body | {"blocks": blocks})


def _parts(ref: str) -> tuple[str, str]:
    channel, _, ts = ref.partition(":")
    return channel, ts


def _ref(answer: dict[str, Any]) -> str:
    channel, ts = words(answer, "channel"), words(answer, "ts")
    if not (channel and ts):
        raise Ambiguous("Slack took the message without saying where it is.")
    return f"{channel}:{ts}"
