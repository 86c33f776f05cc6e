"""A filter in plain English: papers about "diffusion", not "survey", with at least 20 upvotes and code."""

from collections.abc import Iterable, Iterator

from bot.filters.clauses import HEADS, Clause, clause_of
from bot.filters.syntax import And, Filter, Node, Not, Or, Order

ORDERS = {
    Order.RELEVANCE: "best matches first",
    Order.NEW: "newest first",
    Order.UPVOTES: "most upvotes first",
    Order.TRENDING: "trending first",
}


def describe(wanted: Filter) -> str:
    """What `wanted` asks for, as one phrase without a full stop. Brackets show what belongs together."""
    said = f"papers {_said(wanted.root)}" if wanted.root else "every paper"
    return f"{said}, {ORDERS[wanted.order]}" if wanted.order else said


def _said(node: Node) -> str:
    return _one_of(node) if isinstance(node, Or) else _all_of(node)


def _all_of(node: Node) -> str:
    """A conjunction: clauses by their heads, then what needs brackets."""
    clauses: list[Clause] = []
    groups: list[str] = []
    for term in _conjuncts(node):
        if clause := clause_of(term) or _alternatives(term):
            clauses.append(clause)
        else:
            groups.append(_bracketed(term))
    said = list(_by_heads(clauses))
    if groups and len(said) + len(groups) > 1:
        groups[-1] = f"and {groups[-1]}"
    return ", ".join([*said, *groups])


def _conjuncts(node: Node) -> Iterator[Node]:
    """What must all be so: not (a or b) is said as not a and not b."""
    match node:
        case And(terms):
            for term in terms:
                yield from _conjuncts(term)
        case Not(Or(terms)):
            for term in terms:
                yield from _conjuncts(_opposite(term))
        case _:
            yield node


def _opposite(node: Node) -> Node:
    return node.term if isinstance(node, Not) else Not(node)


def _alternatives(node: Node) -> Clause | None:
    """One clause for an OR whose terms all share a head; None for any other node."""
    if not isinstance(node, Or):
        return None
    clauses = [clause for term in node.terms if (clause := clause_of(term))]
    first = clauses[0] if clauses else None
    if first is None or len(clauses) < len(node.terms):
        return None
    if any(clause.negated or clause.head != first.head for clause in clauses):
        return None
    said = [clause.said for clause in sorted(clauses, key=lambda clause: clause.rank)]
    return Clause(first.head, _listed(said, "or"), rank=first.rank, several=True)


def _by_heads(clauses: list[Clause]) -> Iterator[str]:
    for head in HEADS:
        wanted = [clause for clause in clauses if clause.head == head and not clause.negated]
        unwanted = [clause for clause in clauses if clause.head == head and clause.negated]
        if wanted:
            yield f"{head} {_joined(wanted, 'and')}"
        if unwanted:
            opening = "not" if wanted and head == "about" else unwanted[0].opening
            yield f"{opening} {_joined(unwanted, 'or')}"


def _joined(clauses: list[Clause], word: str) -> str:
    ordered = sorted(clauses, key=lambda clause: clause.rank)
    bracketed = len(ordered) > 1
    return _listed(
        [f"({clause.said})" if clause.several and bracketed else clause.said for clause in ordered], word
    )


def _one_of(node: Or) -> str:
    """A disjunction: terms with the same head share it, several terms in one alternative get brackets."""
    said: dict[str, list[str]] = {}
    for term in node.terms:
        if clause := clause_of(term):
            opening, rest = (str(clause), "") if clause.negated else (clause.head, clause.said)
            said.setdefault(opening, []).append(rest)
        else:
            said.setdefault(_bracketed(term), []).append("")
    return _listed([f"{head} {_listed(rest, 'or')}".rstrip() for head, rest in said.items()], "or")


def _bracketed(node: Node) -> str:
    return f"not ({_said(node.term)})" if isinstance(node, Not) else f"({_said(node)})"


def _listed(said: Iterable[str], word: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *before, last = said
    return f"{', '.join(before)} {word} {last}" if before else last
