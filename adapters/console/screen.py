"""The output: as wide, as colourful and as far from ASCII as whatever reads it can take."""

import io
import os
import re
from contextlib import suppress
from typing import TextIO

from rich.console import Console, RenderableType

from bot.adapter import Temporary

_PLAIN_WIDTH = 80
_NARROWEST = 40
# Longer rows are hard to read.
_WIDEST = 100
_TRAILING = re.compile(r" +$", re.MULTILINE)
# For encodings that lack them: the same in one ASCII character each, so that rows keep their width.
_ASCII = str.maketrans("│─▸↳▲★·…–—‘’“”", "|->>^*-.--''\"\"")


class Screen:
    """Prints renderables on a text stream.

    A stream that is no terminal gets rows of 80 columns without colour or hyperlinks. `NO_COLOR` and
    dumb terminals are respected. Once the reader has gone (`| head`), nothing is written any more.

    Args:
        stream: where to print.
        width: columns; measured at each print if None.
    """

    def __init__(self, stream: TextIO, width: int | None = None) -> None:
        self._stream = stream
        self._width = width
        self.interactive = stream.isatty()
        self._console = Console(  # it only renders: at a broken pipe, rich would end the process
            file=io.StringIO(), force_terminal=self.interactive, highlight=False, markup=False, emoji=False
        )
        self.clever = self._console.color_system is not None
        self.gone = False

    def show(self, *parts: RenderableType) -> None:
        """Print each part on rows of its own. Raises as `write` does."""
        self._console.width = self._columns()
        # Parts know the width, and what goes beyond it does so on purpose: nothing is cropped.
        with self._console.capture() as captured:
            self._console.print(*parts, sep="\n", crop=False)
        self.write(_TRAILING.sub("", captured.get()))

    def write(self, text: str) -> None:
        """Write harmless text as it is; a character that the stream cannot encode becomes a `?`.

        Raises Temporary where the stream takes nothing now, for instance on a full disk.
        """
        if self.gone:
            return
        try:
            self._stream.write(_encodable(text, self._stream.encoding))
            self._stream.flush()
        except (BrokenPipeError, ValueError):
            self._let_go()
        except OSError as problem:
            raise Temporary(f"The output takes no text now: {problem.strerror}") from problem

    def _columns(self) -> int:
        if self._width is not None:
            return self._width
        if not self.interactive:
            return _PLAIN_WIDTH
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except OSError:
            columns = 0
        return min(_WIDEST, max(_NARROWEST, columns or _PLAIN_WIDTH))

    def _let_go(self) -> None:
        """The reader has gone. What the stream still holds goes nowhere, lest Python complain at exit."""
        self.gone = True
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def _encodable(text: str, encoding: str | None) -> str:
    """`text` as far as `encoding` can say it. A StringIO has no encoding and takes everything."""
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        name = encoding or "utf-8"
        return text.translate(_ASCII).encode(name, "replace").decode(name)
    return text
