"""What Slack can tell of people: their zone, what they manage, what they see. Asked only when wanted."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.slack.api import Api, part, words
from bot.adapter import AdapterError

_Known = TypeVar("_Known")

_PATIENCE = 2.0
_KEPT_SECONDS, _MOST_KEPT = 120.0, 500
# https://docs.slack.dev/reference/methods/users.conversations: at most 999 a page
_PAGE, _PAGES = 999, 5


class People:
    """Asks Slack about people and channels, and keeps the answers for two minutes.

    Args:
        clock: seconds, for how long an answer is kept.
    """

    def __init__(self, api: Api, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def asker(self, user: str, channel: str) -> "Colleague":
        """What can be told of a person of our workspace, who asks in a channel (none: in the Home tab)."""
        return Colleague(self, user, channel)

    async def belongs(self, user: str, team: str, enterprise: str) -> bool:
        """Whether a person of an organisation is one of this workspace too; False where it cannot be known.

        Of such a person, Slack names any of their workspaces (reference/objects/user-object).
        """
        known = part(await _within_reason(self.person(user), {}), "enterprise_user")
        teams = known.get("teams")
        return words(known, "enterprise_id") == enterprise and isinstance(teams, list) and team in teams

    async def person(self, user: str) -> dict[str, Any]:
        """The user object of a person. Raises an AdapterError."""
        return await self._asked(user, "user", lambda: self._api.web.users_info(user=user))

    async def channel(self, channel: str) -> dict[str, Any]:
        """The object of a channel that the bot can see. Raises an AdapterError."""
        return await self._asked(
            channel, "channel", lambda: self._api.web.conversations_info(channel=channel)
        )

    async def channels(self, user: str) -> AsyncIterator[set[str]]:
        """The channels that a person is in, those where the bot is not and which are private left out."""
        cursor = None
        for _ in range(_PAGES):
            page = await self._api.ask(
                self._api.web.users_conversations(
                    user=user,
                    types="public_channel,private_channel",
                    exclude_archived=True,
                    limit=_PAGE,
                    cursor=cursor,
                )
            )
            found = page.get("channels")
            yield {words(channel, "id") for channel in found} if isinstance(found, list) else set()
            cursor = words(part(page, "response_metadata"), "next_cursor")
            if not cursor:
                return

    async def _asked(self, name: str, kind: str, call: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
        now = self._clock()
        kept = self._kept.get(name)
        if kept and now - kept[0] < _KEPT_SECONDS:
            return kept[1]
        found = part(await self._api.ask(call()), kind)
        self._kept.pop(name, None)
        while len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))  # the oldest
        self._kept[name] = (now, found)
        return found


class Colleague:
    """A person of our workspace who asks. See `bot.request.Asker`; each answer takes two seconds at most."""

    zone_source = "your profile"

    def __init__(self, people: People, user: str, channel: str) -> None:
        self._people = people
        self._user = user
        self._channel = channel

    async def zone(self) -> str | None:
        person = await _within_reason(self._people.person(self._user), {})
        try:
            return ZoneInfo(words(person, "tz")).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None

    async def manages(self) -> bool:
        """As an owner or admin of the workspace, or as who made the channel; their messages are their own."""
        if not self._channel or self._channel.startswith("D"):
            return True
        return await _within_reason(self._manages(), False)

    async def sees(self, addresses: Collection[str]) -> set[str]:
        wanted = set(addresses)
        found: set[str] = set()

        async def look() -> None:
            async for channels in self._people.channels(self._user):
                found.update(wanted & channels)
                if found == wanted:
                    return

        if wanted:
            await _within_reason(look(), None)
        return found

    async def _manages(self) -> bool:
        person = await self._people.person(self._user)
        if any(person.get(role) is True for role in ("is_admin", "is_owner", "is_primary_owner")):
            return True
        return words(await self._people.channel(self._channel), "creator") == self._user


async def _within_reason(question: Awaitable[_Known], otherwise: _Known) -> _Known:
    """The answer to a question; `otherwise` if Slack refuses it or takes longer than a person would wait."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await question
    except (AdapterError, TimeoutError):
        return otherwise
