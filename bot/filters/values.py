"""What one term means: a word, a phrase, or a field with its value."""

import re

from bot.filters.analysis import fold_name, tokens
from bot.filters.days import is_date, meant_day, read_day
from bot.filters.errors import FilterError
from bot.filters.fields import Field, Value, closest
from bot.filters.lexer import Token
from bot.filters.syntax import (
    Author,
    Bound,
    Comparison,
    Day,
    Feature,
    Has,
    Identifier,
    Leaf,
    Number,
    Order,
    Organization,
    Part,
    Quantity,
    Submitter,
    Text,
)
from bot.identifiers import find_identifier

LARGEST = 999_999_999
PREFIX_LENGTH = 2

_BOUNDS = {
    Comparison.AT_LEAST: Bound.SINCE,
    Comparison.MORE: Bound.SINCE,
    Comparison.AT_MOST: Bound.UNTIL,
    Comparison.LESS: Bound.UNTIL,
    Comparison.EQUAL: Bound.DATE,
}
_NUMBER = re.compile(r"\d+", re.ASCII)
_MEANT_NUMBER = re.compile(r"(\d{1,3}(?:[,_.']\d{3})+|\d+)(k?)", re.ASCII | re.IGNORECASE)


def read_term(token: Token) -> Leaf:
    """The leaf of the tree that a text or field token stands for; `sort:` is none of them.

    Raises:
        FilterError: the value is not what the field takes.
    """
    field = token.field
    if field is None:
        return _text(token, None)
    _refuse_minus(token, field)
    if field.value is Value.NUMBER:
        return _number(token, field)
    if token.comparison is not None:
        name = _BOUNDS[token.comparison] if field.value is Value.DAY else field.name
        suggestion = f"{name}:{token.content}"
        raise token.error(f'"{field.name}" is not a number; write {suggestion}', suggestion)
    if field.value is Value.DAY:
        return _day(token, field)
    if field.value is Value.CHOICE:
        return Has(Feature(_choice(token, field)))
    if field.value is Value.IDENTIFIER:
        return _identifier(token)
    if field.name == "author":
        return _author(token)
    if field.value is Value.NAME:
        return _name(token, field)
    return _text(token, Part(field.name))


def read_order(token: Token) -> Order:
    """What a `sort:` token asks for.

    Raises:
        FilterError: there is no such order.
    """
    assert token.field is not None
    if token.comparison is not None:
        raise token.error(f"write sort:{token.content}", f"sort:{token.content}")
    return Order(_choice(token, token.field))


def _refuse_minus(token: Token, field: Field) -> None:
    if token.content.startswith("-") and not token.quoted and field.value not in (Value.NUMBER, Value.DAY):
        suggestion = f"-{field.name}:{token.content.lstrip('-')}"
        raise token.error(f'a "-" stands before the whole term; write {suggestion}', suggestion)


def _text(token: Token, part: Part | None) -> Text:
    if "*" in token.content:
        return _prefix(token, part)
    words = _words(token)
    if token.content.startswith("!") and not token.quoted:
        instead = f"-{f'{part}:' if part else ''}{token.content.lstrip('!')}"
        raise token.error(f'"!" leaves nothing out; write {instead}', instead)
    return Text(words, part)


def _words(token: Token) -> tuple[str, ...]:
    words = tuple(tokens(token.content))
    if not words:
        raise token.error("there is no letter and no digit to look for; drop it", "")
    return words


def _prefix(token: Token, part: Part | None) -> Text:
    beginning, _, rest = token.content.partition("*")
    opening = f"{part}:" if part else ""
    if token.quoted:
        without = f'{opening}"{token.content.replace("*", "")}"'
        raise token.error('a "*" stands behind one word, not inside a phrase', without)
    words = tokens(beginning)
    if sum(map(len, words)) < PREFIX_LENGTH:
        raise token.error('at least two letters or digits must stand before a "*"')
    if rest:
        raise token.error(
            f'a "*" stands at the end of a word; write {opening}{beginning}*', f"{opening}{beginning}*"
        )
    if len(words) > 1:
        raise token.error(
            f'a "*" takes one word before it, not {len(words)}; without the "*" they are a phrase',
            f"{opening}{beginning}",
        )
    return Text((words[0],), part, prefix=True)


def _author(token: Token) -> Author:
    if "*" in token.content:
        without = token.content.replace("*", "")
        raise _no_star(token, "author", f'"{without}"' if token.quoted else without)
    return Author(_words(token))


def _name(token: Token, field: Field) -> Organization | Submitter:
    name = fold_name(token.content)
    if name.endswith("*"):
        without = name.rstrip("* ")
        raise _no_star(token, field.name, f'"{without}"' if token.quoted else without)
    if not any(map(str.isalnum, name)):
        raise token.error("there is no letter and no digit to look for; drop it", "")
    return Organization(name) if field.name == "org" else Submitter(name)


def _no_star(token: Token, name: str, without: str) -> FilterError:
    kind = "words" if name == "author" else "names"
    return token.error(f'"{name}:" takes whole {kind}, no "*"', f"{name}:{without}")


def _identifier(token: Token) -> Identifier:
    found = find_identifier(token.content)
    if found is None:
        raise token.error("this is no arXiv identifier; write it as in id:2607.25895, or paste a link")
    return Identifier(found)


def _choice(token: Token, field: Field) -> str:
    typed = token.content.strip().lower()
    if typed in field.choices:
        return typed
    known = f"{', '.join(field.choices[:-1])} or {field.choices[-1]}"
    meant = closest(typed, field.choices)
    if meant is None:
        raise token.error(f'"{field.name}:" takes {known}')
    suggestion = f"{field.name}:{meant}"
    raise token.error(f'"{field.name}:" takes {known}; did you mean "{meant}"?', suggestion)


def _number(token: Token, field: Field) -> Number:
    typed, name = token.content.strip(), field.name
    meant = _meant_number(typed)
    if token.comparison is None:
        value = typed if meant is None else meant
        suggestion = f"{name}>={value}" if meant is not None else field.example
        raise token.error(
            f"a comparison is missing; write {suggestion}", suggestion if meant is not None else None
        )
    opening = f"{name}{token.comparison}"
    if not _NUMBER.fullmatch(typed):
        if meant is None or meant > LARGEST:
            raise token.error(f"a whole number must follow, as in {field.example}")
        raise token.error(f"a whole number must follow; write {opening}{meant}", f"{opening}{meant}")
    if meant is None or meant > LARGEST:
        raise token.error(f"a number is at most {LARGEST:,}", f"{opening}{LARGEST}")
    return Number(Quantity(name), token.comparison, meant)


def _meant_number(typed: str) -> int | None:
    """`20000` for `20k`, `20,000` and `20000`."""
    found = _MEANT_NUMBER.fullmatch(typed)
    if found is None:
        return None
    return int(re.sub(r"\D", "", found[1])) * (1000 if found[2] else 1)


def _day(token: Token, field: Field) -> Day:
    typed = token.content.strip()
    value = read_day(typed)
    if value is not None:
        return Day(Bound(field.name), value)
    if is_date(typed):
        raise token.error(f"no calendar has the day {typed}")
    meant = meant_day(typed)
    if meant is None:
        raise token.error("this is neither a date like 2026-07-29 nor an age like 7d, 2w or 3m")
    suggestion = f"{field.name}:{meant}"
    raise token.error(f"this is neither a date nor an age; write {suggestion}", suggestion)
