"""Where a place leads: its channel, and how that kind of channel holds a thread."""

from dataclasses import dataclass

from adapters.discord.recent import Recent
from adapters.discord.rest import Rest, id_in
from bot.adapter import Temporary
from bot.places import Place

# https://discord.com/developers/docs/resources/channel#channel-object-channel-types
_TEXT, _ANNOUNCEMENT, _FORUM, _MEDIA = 0, 5, 15, 16
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as it is needed here.

    Args:
        kind: Discord's number of its type.
        guild: the server's id; empty for direct messages.
    """

    id: str
    kind: int
    guild: str = ""

    @property
    def forum(self) -> bool:
        """Whether every message in it opens a post, which is a thread from the start."""
        return self.kind in (_FORUM, _MEDIA)

    @property
    def flat(self) -> bool:
        """Whether replies stand beside their head: direct messages, threads, voice channels."""
        return not self.forum and self.kind not in (_TEXT, _ANNOUNCEMENT)


class Channels:
    """Asks Discord for each place's channel once. A channel's kind and a person's DM channel never change,
    but for text becoming announcement, which is treated alike."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._known: Recent[str, Channel] = Recent(_REMEMBERED)

    async def of(self, place: Place) -> Channel:
        """The channel of a place. Raises an AdapterError; never Ambiguous, for nothing is posted."""
        known = self._known.get(place.address)
        if known is None:
            known = await self._ask(place)
            self._known.put(place.address, known)
        return known

    async def _ask(self, place: Place) -> Channel:
        if place.direct:
            answer = await self._rest.request("POST", "/users/@me/channels", {"recipient_id": place.person})
        else:
            answer = await self._rest.request("GET", f"/channels/{place.address}")
        channel_id = id_in(answer.data)
        if channel_id is None or not isinstance(answer.data.get("type"), int):
            raise Temporary("Discord gave no usable answer about the channel.")
        return Channel(channel_id, answer.data["type"], id_in(answer.data, "guild_id") or "")
