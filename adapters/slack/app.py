"""The Slack adapter: its life, and sending, changing and finding messages."""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiohttp.web import RouteDef

from adapters.slack import PLATFORM
from adapters.slack.api import Api, part, unusable, words
from adapters.slack.bolt import bolt_app
from adapters.slack.errors import MissingScope
from adapters.slack.http import Events
from adapters.slack.installing import Door, install_url
from adapters.slack.manifest import serves_added
from adapters.slack.posting import post
from adapters.slack.reception import Reception
from adapters.slack.render import Block, render
from adapters.slack.socket_mode import Socket
from adapters.slack.teams import Teams
from bot.adapter import (
    CLOCKS_DIFFER,
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

_EVENT = "daily_papers_part"
_KEYS = uuid.UUID("6b1f3d1e-6a0b-4f0e-9a53-5d7f3a1d9c42")
# An app that is sold gets 15 messages a call whatever it asks for; ten calls reach back 150.
_PAGE, _PAGES = 15, 70


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
        api = await self._api(place)
        channel, thread_ts = await self._where(api, place, thread)
        text, blocks = render(message)
        body = {
            "channel": channel,
            "text": text,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": _EVENT, "event_payload": {"key": key}},
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
            return await self._found(place, key, thread, since)
        except MissingScope as refused:
            raise Untraceable(f"The bot may not look for its own message. {refused}") from refused

    async def _found(
        self, place: Place, key: str, thread: Thread | None, since: datetime | None
    ) -> str | None:
        api = await self._api(place)
        channel, thread_ts = await self._where(api, place, thread)
        asked: dict[str, Any] = {"channel": channel, "limit": _PAGE, "include_all_metadata": True}
        for _ in range(_PAGES):
            if thread_ts:
                call = api.web.conversations_replies(ts=thread_ts, **asked)
            else:
                call = api.web.conversations_history(**asked)
            page = await api.ask(call)
            messages = page.get("messages")
            if not isinstance(messages, list):
                raise unusable()
            for posted in messages:
                if _key(posted) == key and (ts := words(posted, "ts")):
                    return f"{channel}:{ts}"
            asked["cursor"] = words(part(page, "response_metadata"), "next_cursor")
            # A thread comes oldest first, a channel latest first.
            if not asked["cursor"] or (not thread_ts and since and _all_before(messages, since)):
                return None
        return None

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


def _all_before(messages: list[Any], since: datetime) -> bool:
    """Whether the last of some messages is older than a message that was posted at `since` can be."""
    posted = _posted_at(words(messages[-1], "ts")) if messages else None
    return posted is None or posted < (since - CLOCKS_DIFFER).timestamp()


def _posted_at(ts: str) -> float | None:
    """When a message was posted, in seconds since 1970; None where that cannot be read."""
    try:
        return float(ts)
    except ValueError:
        return None


def _parts(ref: str) -> tuple[str, str]:
    channel, _, ts = ref.partition(":")
    return channel, ts


def _ref(answer: dict[str, Any]) -> str:
    channel, ts = words(answer, "channel"), words(answer, "ts")
    if not (channel and ts):
        raise Ambiguous("Slack took the message without saying where it is.")
    return f"{channel}:{ts}"


def _key(posted: object) -> str:
    """The part key of a message of ours; empty for any other."""
    metadata = part(posted, "metadata")
    return words(part(metadata, "event_payload"), "key") if metadata.get("event_type") == _EVENT else ""
