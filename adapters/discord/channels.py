"""Where a place leads: its channel, and how that kind of channel holds a thread."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.discord.rest import Rest, id_in
from adapters.discord.tags import Tags, tags_of
from bot.adapter import Temporary
from bot.places import Place
from bot.recent import Recent

# https://discord.com/developers/docs/resources/channel#channel-object-channel-types
_TEXT, _ANNOUNCEMENT, _FORUM, _MEDIA = 0, 5, 15, 16
# So that a morning's direct messages need not be opened anew each day; half a kilobyte each.
_REMEMBERED = 50_000
_TAGS_KEPT = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as it is needed here.

    Args:
        kind: Discord's number of its type.
        guild: the server's id; empty for direct messages.
        tags: what a forum offers for its posts.
    """

    id: str
    kind: int
    guild: str = ""
    tags: Tags = field(default_factory=Tags)

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
    but for text becoming announcement, which is treated alike. The tags of a forum do, so that it is asked
    for again after five minutes.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, rest: Rest, clock: Callable[[], float] = time.monotonic) -> None:
        self._rest = rest
        self._clock = clock
        self._known: Recent[str, tuple[float, Channel]] = Recent(_REMEMBERED)

    async def of(self, place: Place, *, afresh: bool = False) -> Channel:
        """The channel of a place. Raises an AdapterError; never Ambiguous, for nothing is posted.

        Args:
            afresh: ask even where it is known.
        """
        asked, known = self._known.get(place.address) or (0.0, None)
        if known is None or afresh or (known.forum and self._clock() - asked > _TAGS_KEPT):
            known = await self._ask(place)
            self._known.put(place.address, (self._clock(), known))
        return known

    async def _ask(self, place: Place) -> Channel:
        if place.direct:
            answer = await self._rest.request("POST", "/users/@me/channels", {"recipient_id": place.person})
        else:
            answer = await self._rest.request("GET", f"/channels/{place.address}")
        channel_id = id_in(answer.data)
        if channel_id is None or not isinstance(answer.data.get("type"), int):
            raise Temporary("Discord gave no usable answer about the channel.")
        guild = id_in(answer.data, "guild_id") or ""
        return Channel(channel_id, answer.data["type"], guild, tags_of(answer.data))
