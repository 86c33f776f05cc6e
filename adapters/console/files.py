"""A file that somebody at the terminal names: `/papers import subscriptions.json`."""

import re
from dataclasses import replace
from pathlib import Path

from bot.request import LONGEST_FILE, Request

_IMPORT = re.compile(r"import\s+(?P<path>[^\s{].*)", re.IGNORECASE | re.DOTALL)


def with_file(request: Request) -> Request:
    """The request with the text of the file that it names, if any; what was pasted instead, and a name that
    is none of a file, stay as they are.

    The terminal's person may read the machine's files anyway.
    """
    found = _IMPORT.fullmatch(request.text.strip())
    file = _file(_unquoted(found["path"])) if found else None
    return replace(request, file=_text(file)) if file else request


def _unquoted(path: str) -> str:
    """Some shells and file managers put quotes round what is dropped into a terminal."""
    quoted = len(path) > 1 and path[0] == path[-1] and path[0] in "\"'"
    return path[1:-1] if quoted else path


def _file(path: str) -> Path | None:
    """The file with that name; None where there is none. A pipe or a device might never end."""
    try:
        file = Path(path).expanduser()
        return file if file.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _text(file: Path) -> str:
    """The file's text; empty where it is too long, no UTF-8, or not to be read."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LONGEST_FILE + 1)
        return content.decode("utf-8-sig") if len(content) <= LONGEST_FILE else ""
    except (OSError, ValueError):
        return ""
