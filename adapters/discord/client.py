"""discord.py's clients: one connection to the gateway, or several, a shard each."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any

import discord

from adapters.discord.inbound import Inbound
from bot.shards import Shards

_RATE_LIMIT_WAIT = 60.0  # seconds; discord.py would wait for as long as Discord says


class Starts:
    """Spaces the beginnings of sessions, of which Discord takes so many at once every five seconds.

    Another process may be first all the same; Discord then asks for another try, which comes after a pause
    of chance. https://discord.com/developers/docs/events/gateway#sharding-max-concurrency

    Args:
        clock: monotonic seconds.
        sleep: waits some seconds.
        chance: a number from 0 to 1.
        patience: seconds for the connection itself.
    """

    PAUSE = 5.5
    """Seconds between two of one group: five, and what the network may swallow of them."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        patience: float = 60.0,
    ) -> None:
        self.at_once = 1
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._free_at: dict[int, float] = {}
        self._begun: set[int] = set()

    def seconds(self, shards: int) -> float:
        """How long so many shards may take to begin."""
        return self._patience + self.PAUSE * (shards / self.at_once)

    async def turn(self, shard: int) -> None:
        """Wait until a session of this shard may begin."""
        group, now = shard % self.at_once, self._clock()
        again = 1 + 4 * self._chance() if shard in self._begun else 0.0
        free_at = max(self._free_at.get(group, now), now + again)
        self._free_at[group] = free_at + self.PAUSE
        self._begun.add(shard)
        if free_at > now:
            await self._sleep(free_at - now)


class Client(discord.Client):
    """Hears of servers and of interactions, keeps no members and no messages.

    READY is not waited for: discord.py delays it until every server was told of.

    Args:
        shards: those that it connects.
        options: discord.py's own.
    """

    def __init__(self, inbound: Inbound, shards: Collection[int], starts: Starts, **options: Any) -> None:
        # Its warnings about missing voice libraries would trouble people who need none.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            max_ratelimit_timeout=_RATE_LIMIT_WAIT,
            guild_ready_timeout=0,
            **options,
        )
        self.inbound = inbound
        self.missing = set(shards)
        self.connected = asyncio.Event()
        self._starts = starts

    def is_there(self, shard: int) -> None:
        """A shard has connected."""
        self.missing.discard(shard)
        if not self.missing:
            self.connected.set()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py itself would begin one session every five seconds, however many Discord takes."""
        await self._starts.turn(shard_id or 0)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """discord.py itself knows only the forms that were opened since its start."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.inbound.submitted(interaction)


class OneShard(Client):
    """One connection. It takes up a lost session again where `SeveralShards` may begin a new one."""

    def __init__(self, inbound: Inbound, shards: Shards, starts: Starts) -> None:
        [shard] = shards.ids
        numbers = {"shard_id": shard, "shard_count": shards.count} if shards.count > 1 else {}
        super().__init__(inbound, shards.ids, starts, **numbers)

    async def on_connect(self) -> None:
        self.is_there(self.shard_id or 0)


class SeveralShards(Client, discord.AutoShardedClient):
    """A connection for each of its shards."""

    def __init__(self, inbound: Inbound, shards: Shards, starts: Starts) -> None:
        ids = list(shards.ids)
        super().__init__(inbound, ids, starts, shard_ids=ids, shard_count=shards.count)

    async def on_shard_connect(self, shard_id: int) -> None:
        self.is_there(shard_id)


def client_for(inbound: Inbound, shards: Shards, starts: Starts) -> Client:
    """What connects these shards."""
    return (OneShard if len(shards.ids) == 1 else SeveralShards)(inbound, shards, starts)
