"""The fakes as processes of their own, in hastened time, and what is said to them."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import aiohttp

from tests.fakes import Fault, Posted
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_people import Channel
from tests.torture.processes import start
from tests.torture.sky import hasten

MORE_CHANNELS = 6
"""Channels that each platform has beside those of the fake."""


def slack_channel(number: int) -> str:
    return f"C0MORE{number}"


def discord_channel(number: int) -> str:
    return f"{1100 + number}"


def serve(name: str, leash: Connection) -> None:
    """Be the fake of that name until the other end of `leash` is closed; first its address goes there."""
    hasten()
    asyncio.run(_serve(name, leash))


async def _serve(name: str, leash: Connection) -> None:
    async with _slack() if name == "slack" else _discord() as fake:
        leash.send((fake.url.rstrip("/"), fake.token))
        released = asyncio.Event()
        asyncio.get_running_loop().add_reader(leash.fileno(), released.set)
        await released.wait()


def _slack() -> FakeSlack:
    fake = FakeSlack(limits=True, clock=time.monotonic)
    fake.channels.update({slack_channel(number): Channel() for number in range(MORE_CHANNELS)})
    return fake


def _discord() -> FakeDiscord:
    fake = FakeDiscord(limits=True, contract=True, clock=time.monotonic)
    more = [store.FakeChannel(discord_channel(number), 0, "more") for number in range(MORE_CHANNELS)]
    fake.channels.update({channel.id: channel for channel in more})
    return fake


@dataclass
class Platform:
    """A fake that runs in a process of its own.

    Args:
        url: for `…_API_URL`.
        posted: what was read of its transcript so far.
        complaints: what the bot did that the platform would not have taken, or pinged somebody with.
    """

    name: str
    url: str
    token: str
    http: aiohttp.ClientSession
    leash: Connection
    posted: list[Posted] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def open(cls, name: str, http: aiohttp.ClientSession) -> "Platform":
        process, leash = start(serve, name)
        try:
            url, token = await asyncio.to_thread(leash.recv)
        except EOFError:
            raise RuntimeError(f"the fake {name} did not start ({process.exitcode})") from None
        return cls(name, url, token, http, leash)

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead a bot here."""
        name = self.name.upper()
        return {f"{name}_BOT_TOKEN": self.token, f"{name}_API_URL": self.url}

    async def weather(self, faults: Sequence[Fault], share: float, seed: int) -> None:
        """Let a share of its calls be spoilt from now on."""
        told = {"faults": list(faults), "share": share, "seed": seed}
        async with self.http.post(self._control("weather"), json=told) as answer:
            answer.raise_for_status()

    async def read(self) -> list[Posted]:
        """What stands there, in the order of posting."""
        async with self.http.get(f"{self._control('transcript')}?since={len(self.posted)}") as answer:
            found: dict[str, Any] = await answer.json()
        self.posted += [Posted(**post) for post in found["posted"]]
        self.complaints = found["complaints"]
        return self.posted

    def close(self) -> None:
        self.leash.close()

    def _control(self, what: str) -> str:
        return f"{self.url.partition('/api')[0]}/control/{what}"
