"""The one analyser of words: what a paper says and what a filter asks for become tokens in the same way.

A token is a run of letters and digits after folding: compatibility forms made plain (NFKC), case folded,
accents stripped. A search compares stems (Snowball English), a prefix and an author's name compare tokens.
"""

import re
import unicodedata
from functools import lru_cache

from Stemmer import Stemmer

VERSION = 1
"""Raised with every change of what a text becomes; an index made by another version is stale."""

TOKEN_LENGTH = 64
"""Longer tokens are cut here, in papers and in filters alike: an index bounds the length of its words."""

BREAK = "¶"
"""Stands between the items of a list. No token holds it, so no phrase reaches from one item to the next."""

_ASCII_TOKEN = re.compile(rf"([a-z0-9]{{1,{TOKEN_LENGTH}}})[a-z0-9]*")
_TOKEN = re.compile(rf"([^\W_]{{1,{TOKEN_LENGTH}}})[^\W_]*")
# Normalisation never reaches across the border in front of an ASCII character, so runs fold on their own.
FOREIGN = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
# Strokes are accents to a reader, though Unicode does not decompose them.
_STROKES = str.maketrans("øłđħŧı", "oldhti")
_PLAIN = str.maketrans(
    dict.fromkeys("“”„‟«»〝〞〟＂", '"')
    | dict.fromkeys("‘’‚‛＇", "'")
    | dict.fromkeys("‐‑‒–—―−－", "-")
    | dict(zip("（）：｜＜＞＝＊", "():|<>=*", strict=True))
)
_JOINERS = "\u200c\u200d"
_SHORT = 64
_CACHED = 1 << 16

_stemmer = Stemmer("english", 0)  # without its own cache, which sorts itself when it is full


def fold(text: str) -> str:
    """`text` in compatibility form, case folded, without accents. Folding twice changes nothing."""
    if text.isascii():
        return text.lower()
    return FOREIGN.sub(lambda run: folded_run(run[0]), text).casefold()


def folded_run(run: str) -> str:
    """What `fold` makes of one match of `FOREIGN`."""
    return _cached_run(run) if len(run) <= _SHORT else _folded_run(run)


def _folded_run(run: str) -> str:
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", run).casefold())
    bare = "".join(character for character in bare if unicodedata.category(character)[0] != "M")
    return unicodedata.normalize("NFC", bare).translate(_STROKES)


_cached_run = lru_cache(maxsize=4096)(_folded_run)


def tokens(text: str) -> list[str]:
    """The folded words of `text` in order, split at whatever is neither letter nor digit."""
    folded = fold(text)
    return (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)


def spans(folded: str) -> list[tuple[str, int, int]]:
    """The tokens of a folded text, each with where it begins and ends."""
    return [(found[1], found.start(), found.end()) for found in _TOKEN.finditer(folded)]


@lru_cache(maxsize=_CACHED)
def stem(token: str) -> str:
    """The stem of a folded token: `models`, `modeling` and `modeled` share one."""
    stemmed: str = _stemmer.stemWord(token)
    return stemmed


def stems(text: str) -> list[str]:
    """The stemmed tokens of `text`, in order."""
    return list(map(stem, tokens(text)))


def plain(text: str) -> str:
    """`text` with typographic and full-width quotes, dashes and operators as their plain forms, without
    invisible characters and lone surrogates. The joiners stay, scripts need them."""
    if text.isascii():
        return text
    return "".join(
        character
        for character in text.translate(_PLAIN)
        if character in _JOINERS or unicodedata.category(character) not in ("Cf", "Cs")
    )


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """The name of an organisation or a person, for comparison: equal but for case, width, blanks and the
    shape of quotes and dashes. Accents stay."""
    folded = plain(unicodedata.normalize("NFKC", name)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).replace('"', "").split())
