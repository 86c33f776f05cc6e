"""How another process tells a fake what to spoil, and reads what stands on the platform.

POST /control/weather      {"faults": ["lost", "429"], "share": 0.1, "seed": 7, "delay": 0.05}
POST /control/crowd        {"people": 10000}: so many more people who can be written to: ["slack:@U1", ...];
                           on Slack also {"people": 20, "workspaces": 500}, in each of so many more;
                           on Discord also {"channels": 600}
GET  /control/transcript   ?since=40: {"posted": [...], "complaints": [...], "limited": 0}
"""

import asyncio
import random
from dataclasses import asdict
from typing import Protocol

from aiohttp import web

from tests.fakes import Fault, Posted

_LONGEST = 45.0
"""Seconds that an answer is held up: longer than a client waits, now and then."""


class Weather:
    """Spoils a share of all calls, those that only ask as well; none until it is told to."""

    def __init__(self) -> None:
        self.turn((), 0.0, 0)

    def turn(self, faults: tuple[Fault, ...], share: float, seed: int, delay: float = 0.0) -> None:
        """Spoil from now on.

        Args:
            share: of all calls, from 0 to 1.
            delay: seconds that every call takes.
        """
        self.delay = delay
        self._faults, self._share, self._chance = faults, share, random.Random(seed)

    def fault(self) -> Fault | None:
        """What befalls the next call."""
        if not self._faults or self._chance.random() >= self._share:
            return None
        return self._chance.choice(self._faults)

    async def pass_time(self) -> None:
        """Take as long as every call takes."""
        if self.delay:
            await asyncio.sleep(self.delay)

    async def hold_up(self) -> None:
        """Wait, as an answer does that is slow to come."""
        await asyncio.sleep(self._chance.uniform(0, _LONGEST))


class Fake(Protocol):
    """What is controlled."""

    weather: Weather
    transcript: list[Posted]

    def crowd(self, people: int, workspaces: int = 0) -> list[str]:
        """More people; the places of their direct messages."""


def add_control(router: web.UrlDispatcher, fake: Fake) -> None:
    """Answer under /control/ beside the platform's own addresses."""

    async def weather(request: web.Request) -> web.Response:
        told = await request.json()
        fake.weather.turn(tuple(told["faults"]), told["share"], told["seed"], told.get("delay", 0.0))
        return web.Response()

    async def crowd(request: web.Request) -> web.Response:
        return web.json_response(fake.crowd(**await request.json()))

    async def transcript(request: web.Request) -> web.Response:
        posted = [asdict(post) for post in fake.transcript[int(request.query.get("since", 0)) :]]
        complaints = [*getattr(fake, "violations", []), *getattr(fake, "pings", [])]
        limited = getattr(fake, "limited", 0)
        return web.json_response({"posted": posted, "complaints": complaints, "limited": limited})

    router.add_post("/control/weather", weather)
    router.add_post("/control/crowd", crowd)
    router.add_get("/control/transcript", transcript)
