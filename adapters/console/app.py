"""The console as an adapter: prints what is sent, and answers what is typed."""

import asyncio
import itertools
import signal
import sys
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO

from rich.console import RenderableType
from rich.text import Text

from adapters.console import PLATFORM
from adapters.console.files import with_file
from adapters.console.inbound import HINT, PLACE, Meaning, person_here, read
from adapters.console.keyboard import PROMPT, Keyboard
from adapters.console.render import render, render_file, render_way
from adapters.console.screen import Screen
from bot.adapter import PlaceGone, Thread
from bot.markup import Message
from bot.places import Place
from bot.request import Handler, Suggest

_REMEMBERED = 10_000


class ConsoleAdapter:
    """One place, `console:`, and one person, who sits at the terminal.

    A message's reference is its number since the adapter was made. What was printed under which key is
    kept in memory only, the latest 10,000: after a restart `find` answers None, and a reply to an older
    head names its thread.

    Args:
        stdout: where to print; the process's own if None.
        stdin: where to listen; the process's own if None.
        width: columns; measured if None, 80 where stdout is no terminal.
    """

    name = PLATFORM.name
    limits = PLATFORM.limits
    routes = ()

    def __init__(
        self, stdout: TextIO | None = None, stdin: TextIO | None = None, width: int | None = None
    ) -> None:
        self._stdout = stdout or sys.stdout
        self._stdin = stdin or sys.stdin
        self._screen = Screen(self._stdout, width)
        self._keyboard: Keyboard | None = None
        self._listening: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._numbers = itertools.count(1)
        self._sent: OrderedDict[str, str] = OrderedDict()
        self._last_head: str | None = None

    async def start(self, handle: Handler | None, suggest: Suggest | None = None) -> None:
        """Listen for lines if there is a handler. Ctrl-C then ends the listening, as Ctrl-D does."""
        if handle is None:
            return
        self._keyboard = Keyboard(self._stdin, self._stdout)
        with suppress(NotImplementedError, RuntimeError, ValueError):  # only the main thread has signals
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._ended.set)
        self._listening = asyncio.create_task(self._converse(self._keyboard, handle))

    async def wait(self) -> None:
        """Return at the end of the input, at Ctrl-C, or when whoever read the output has gone.

        Raises Temporary where an answer could not be printed.
        """
        await self._ended.wait()
        if self._listening is not None and self._listening.done():
            self._listening.result()

    async def stop(self) -> None:
        """Leave the terminal as it was found."""
        self._ended.set()
        listening, self._listening = self._listening, None
        if listening is None or self._keyboard is None:
            return
        with suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
        listening.cancel()
        await asyncio.wait({listening})
        if self._keyboard.interactive and self._keyboard.waiting:
            self._screen.write("\n")
        self._keyboard.restore()

    async def send(self, place: Place, message: Message, key: str, thread: Thread | None = None) -> str:
        """Print the message; a key that is remembered is not printed again."""
        _check(place)
        if key in self._sent:
            return self._sent[key]
        if thread is not None and thread.ref != self._last_head:
            self._print(render_way(thread.title))
        self._print(render(message, threaded=thread is not None, links=self._screen.clever))
        ref = str(next(self._numbers))
        self._last_head = thread.ref if thread else ref
        self._remember(key, ref)
        return ref

    async def edit(self, place: Place, ref: str, message: Message) -> None:
        """Print the message again, marked as edited: what was printed cannot be taken back."""
        _check(place)
        self._print(render(message, links=self._screen.clever, edited=True))
        self._last_head = ref

    async def find(
        self, place: Place, key: str, thread: Thread | None = None, since: datetime | None = None
    ) -> str | None:
        """The reference of what this object printed under `key`."""
        _check(place)
        return self._sent.get(key)

    async def _converse(self, keyboard: Keyboard, handle: Handler) -> None:
        person = person_here()
        try:
            if keyboard.interactive:
                self._print(render(HINT))
            while not self._screen.gone:
                typed = await keyboard.line(self._screen.write)
                if typed is None and keyboard.interactive:
                    self._screen.write("\n")
                if typed is None or not await self._answer(typed, person, handle):
                    return
        finally:
            self._ended.set()

    async def _answer(self, typed: str, person: str, handle: Handler) -> bool:
        """Print the answer to one line; whether to go on listening."""
        asked = read(typed, person, datetime.now(UTC))
        if asked is Meaning.UNKNOWN:
            self._print(render(HINT))
        elif not isinstance(asked, Meaning):
            reply = await handle(await asyncio.to_thread(with_file, asked))
            for message in reply.messages:
                self._print(render(message, links=self._screen.clever, buttons=True))
            if reply.attachment:
                self._print(render_file(reply.attachment))
            if reply.later and (more := await reply.later()):
                self._print(render(more, links=self._screen.clever, buttons=True))
            self._last_head = None
        return asked is not Meaning.END

    def _print(self, part: RenderableType) -> None:
        """Print with an empty row after it; a prompt that stands there moves down with its draft."""
        waiting = self._keyboard is not None and self._keyboard.interactive and self._keyboard.waiting
        if waiting:
            self._screen.write("\r\x1b[K" if self._screen.clever else "\n")
        self._screen.show(part, Text())
        if waiting and self._keyboard is not None:
            self._screen.write(PROMPT + self._keyboard.draft)
        if self._screen.gone:
            self._ended.set()

    def _remember(self, key: str, ref: str) -> None:
        self._sent[key] = ref
        if len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)


def _check(place: Place) -> None:
    """Raises PlaceGone for every place but `console:`."""
    if place != PLACE:
        raise PlaceGone(f"The terminal has no place {place}, only {PLACE}")
