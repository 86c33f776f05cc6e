"""The adapters of this process: started when first needed, each once, stopped together."""

import asyncio
from collections.abc import Mapping
from typing import Self

from bot.adapter import Adapter, AdapterError, InstallationGone, Limits, Platform
from bot.places import Place, PlaceError, parse_place
from bot.settings import Settings


class Connections:
    """Finds platforms and keeps their adapters.

    Args:
        platforms: all that are installed, by name.
    """

    def __init__(self, platforms: Mapping[str, Platform], settings: Settings) -> None:
        self._platforms = platforms
        self._settings = settings
        self._adapters: dict[str, Adapter] = {}
        self._starting = asyncio.Lock()

    def place(self, text: str) -> Place:
        """Read a place as a person writes it. Raises PlaceError that says how to write it."""
        place = parse_place(text)
        platform = self.platform(place.platform)
        if not platform.address.fullmatch(place.address):
            raise PlaceError(f'"{text}" is not a place on {platform.name}; write {platform.example}')
        return place

    def platform(self, name: str) -> Platform:
        """The platform called `name`. Raises PlaceError where none is installed."""
        if name not in self._platforms:
            known = ", ".join(f"{platform}:" for platform in sorted(self._platforms))
            raise PlaceError(f'no platform is called "{name}"; a place begins with one of {known}')
        return self._platforms[name]

    def limits(self, place: str) -> Limits:
        """What one message holds where `place` is. Raises PlaceError."""
        return self.platform(parse_place(place).platform).limits

    def missing(self, name: str) -> str | None:
        """What must be set before this platform can send, in a sentence; None when nothing is missing."""
        missing = self.platform(name).missing(self._settings)
        return f"{name} is not set up: set {' and '.join(missing)}" if missing else None

    def configured(self) -> list[Platform]:
        """The platforms that listen for commands and have what they need, by name."""
        found = (platform for _, platform in sorted(self._platforms.items()))
        return [platform for platform in found if platform.listens and not platform.missing(self._settings)]

    def create(self, name: str) -> Adapter:
        """A new adapter, kept under its name and not started yet. Raises InstallationGone if not set up."""
        if problem := self.missing(name):
            raise InstallationGone(problem)
        self._adapters[name] = self.platform(name).create(self._settings)
        return self._adapters[name]

    async def adapter(self, name: str) -> Adapter:
        """The adapter called `name`, started for sending if it did not run yet. Raises AdapterError."""
        async with self._starting:
            if name not in self._adapters:
                adapter = self.create(name)
                try:
                    await adapter.start(None)
                except AdapterError:
                    del self._adapters[name]
                    raise
            return self._adapters[name]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for adapter in self._adapters.values():
            await adapter.stop()
        self._adapters.clear()
