"""How another process tells a fake what to spoil, and reads what stands on the platform.

POST /control/weather      {"faults": ["lost", "429"], "share": 0.1, "seed": 7}
GET  /control/transcript   ?since=40: {"posted": [...], "complaints": [...]}
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

    def turn(self, faults: tuple[Fault, ...], share: float, seed: int) -> None:
        """Spoil from now on.

        Args:
            share: of all calls, from 0 to 1.
        """
        self._faults, self._share, self._chance = faults, share, random.Random(seed)

    def fault(self) -> Fault | None:
        """What befalls the next call."""
        if not self._faults or self._chance.random() >= self._share:
            return None
        return self._chance.choice(self._faults)

    async def hold_up(self) -> None:
        """Wait, as an answer does that is slow to come."""
        await asyncio.sleep(self._chance.uniform(0, _LONGEST))


class Fake(Protocol):
    """What is controlled."""

    weather: Weather
    transcript: list[Posted]


def add_control(router: web.UrlDispatcher, fake: Fake) -> None:
    """Answer under /control/ beside the platform's own addresses."""

    async def weather(request: web.Request) -> web.Response:
        told = await request.json()
        fake.weather.turn(tuple(told["faults"]), told["share"], told["seed"])
        return web.Response()

    async def transcript(request: web.Request) -> web.Response:
        posted = [asdict(post) for post in fake.transcript[int(request.query.get("since", 0)) :]]
        complaints = [*getattr(fake, "violations", []), *getattr(fake, "pings", [])]
        return web.json_response({"posted": posted, "complaints": complaints})

    router.add_post("/control/weather", weather)
    router.add_get("/control/transcript", transcript)
