"""What could stand at the end of a filter that is being typed."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.filters.analysis import plain
from bot.filters.fields import FIELDS, Value


class Completes(StrEnum):
    """What kind of thing is being typed."""

    FIELD = "field"
    CHOICE = "choice"
    ORGANIZATION = "organization"
    AUTHOR = "author"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Completion:
    """The last term of what was typed, and what it could become.

    Args:
        kind: what `prefix` is the beginning of. Names are not known here: the caller has them.
        prefix: what was typed of it, lower-case, without quotes; may be empty.
        start: where it begins in `text`, behind a field's colon.
        text: what was typed, in plain form.
        candidates: what may stand from `start` on, best first; empty for names.
    """

    kind: Completes
    prefix: str
    start: int
    text: str
    candidates: tuple[str, ...] = ()

    def with_(self, candidate: str) -> str:
        """The whole text with `candidate` in place, quoted where it needs to be."""
        name = self.kind in (Completes.ORGANIZATION, Completes.AUTHOR)
        return self.text[: self.start] + (_quoted(candidate) if name else candidate)


_BORDERS = re.compile(r'[\s()|"]')
_FIELD = re.compile(r"([A-Za-z]+):")
_NAMED = {"org": Completes.ORGANIZATION, "author": Completes.AUTHOR}
_AGES = ("1d", "7d", "14d", "1m", "3m", "12m")
_BARE = re.compile(r"[\w.&+/'][\w.&+/'-]*")


def complete(typed: str) -> Completion:
    """What the end of `typed` could become: a field, a value out of few, or a name.

    Any text at all is taken, also one that is no filter yet.
    """
    text = "".join(filter(str.isprintable, plain(typed)))
    start = _last_term(text)
    named = _FIELD.match(text, start)
    value = named.end() if named else start
    prefix = text[value:].removeprefix('"').lower()
    field = FIELDS.get(named[1].lower()) if named else None
    if field is None:
        if named or text.startswith('"', value):
            return Completion(Completes.NOTHING, prefix, value, text)
        found = tuple(known.opening for known in FIELDS.values() if known.name.startswith(prefix))
        return Completion(Completes.FIELD, prefix, value, text, found)
    if choices := _AGES if field.value is Value.DAY else field.choices:
        found = tuple(choice for choice in choices if choice.startswith(prefix))
        return Completion(Completes.CHOICE, prefix, value, text, found)
    return Completion(_NAMED.get(field.name, Completes.NOTHING), prefix, value, text)


def _last_term(text: str) -> int:
    """Where the term begins that is being typed, behind its minus."""
    end = text.rfind('"') if text.count('"') % 2 else len(text)
    start = max((found.end() for found in _BORDERS.finditer(text, 0, end)), default=0)
    return start + text.startswith("-", start)


def _quoted(name: str) -> str:
    name = plain(name).replace('"', "")
    return name if _BARE.fullmatch(name) else f'"{name}"'
