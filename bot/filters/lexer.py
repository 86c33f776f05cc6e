"""A filter's text as tokens, in one pass. Knows names, quotes and signs; what a value means is `values`."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.filters.errors import FilterError
from bot.filters.fields import FIELDS, Field, Value, meant_field
from bot.filters.syntax import Comparison
from bot.identifiers import find_identifier


class Kind(StrEnum):
    """A token's kind; the value of a sign is how it is typed."""

    TEXT = "text"
    FIELD = "field"
    OPEN = "("
    CLOSE = ")"
    OR = "OR"
    AND = "AND"
    NOT = "NOT"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of `source`, from `start` to `end`.

    Args:
        content: the word, the inside of the quotes, or a field's value.
        field: of a FIELD, which one.
        comparison: of a FIELD that was typed with one.
        quoted: whether `content` stood in quotes.
    """

    kind: Kind
    source: str
    start: int
    end: int
    content: str = ""
    field: Field | None = None
    comparison: Comparison | None = None
    quoted: bool = False

    @property
    def typed(self) -> str:
        return self.source[self.start : self.end]

    def error(self, sentence: str, suggestion: str | None = None) -> FilterError:
        """What is wrong with this token as a whole."""
        return FilterError(sentence, self.source, self.start, self.end, suggestion)


_BLANKS = re.compile(r"\s*")
_WORD = re.compile(r'[^\s()"|]+')
_NAMED = re.compile(r"([A-Za-z_]+):")
_COMPARED = re.compile(r"([A-Za-z_]+)(\s*:?\s*)(>=|<=|[<>=≥≤])\s*")
_COMPARISONS = {"≥": Comparison.AT_LEAST, "≤": Comparison.AT_MOST} | {sign.value: sign for sign in Comparison}
_SIGNS = {"(": Kind.OPEN, ")": Kind.CLOSE, "|": Kind.OR}
_OPERATORS = {"OR": Kind.OR, "AND": Kind.AND, "NOT": Kind.NOT}
_ENDINGS = ",.;!?"
_PIECES = re.compile(r'-?"[^"]*"|-?\(|[)|]|-?[^\s()|"]+')


def read_tokens(source: str) -> list[Token]:
    """The tokens of `source`, a text in plain form (see `bot.filters.analysis.plain`).

    Raises:
        FilterError: a quote that is not closed, a lone dash, a field that is unknown or has no value.
    """
    found: list[Token] = []
    at = _past_blanks(source, 0)
    while at < len(source):
        found.append(_token(source, at))
        at = _past_blanks(source, found[-1].end)
    return found


def _past_blanks(source: str, at: int) -> int:
    blanks = _BLANKS.match(source, at)
    assert blanks is not None
    return blanks.end()


def _token(source: str, at: int) -> Token:
    sign = source[at]
    if sign in _SIGNS:
        return Token(_SIGNS[sign], source, at, at + 1)
    if sign == '"':
        content, end = _quoted(source, at)
        return Token(Kind.TEXT, source, at, end, content, quoted=True)
    if sign == "-":
        return _minus(source, at)
    return _compared(source, at) or _named(source, at) or _word(source, at)


def _minus(source: str, at: int) -> Token:
    token = Token(Kind.NOT, source, at, at + 1)
    after = source[at + 1 : at + 2]
    if not after or after.isspace() or after in ")|":
        raise token.error('a "-" stands alone; put it right before what you leave out, or drop it', "")
    return token


def _quoted(source: str, at: int) -> tuple[str, int]:
    """What stands between the quote at `at` and the next one, and where it ends."""
    closed = source.find('"', at + 1)
    if closed < 0:
        rest = source[at:].rstrip()
        suggestion = rest + '"' if rest != '"' else ""
        raise FilterError(
            'this quote is not closed; put another " behind the phrase',
            source,
            at,
            at + len(rest),
            suggestion,
        )
    return source[at + 1 : closed], closed + 1


def _word(source: str, at: int) -> Token:
    run = _WORD.match(source, at)
    assert run is not None
    word = run[0]
    if word in _OPERATORS:
        return Token(_OPERATORS[word], source, at, run.end())
    if find_identifier(word.rstrip(_ENDINGS)):
        return Token(Kind.FIELD, source, at, run.end(), word.rstrip(_ENDINGS), FIELDS["id"])
    return Token(Kind.TEXT, source, at, run.end(), word)


def _compared(source: str, at: int) -> Token | None:
    """A name, a comparison and a number; None where it is something else."""
    begin = _COMPARED.match(source, at)
    if begin is None:
        return None
    name = begin[1].lower()
    field = FIELDS.get(name)
    run = _WORD.match(source, begin.end())
    value = run[0] if run else ""
    end = run.end() if run else at + len(begin[0].rstrip())
    if field is None or field.value is not Value.NUMBER:
        if begin[2].strip(":") or not value or (field is None and not value.isdecimal()):
            return None
        if field is None:
            raise _unknown(source, at, at + len(begin[0].rstrip()), name, end)
    token = Token(Kind.FIELD, source, at, end, value, field, _COMPARISONS[begin[3]])
    if not value:
        raise token.error(f"a number must follow, as in {field.example}")
    return token


def _named(source: str, at: int) -> Token | None:
    """A name, a colon and a value; None for a word that only looks like it: a link, or `BERT: a survey`."""
    begin = _NAMED.match(source, at)
    if begin is None:
        return None
    name, colon = begin[1].lower(), begin.end()
    after = source[colon : colon + 1]
    empty = not after or after.isspace() or after in ")|"
    run = _WORD.match(source, at)
    assert run is not None
    field = FIELDS.get(name)
    if field is None:
        if empty or after == "/" or find_identifier(run[0].rstrip(_ENDINGS)):
            return None
        raise _unknown(source, at, colon, name, run.end())
    if empty:
        raise _without_value(source, at, colon, field)
    if after == "(":
        raise _bracketed(source, at, colon, field)
    if after == '"':
        content, end = _quoted(source, colon)
        return Token(Kind.FIELD, source, at, end, content, field, quoted=True)
    return Token(Kind.FIELD, source, at, run.end(), source[colon : run.end()], field)


def _unknown(source: str, start: int, end: int, name: str, whole: int) -> FilterError:
    """`name` with its colon or comparison stands from `start` to `end`, the whole word ends at `whole`."""
    said = f'unknown field "{name}"'
    meant = meant_field(name)
    if meant is None:
        text = source[start:whole].replace("*", "")
        quoted = f'"{text}"' if source[whole : whole + 1] != '"' else None
        said += "; put it in quotes to look for the text"
        return FilterError(said, source, start, whole, quoted)
    field = FIELDS[meant]
    sign = source[start + len(name) : end].strip(": ")
    opening = f"{meant}{sign}" if sign and field.value is Value.NUMBER else field.opening
    return FilterError(f'{said}; did you mean "{meant}"?', source, start, end, opening)


def _without_value(source: str, start: int, colon: int, field: Field) -> FilterError:
    at = _past_blanks(source, colon)
    value = _WORD.match(source, at)
    closed = source.find('"', at + 1) + 1
    if source[at : at + 1] == '"' and closed:
        end = closed
    elif at > colon and value:
        end = value.end()
    else:
        said = f'"{field.name}:" has no value; write it as in {field.example}'
        return FilterError(said, source, start, colon)
    suggestion = field.opening + source[at:end]
    said = f"no blank may stand behind the colon; write {suggestion}"
    return FilterError(said, source, start, end, suggestion)


def _bracketed(source: str, start: int, colon: int, field: Field) -> FilterError:
    """A field in front of brackets, which would be read with the field inside them."""
    end = _closing(source, colon)
    said = "a field takes one term"
    if end is None or ":" in source[colon:end] or field.value is Value.NUMBER:
        return FilterError(f"{said}; write it as in {field.example}", source, start, colon)
    pieces = [piece[0] for piece in _PIECES.finditer(source, colon, end)]
    suggestion = ""
    for piece in pieces:
        tight = not suggestion or suggestion.endswith("(") or piece == ")"
        suggestion += ("" if tight else " ") + _with_field(piece, field.name)
    return FilterError(f"{said}; write {suggestion}", source, start, end, suggestion)


def _closing(source: str, at: int) -> int | None:
    """Where the bracket at `at` ends."""
    depth = 0
    for position in range(at, len(source)):
        depth += (source[position] == "(") - (source[position] == ")")
        if depth == 0:
            return position + 1
    return None


def _with_field(piece: str, name: str) -> str:
    if piece in _SIGNS or piece in _OPERATORS or piece in ("-", "-("):
        return piece
    return f"-{name}:{piece[1:]}" if piece[0] == "-" else f"{name}:{piece}"
