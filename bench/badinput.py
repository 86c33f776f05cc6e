"""Strings that nobody should type, and what some people will type: all are to be answered at once."""

import random
import sys
import unicodedata
from collections.abc import Iterator

_SYNTAX = (
    *('"', "*", "NEAR(", "NEAR(a b, 3)", "col:", "title:", "&", "|", "!", ":*", "a:*", "a & b", "'", "\\"),
    *("a NOT", "AND", "OR OR", "^a", "a + b", "{title} : a", "-a", "--", "a <-> b", "a:b:c", "():", "rank"),
    *(
        "'; DROP TABLE paper; --",
        "\x00",
        "a\x00b",
        "%",
        "_",
        "author:",
        'author:"',
        "since:",
        "upvotes>=",
        "sort:",
    ),
)
_LONG = 100_000


def strings(count: int, seed: int = 4) -> Iterator[str]:
    """`count` random strings of all of Unicode, then the syntax of databases, pastes, and brackets."""
    chance = random.Random(seed)
    assigned = [
        code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Co")
    ]
    for _ in range(count):
        length = chance.choice((1, 3, 10, 40, 200))
        yield "".join(chr(code) for code in chance.choices(assigned, k=length))
    yield from _SYNTAX
    yield from (f"{first} {second}" for first in _SYNTAX for second in _SYNTAX)
    for piece in ("a", "a ", "word ", '"', "(", "a OR ", "-", "é", "漢", "a:", "* ", "\x00", "🙂 "):
        yield (piece * _LONG)[:_LONG]
    for count_of in (50, 500):
        yield "(" * count_of + "a" + ")" * count_of
        yield "(" * count_of
        yield "-(" * count_of + "a" + ")" * count_of
