"""The input: one line at a time, without holding up the event loop."""

import asyncio
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

PROMPT = "> "


class Keyboard:
    """Reads lines from a text stream, with history and editing where it is the process's own terminal.

    Args:
        stream: where to read.
        output: where the prompt goes; readline can only be used where both are the process's own.
    """

    def __init__(self, stream: TextIO, output: TextIO) -> None:
        self._stream = stream
        self.interactive = stream.isatty() and output.isatty()
        self._readline: Any = None
        if self.interactive and stream is sys.stdin and output is sys.stdout:
            with suppress(ImportError):
                import readline

                self._readline = readline
        self._modes = _terminal_modes(stream) if self.interactive else None
        self.waiting = False

    @property
    def draft(self) -> str:
        """What has been typed of the line that is being waited for, as far as it can be known."""
        return self._readline.get_line_buffer() if self._readline else ""

    async def line(self, prompt: Callable[[str], None]) -> str | None:
        """The next line, or None at the end of the input.

        Args:
            prompt: writes the prompt; called where readline does not.
        """
        if self.interactive and not self._readline:
            prompt(PROMPT)
        self.waiting = True
        typed = await _beside_the_loop(self._read)
        self.waiting = False
        return typed

    def restore(self) -> None:
        """Give the terminal back as it was: a readline that is interrupted leaves it without an echo."""
        if self._modes is not None:
            import termios

            with suppress(termios.error, ValueError):
                termios.tcsetattr(self._stream.fileno(), termios.TCSANOW, self._modes)

    def _read(self) -> str | None:
        try:
            return input(PROMPT) if self._readline else self._stream.readline() or None
        except UnicodeDecodeError:
            return "\N{REPLACEMENT CHARACTER}"
        except (EOFError, OSError, ValueError, RuntimeError):
            return None


async def _beside_the_loop(read: Callable[[], str | None]) -> str | None:
    """Run `read` in a thread that does not keep the process alive: nothing can interrupt a blocked read."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str | None] = loop.create_future()

    def settle(line: str | None) -> None:
        if not answer.done():
            answer.set_result(line)

    def run() -> None:
        line = read()
        with suppress(RuntimeError):  # the loop may have closed meanwhile
            loop.call_soon_threadsafe(settle, line)

    threading.Thread(target=run, name="console-input", daemon=True).start()
    return await answer


def _terminal_modes(stream: TextIO) -> list[Any] | None:
    """The terminal's line settings; None where the system has no such thing."""
    try:
        import termios
    except ImportError:
        return None
    with suppress(termios.error, ValueError):
        return termios.tcgetattr(stream.fileno())
    return None
