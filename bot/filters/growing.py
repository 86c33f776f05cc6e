"""Whether a filter asks for numbers that grow, so that a paper may match later than on its day. Pure."""

from bot.filters.syntax import And, Filter, Node, Not, Number, Or


def compares_numbers(wanted: Filter) -> bool:
    """Whether upvotes, stars or comments are compared anywhere in it."""
    return wanted.root is not None and _compares(wanted.root)


def _compares(node: Node) -> bool:
    match node:
        case And(terms) | Or(terms):
            return any(map(_compares, terms))
        case Not(term):
            return _compares(term)
        case _:
            return isinstance(node, Number)
