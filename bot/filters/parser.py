"""Read a filter. Linear in the text, which is at most 512 characters long; any string gives an answer.

filter  = [ or ]                        one "sort:" may stand anywhere outside brackets
or      = and { ( "OR" | "|" ) and }
and     = unary { [ "AND" ] unary }
unary   = ( "-" | "NOT" ) unary | primary
primary = "(" or ")" | field | text
"""

import re

from bot.filters.analysis import plain
from bot.filters.canonical import simplified, written
from bot.filters.errors import FilterError
from bot.filters.lexer import Kind, Token, read_tokens
from bot.filters.syntax import And, Day, Filter, Node, Not, Or, Order
from bot.filters.values import read_order, read_term

LENGTH = 512
"""The most characters of a filter, as it is typed and in canonical form."""
TERMS = 32
DEPTH = 8
"""The most brackets inside each other."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def parse(text: str) -> Filter:
    """The filter that `text` says, in canonical form.

    Raises:
        FilterError: it says none; with what, where, and what to write instead.
    """
    if len(text) > LENGTH:
        said = f"a filter has at most {LENGTH} characters, and this has {len(text):,}"
        raise FilterError(said, plain(text[: LENGTH + 1]), LENGTH, LENGTH + 1)
    source = plain(text)
    if found := _CONTROL.search(source):
        raise FilterError("a control character cannot be looked for; drop it", source, *found.span(), "")
    read = read_tokens(source)
    if not read and text.strip():
        raise FilterError("there is no visible character to look for", source, 0, len(source))
    tokens, order = _sorted_out(read)
    filter_ = Filter(simplified(_Parser(tokens).tree()) if tokens else None, order)
    if (length := len(written(filter_))) > LENGTH:
        said = f"a filter has at most {LENGTH} characters, and written out in full this has {length:,}"
        raise FilterError(said, source, 0, len(source))
    return filter_


def check_subscription(wanted: Filter) -> None:
    """Refuse what has no meaning in a subscription: days, because its schedule is its window.

    Raises:
        FilterError: the filter names a day; its text is the canonical form.
    """
    found = _first_day(wanted.root)
    if found is None:
        return
    text, term = str(wanted), written(Filter(found))
    start = max(text.find(term), 0)
    said = (
        f'a subscription takes no "{found.bound}:", because its schedule says from which days papers come; '
        "leave it out"
    )
    raise FilterError(said, text, start, start + len(term))


def names_a_day(wanted: Filter) -> bool:
    """Whether a filter is none for a subscription, see `check_subscription`."""
    return _first_day(wanted.root) is not None


def _first_day(node: Node | None) -> Day | None:
    match node:
        case Day():
            return node
        case Not(term):
            return _first_day(term)
        case And(terms) | Or(terms):
            return next((found for term in terms if (found := _first_day(term))), None)
        case _:
            return None


def _sorted_out(tokens: list[Token]) -> tuple[list[Token], Order | None]:
    """The tokens without `sort:`, and what it asked for."""
    rest: list[Token] = []
    order: Order | None = None
    depth = 0
    before: Token | None = None
    for token in tokens:
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if token.field is None or token.field.name != "sort":
            rest.append(token)
        elif depth > 0:
            raise token.error('"sort:" is for the whole filter; put it outside the brackets')
        elif before is not None and before.kind is Kind.NOT:
            said = f'"sort:" cannot be negated; write {token.typed}'
            raise FilterError(said, token.source, before.start, token.end, token.typed)
        elif order is not None:
            raise token.error('"sort:" can stand only once; drop one', "")
        else:
            order = read_order(token)
        before = token
    return rest, order


class _Parser:
    """Recursive descent; only brackets recurse, and their depth is bounded."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._terms = 0
        self._depth = 0

    def tree(self) -> Node:
        root = self._or()
        if token := self._next():
            raise _unopened(token)
        return root

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _kind(self) -> Kind | None:
        token = self._next()
        return token.kind if token else None

    def _or(self) -> Node:
        terms = [self._and()]
        while self._kind() is Kind.OR:
            self._at += 1
            terms.append(self._and())
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _and(self) -> Node:
        terms = [self._unary()]
        while (kind := self._kind()) not in (None, Kind.OR, Kind.CLOSE):
            self._at += kind is Kind.AND
            terms.append(self._unary())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _unary(self) -> Node:
        negated = False
        while self._kind() is Kind.NOT:
            self._at += 1
            negated = not negated
        term = self._primary()
        return Not(term) if negated else term

    def _primary(self) -> Node:
        token = self._next()
        if token is None or token.kind not in (Kind.OPEN, Kind.TEXT, Kind.FIELD):
            raise self._missing(token)
        self._at += 1
        if token.kind is Kind.OPEN:
            return self._bracket(token)
        self._terms += 1
        if self._terms > TERMS:
            raise token.error(f"a filter has at most {TERMS} terms; this is one too many")
        return read_term(token)

    def _bracket(self, opened: Token) -> Node:
        self._depth += 1
        if self._depth > DEPTH:
            raise opened.error(f"at most {DEPTH} brackets can stand inside each other")
        inside = self._or()
        if self._next() is None:
            raise _unclosed(opened)
        self._at += 1
        self._depth -= 1
        return inside

    def _missing(self, token: Token | None) -> FilterError:
        """Why there is no term where one must stand: `token` stands there instead, or nothing does."""
        before = self._tokens[self._at - 1] if self._at else None
        if before is not None and before.kind is not Kind.OPEN:
            return _lonely(before, "right")
        if token is None:
            assert before is not None
            return _unclosed(before)
        if token.kind is not Kind.CLOSE:
            return _lonely(token, "left")
        return _unopened(token) if before is None else _empty(before, token)


def _unclosed(opened: Token) -> FilterError:
    return opened.error("this bracket is not closed; put a ) behind the last term, or drop it", "")


def _unopened(closed: Token) -> FilterError:
    return closed.error("this bracket was not opened; drop it, or put a ( before", "")


def _empty(opened: Token, closed: Token) -> FilterError:
    said = "nothing stands inside these brackets; put a term there, or drop them"
    return FilterError(said, opened.source, opened.start, closed.end, "")


def _lonely(operator: Token, side: str) -> FilterError:
    """An operator without a term on one side."""
    typed = operator.typed
    said = f'nothing stands {side} of "{typed}"'
    if not typed.isalpha():
        return operator.error(f"{said}; put a term there, or drop it", "")
    return operator.error(f'{said}; write "{typed.lower()}" to look for the word', typed.lower())
