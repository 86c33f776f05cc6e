"""Discord as an adapter: posts, edits and finds messages, and listens when there is a handler.

All posting goes through `Rest`; discord.py is imported only to listen.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.discord import PLATFORM
from adapters.discord.channels import Channel, Channels
from adapters.discord.errors import (
    ARCHIVED,
    CLOSED_THREADS,
    LOCKED,
    MISSING_PERMISSION,
    THREAD_EXISTS,
    UNKNOWN_CHANNEL,
    named_error,
)
from adapters.discord.forum import ARCHIVE_AFTER, Posts
from adapters.discord.modal import FORM_WITHIN
from adapters.discord.render import Payload, carries, render, thread_name
from adapters.discord.rest import Answer, Rest, items_in, posted_at, posted_id
from bot.adapter import CLOCKS_DIFFER, AdapterError, Gate, Rejected, Thread
from bot.clock import Clock, utc_now
from bot.markup import Message
from bot.places import Place
from bot.recent import Recent
from bot.request import Handler, Suggest
from bot.settings import Settings
from bot.shards import parse_shards

if TYPE_CHECKING:
    from adapters.discord.gateway import Gateway

_REF = re.compile(r"([0-9]{1,20}):([0-9]{1,20})")
_SILENT = 1 << 12  # SUPPRESS_NOTIFICATIONS: the head has rung already
_LATEST = 100
_PAGES = 20
_THREADS_REMEMBERED = 10_000
# Why an archived thread stays there: only moderators may open one that is locked.
_NOT_OPENED = {UNKNOWN_CHANNEL: UNKNOWN_CHANNEL, MISSING_PERMISSION: LOCKED, LOCKED: LOCKED}


class DiscordAdapter:
    """One bot on Discord.

    A message's reference is `<channel>:<message>`, where the channel is the thread for a reply, and for a
    forum post the post itself, whose first message has the same id.

    Args:
        gate: keeps the rate of all requests of the bot; None for none.
        now: UTC.
        clock: monotonic seconds.
        form_within: seconds that the answer to a button may take to become a form.
        sleep: waits some seconds, between the beginnings of connections.
    """

    name = PLATFORM.name
    limits = PLATFORM.limits
    routes = ()

    def __init__(
        self,
        settings: Settings,
        gate: Gate | None = None,
        now: Clock = utc_now,
        clock: Callable[[], float] = time.monotonic,
        form_within: float = FORM_WITHIN,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        secret = settings.discord_bot_token
        self._token = secret.get_secret_value().strip() if secret else ""
        self._base = settings.discord_api_url.rstrip("/")
        self._now = now
        self._rest = Rest(self._base, self._token, clock, gate)
        self._channels = Channels(self._rest, clock)
        self._posts = Posts(self._rest, self._channels)
        self._form_within = form_within
        self._open_threads: Recent[str, bool] = Recent(_THREADS_REMEMBERED)
        self._shards = parse_shards(settings.discord_shards) if settings.discord_shards else None
        self._clock = clock
        self._sleep = sleep
        self._gateway: Gateway | None = None

    async def start(self, handle: Handler | None, suggest: Suggest | None = None) -> None:
        """Connect to the gateway if there is a handler; to send alone needs no connection."""
        if handle is None:
            return
        from adapters.discord.client import Starts
        from adapters.discord.gateway import Gateway

        self._gateway = Gateway(
            self._base,
            self._token,
            self._rest,
            handle,
            suggest,
            self._now,
            self._form_within,
            self._shards,
            Starts(self._clock, self._sleep),
        )
        await self._gateway.start()

    async def wait(self) -> None:
        """Return when `stop` was called. Raises InstallationGone when Discord shut the bot out."""
        if self._gateway is None:
            await asyncio.Event().wait()
        else:
            await self._gateway.wait()

    async def stop(self) -> None:
        """Disconnect. Safe to call twice, and after a failed start."""
        if self._gateway is not None:
            await self._gateway.stop()
        await self._rest.close()

    async def send(self, place: Place, message: Message, key: str, thread: Thread | None = None) -> str:
        """Post one message and return its reference. See `bot.adapter.Adapter`.

        In direct messages and inside an existing thread a reply stands beside its head and refers to it.
        """
        channel = await self._channels.of(place)
        payload = render(message, key)
        if thread is not None:
            return await self._reply(channel, payload, key, thread)
        if channel.forum:
            post = await self._posts.open(place, payload, message)
            return f"{post}:{post}"
        return await self._post(channel, channel.id, payload, key)

    async def edit(self, place: Place, ref: str, message: Message) -> None:
        """Replace a message. Raises Rejected where it was deleted. See `bot.adapter.Adapter`."""
        where, posted = _parse(ref)
        await self._write(await self._channels.of(place), "PATCH", where, f"/{posted}", render(message))

    async def find(
        self, place: Place, key: str, thread: Thread | None = None, since: datetime | None = None
    ) -> str | None:
        """Look for `key` in the latest 100 messages and all since then, or in our latest 5 forum posts."""
        channel = await self._channels.of(place)
        if thread is None and channel.forum:
            post = await self._posts.find(channel, key)
            return f"{post}:{post}" if post else None
        where = channel.id if thread is None or channel.flat else _parse(thread.ref)[1]
        path = f"/channels/{where}/messages?limit={_LATEST}"
        before = ""
        for _ in range(_PAGES):
            # A thread that was not opened yet is a channel that Discord does not know.
            answer = await self._rest.request(
                "GET", path + before, expected=(UNKNOWN_CHANNEL,) if thread else ()
            )
            if answer.code:
                return None
            messages = items_in(answer)
            found = next((posted["id"] for posted in messages if carries(posted, key)), None)
            if found:
                return f"{where}:{found}"
            last = int(messages[-1]["id"]) if messages else 0
            if len(messages) < _LATEST or since is None or posted_at(last) < since - CLOCKS_DIFFER:
                return None
            before = f"&before={last}"
        return None

    async def _reply(self, channel: Channel, payload: Payload, key: str, thread: Thread) -> str:
        parent, head = _parse(thread.ref)
        payload["flags"] = _SILENT
        if channel.flat:
            payload["message_reference"] = {"message_id": head, "fail_if_not_exists": False}
            return await self._post(channel, channel.id, payload, key)
        if parent != head and not self._open_threads.get(head):
            await self._rest.request(
                "POST",
                f"/channels/{parent}/messages/{head}/threads",
                {"name": thread_name(thread.title), "auto_archive_duration": ARCHIVE_AFTER},
                expected=(THREAD_EXISTS,),
            )
            self._open_threads.put(head, True)
        return await self._post(channel, head, payload, key)

    async def _post(self, channel: Channel, where: str, payload: Payload, key: str) -> str:
        payload["nonce"] = key
        payload["enforce_nonce"] = True
        return f"{where}:{posted_id(await self._write(channel, 'POST', where, '', payload))}"

    async def _write(
        self, channel: Channel, method: str, where: str, message: str, payload: Payload
    ) -> Answer:
        """Post or edit in the channel or in its thread; one that is in the archive is fetched back, once."""
        path = f"/channels/{where}/messages{message}"
        creates = method == "POST"
        answer = await self._rest.request(method, path, payload, creates=creates, expected=CLOSED_THREADS)
        if answer.code == ARCHIVED:
            opened = await self._rest.request(
                "PATCH", f"/channels/{where}", {"archived": False}, expected=_NOT_OPENED
            )
            if opened.code:
                raise await self._closed(channel, where, _NOT_OPENED[opened.code])
            answer = await self._rest.request(method, path, payload, creates=creates, expected=CLOSED_THREADS)
        if answer.code:
            raise await self._closed(channel, where, answer.code)
        return answer

    async def _closed(self, channel: Channel, where: str, code: int) -> AdapterError:
        """The error of a place, or of a thread in it. Raises PlaceGone where the channel went with it."""
        if where == channel.id:
            return named_error(code)
        if code == UNKNOWN_CHANNEL:
            await self._rest.request("GET", f"/channels/{channel.id}")
        return Rejected(f"{CLOSED_THREADS[code]} (Discord: {code})")


def _parse(ref: str) -> tuple[str, str]:
    found = _REF.fullmatch(ref)
    if not found:
        raise Rejected("The reference of the message is not one of Discord's.")
    return found[1], found[2]
