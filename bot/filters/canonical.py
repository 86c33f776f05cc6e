"""The one way to write a filter: flat, without repetitions, terms in a fixed order, quotes and brackets only
where they are needed. Filters that differ in spelling, spacing or order share it."""

import re

from bot.filters.syntax import (
    Age,
    And,
    Author,
    Day,
    Filter,
    Has,
    Identifier,
    Leaf,
    Node,
    Not,
    Number,
    Or,
    Order,
    Organization,
    Submitter,
    Text,
)

EVERY_PAPER = frozenset(("all", "everything", "all papers", "every paper", "*"))
"""What says, as the whole filter of a subscription, that it wants every paper. In quotes they are words."""

_BARE_NAME = re.compile(r"[^\W_]+(?:[-_.&+/'][^\W_]+)*")
_KINDS: tuple[type[Node], ...] = (Author, Organization, Submitter, Identifier, Has, Number, Day)


def filter_of(root: Node | None, order: Order | None = None) -> Filter:
    """A filter in canonical form from a tree in any form."""
    return Filter(simplified(root) if root else None, order)


def written(wanted: Filter) -> str:
    """The canonical text of a filter; empty where every paper matches and no order is set."""
    terms = [_written(wanted.root)] if wanted.root else []
    if not wanted.order and terms and terms[0] in EVERY_PAPER:
        first, *others = terms[0].split(" ")
        return " ".join([f'"{first}"', *others])
    if wanted.order:
        terms.append(f"sort:{wanted.order}")
    return " ".join(terms)


def simplified(node: Node) -> Node:
    """The tree in canonical form: AND in AND and OR in OR merged, no term twice, no double negation, terms
    in order. It matches the same papers."""
    if isinstance(node, Not):
        term = simplified(node.term)
        return term.term if isinstance(term, Not) else Not(term)
    if not isinstance(node, And | Or):
        return node
    kind = type(node)
    terms: dict[Node, None] = {}
    for term in map(simplified, node.terms):
        terms.update(dict.fromkeys(term.terms if isinstance(term, kind) else (term,)))
    if len(terms) == 1:
        return next(iter(terms))
    return kind(tuple(sorted(terms, key=place)))


def place(node: Node) -> tuple[int, bool, str]:
    """Where a term stands among others: words first, then brackets, then fields."""
    bare = node.term if isinstance(node, Not) else node
    return _rank(bare), isinstance(node, Not), _written(bare)


def _rank(node: Node) -> int:
    if isinstance(node, Text):
        return 0 if node.part is None else 2
    return 1 if isinstance(node, And | Or | Not) else 3 + _KINDS.index(type(node))


def _written(node: Node) -> str:
    match node:
        case And(terms):
            return " ".join(
                f"({_written(term)})" if isinstance(term, Or) else _written(term) for term in terms
            )
        case Or(terms):
            return " OR ".join(map(_written, terms))
        case Not(term):
            return f"-({_written(term)})" if isinstance(term, And | Or) else f"-{_written(term)}"
        case _:
            return _leaf(node)


def _leaf(leaf: Leaf) -> str:
    match leaf:
        case Text(words, part, prefix):
            return (f"{part}:" if part else "") + _phrase(words) + ("*" if prefix else "")
        case Author(words):
            return f"author:{_phrase(words)}"
        case Organization(name):
            return f"org:{_name(name)}"
        case Submitter(name):
            return f"by:{_name(name)}"
        case Identifier(id):
            return f"id:{id}"
        case Has(feature):
            return f"has:{feature}"
        case Number(quantity, comparison, value):
            return f"{quantity}{comparison}{value}"
        case Day(bound, value):
            return f"{bound}:{value.count}{value.unit}" if isinstance(value, Age) else f"{bound}:{value}"


def _phrase(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f'"{" ".join(words)}"'


def _name(name: str) -> str:
    return name if _BARE_NAME.fullmatch(name) else f'"{name}"'
