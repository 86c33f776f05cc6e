"""A file that somebody at the terminal names: `/papers import subscriptions.json`."""

import re
from dataclasses import replace
from pathlib import Path

from bot.request import LONGEST_FILE, Request

_IMPORT = re.compile(r"import\s+(?P<path>[^\s{].*)", re.IGNORECASE | re.DOTALL)


def with_file(request: Request) -> Request:
    """The request with the text of the file that it names, if any; what was pasted instead stays as it is.

    The terminal's person may read the machine's files anyway.
    """
    found = _IMPORT.fullmatch(request.text.strip())
    return replace(request, text="import", file=_text(_unquoted(found["path"]))) if found else request


def _unquoted(path: str) -> str:
    """Some shells and file managers put quotes round what is dropped into a terminal."""
    quoted = len(path) > 1 and path[0] == path[-1] and path[0] in "\"'"
    return path[1:-1] if quoted else path


def _text(path: str) -> str:
    """The file's text; empty where there is none, or where it is too long or no UTF-8."""
    try:
        file = Path(path).expanduser()
        if not file.is_file():  # a pipe or a device might never end
            return ""
        with file.open("rb") as stream:
            content = stream.read(LONGEST_FILE + 1)
        return content.decode("utf-8-sig") if len(content) <= LONGEST_FILE else ""
    except (OSError, ValueError, RuntimeError):
        return ""
