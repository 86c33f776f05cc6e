"""The adapters of this process: started when first needed, each once, stopped together."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Self

from bot.adapter import Adapter, InstallationGone, Limits, Platform, Shared
from bot.places import Place, PlaceError, parse_place
from bot.settings import Settings


class Connections:
    """Finds platforms and keeps their adapters.

    Args:
        platforms: all that are installed, by name.
        shared: what every adapter is handed.
    """

    def __init__(self, platforms: Mapping[str, Platform], settings: Settings, shared: Shared) -> None:
        self._platforms = platforms
        self._settings = settings
        self._shared = shared
        self._senders: dict[str, Adapter] = {}
        self._listeners: list[Adapter] = []
        self._starting = asyncio.Lock()

    def place(self, text: str) -> Place:
        """Read a place as a person writes it. Raises PlaceError that says how to write it."""
        place = parse_place(text)
        platform = self.platform(place.platform)
        if not platform.address.fullmatch(place.address):
            raise PlaceError(f'"{text}" is not a place on {platform.name}; write {platform.example}')
        try:
            return Place(place.platform, platform.normal(place.address))
        except ValueError as problem:
            raise PlaceError(str(problem)) from None

    def platform(self, name: str) -> Platform:
        """The platform called `name`. Raises PlaceError where none is installed."""
        if name not in self._platforms:
            known = ", ".join(f"{platform}:" for platform in sorted(self._platforms))
            raise PlaceError(f'no platform is called "{name}"; a place begins with one of {known}')
        return self._platforms[name]

    def limits(self, place: str) -> Limits:
        """What one message holds where `place` is. Raises PlaceError."""
        return self.platform(parse_place(place).platform).limits

    def at_once(self, installation: str, usual: int) -> int:
        """Calls that a process may have under way on the platform of an installation.

        Args:
            installation: as `storage.places.installation_of` names it.
            usual: where the platform does not say, or is not there any more.
        """
        found = self._platforms.get(installation.partition(":")[0])
        return (found.limits.at_once if found else None) or usual

    def missing(self, name: str) -> str | None:
        """What must be set before this platform can send, in a sentence; None when nothing is missing."""
        missing = self.platform(name).missing(self._settings)
        return f"{name} is not set up: set {' and '.join(missing)}" if missing else None

    @property
    def names(self) -> list[str]:
        """The platforms that are installed, whether or not they are set up."""
        return sorted(self._platforms)

    @property
    def listening(self) -> list[str]:
        """The platforms that `run` may listen to, whether or not they are set up."""
        return sorted(name for name, platform in self._platforms.items() if platform.listens)

    def configured(self) -> list[Platform]:
        """The platforms that listen for commands and have what they need, by name."""
        found = (platform for _, platform in sorted(self._platforms.items()))
        return [platform for platform in found if platform.listens and not platform.missing(self._settings)]

    def silent(self) -> list[str]:
        """The platforms that are set up and only sent to, such as mail; not the terminal, which has no
        address."""
        return [
            name
            for name, platform in sorted(self._platforms.items())
            if not platform.listens and not platform.address.fullmatch("") and not self.missing(name)
        ]

    def listener(self, name: str) -> Adapter:
        """A new adapter that its caller starts with a handler; it is stopped with the others.

        What listens is kept apart from what sends: a platform that cannot be listened to can often still
        be posted to. Raises InstallationGone where the platform is not set up.
        """
        adapter = self._create(name)
        self._listeners.append(adapter)
        return adapter

    async def adapter(self, name: str) -> Adapter:
        """The adapter that sends to a platform, started when it is first wanted. Raises AdapterError."""
        async with self._starting:
            if name not in self._senders:
                adapter = self._create(name)
                try:
                    await adapter.start(None)
                except BaseException:
                    await adapter.stop()
                    raise
                self._senders[name] = adapter
            return self._senders[name]

    def _create(self, name: str) -> Adapter:
        if problem := self.missing(name):
            raise InstallationGone(problem)
        return self.platform(name).create(self._settings, self._shared)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop every adapter; one that fails to stop keeps no other from it."""
        async with AsyncExitStack() as stack:
            for adapter in (*self._senders.values(), *self._listeners):
                stack.push_async_callback(adapter.stop)
            self._senders.clear()
            self._listeners.clear()
