"""Which words belong behind a command, and which command was meant by one that is mistyped. Pure."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_CLOSE, _CLOSER = 0.75, 0.8
"""How much a word must resemble a command to be taken for a slip, 0 to 1: alone, and before other words."""
_NUMBER = re.compile(r"#?(\d{1,9})", re.ASCII)
_NUMBER_AND_MORE = re.compile(r"#?(\d{1,9})[\s,].*", re.ASCII | re.DOTALL)
_SHAPES = {
    "tomorrow": re.compile(r"()"),
    "subscriptions": re.compile(r"(\d{1,4}|)", re.ASCII),
    "pause": _NUMBER,
    "resume": _NUMBER,
    "edit": re.compile(r"#?(\d{1,9}(?:\s.*)?)", re.ASCII | re.DOTALL),
    "delete": _NUMBER,
    "unsubscribe": _NUMBER,
    "stop": _NUMBER,
    "now": _NUMBER,
    "undo": re.compile(r"([0-9a-f]{16})"),
    "rest": re.compile(r"([0-9a-f]{16})"),
    "again": re.compile(r"([0-9a-f]{16}(?:\s.*)?)", re.DOTALL),
    "zone": re.compile(r"(again\s+[0-9a-f]{16})"),
    "forget": re.compile(r"(me(?:\s+\S+)?|)", re.IGNORECASE),
    "home": re.compile(r"()"),
    "export": re.compile(r"()"),
    "feed": re.compile(r"(renew|)", re.IGNORECASE),
    "why": re.compile(r"#?(\d{1,9}|)", re.ASCII),
    "vacation": re.compile(r"((?:until\s|next\s|\d).*|\S*)", re.IGNORECASE | re.DOTALL),
}
"""What must stand behind a command for it to be meant; `/papers why attention works` is a search."""


def fitting(name: str, rest: str) -> str | None:
    """The words behind a command, or None where they do not belong to it."""
    if name not in _SHAPES:
        return rest
    found = _SHAPES[name].fullmatch(rest)
    return found[1] if found else None


def lacks_number(name: str, rest: str) -> bool:
    """Whether a command is about one subscription, and does not say which."""
    return not rest and (name == "edit" or _SHAPES.get(name) is _NUMBER)


def number_in(name: str, rest: str) -> str | None:
    """The number behind a command that takes one and nothing more, where more is said; else None."""
    found = _NUMBER_AND_MORE.fullmatch(rest)
    return found[1] if found and (name == "why" or _SHAPES.get(name) is _NUMBER) else None


def meant_by(name: str, rest: str, known: Iterable[str]) -> str | None:
    """The command that a word nearly is and that takes the words behind it; None where there is none, or it
    is one itself."""
    found = get_close_matches(name[:20], known, n=1, cutoff=_CLOSER if rest else _CLOSE)
    return (
        found[0] if found and found[0] != name and (not rest or fitting(found[0], rest) is not None) else None
    )
