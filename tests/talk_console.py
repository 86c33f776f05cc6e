"""Conversations at the terminal."""

import asyncio
import io
import os
import re
from collections.abc import Mapping
from typing import ClassVar
from unittest.mock import patch

from adapters.console.app import ConsoleAdapter
from bot.request import Handler
from tests.talk_chat import bare


class OnConsole:
    """A terminal: who sits there is whoever has logged in, and there are no channels and no forms."""

    name: ClassVar[str] = "console"
    people: ClassVar[Mapping[str, str]] = {"you": "you", "ana": "ana"}

    def __init__(self) -> None:
        self._printed: dict[str, str] = {}
        self._commands: dict[str, str] = {}

    async def start(self, handle: Handler) -> None:
        self._handle = handle

    async def stop(self) -> None:
        pass

    async def say(self, who: str, text: str, elsewhere: bool = False) -> None:
        assert not elsewhere, "a terminal has no channels"
        printed = io.StringIO()
        with patch.dict(os.environ, {"LOGNAME": self.people[who]}):
            adapter = ConsoleAdapter(printed, io.StringIO(f"/papers {text}\n"), width=10_000)
            await adapter.start(self._handle)
            await asyncio.wait_for(adapter.wait(), 20)
            await adapter.stop()
        self._printed[who], self._commands[who] = printed.getvalue(), text

    async def click(self, who: str, label: str) -> None:
        """Type what stands behind the button."""
        await self.say(who, self.command(who, label))

    async def fill_in(self, who: str, typed: dict[str, str]) -> None:
        """Type what would stand in the form."""
        words = [typed.get("filter", ""), typed.get("when", "")]
        words += [f"{'in' if name == 'zone' else name} {value}" for name, value in typed.items()
                  if name not in ("filter", "when")]  # fmt: skip
        await self.say(who, " ".join([self._commands[who], *filter(None, words)]))

    async def forge(self, who: str, command: str, elsewhere: bool = False) -> None:
        await self.say(who, command, elsewhere)

    async def fill_in_of(self, who: str, owner: str, typed: dict[str, str]) -> None:
        self._commands[who] = self._commands[owner]
        await self.fill_in(who, typed)

    def command(self, who: str, label: str) -> str:
        found = re.findall(rf"^▸ {re.escape(label)}: /papers (.*)$", self._printed[who], re.MULTILINE)
        assert found, f'{who} sees no button "{label}"'
        return str(found[-1])

    def seen(self, who: str) -> str:
        return bare(self._printed[who])

    def knows(self, who: str) -> str:
        return f"console:{self.people[who]}"
