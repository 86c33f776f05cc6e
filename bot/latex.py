r"""LaTeX as Unicode text, wherever it stands in plain text. Pure.

Only what begins with a dollar or a backslash is LaTeX, and what is no formula after all stays as it was:
`$5 and $6`, `C:\dir`. The commonest signs are replaced from a table; pylatexenc, which takes 14 ms for
1,000 characters, reads the rest piece by piece and is imported when the first such piece comes.
"""

import re
from functools import cache, lru_cache, partial
from typing import Any

# Characters: of one formula or macro with its arguments, and of all in a text that need the library.
_LONGEST_SEGMENT = 1_000
_MOST_LATEX = 2_000

_LATEX = re.compile(r"\$\$?|\\(?:[A-Za-z]+\*?|.)|\{(?=\\[A-Za-z])", re.DOTALL)
_ARGUMENTS = 3
_ACCENTED = re.compile(r"\\(?:'(?!s\b)[A-Za-z]|[\"`^][aeiouyAEIOUY]|~[anoANO]|=[aeiouAEIOU]|\.[zceIZCE])")
_ACCENTS = frozenset("\"'`^~=.")
_JOINED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:")
_LETTERS = frozenset(r"\i \j \l \L \o \O \S \P".split())
_SIMPLE = {
    **{f"\\{sign}": sign for sign in "%&$#_{}'\"`~^"},
    **{f"\\{sign}": " " for sign in ",;: \n\\"},
    **dict.fromkeys([r"\!", r"\-", r"\/", r"\@", r"\nobreakdash", r"\allowbreak", r"\xspace"], ""),
    r"\eg": "e.g.",
    r"\ie": "i.e.",
    r"\etc": "etc",
    r"\etal": "et al.",
    r"\vs": "vs",
    r"\times": "×",
    r"\deg": "°",
    r"\to": "→",
}
# What pylatexenc reads otherwise or not at all: the arguments of each macro, and what stays of them.
_MACROS = {
    **dict.fromkeys("bf em it rm sc sf tt bfseries itshape left right big Big bigg Bigg".split(), ("", "")),
    **dict.fromkeys("nobreakdash allowbreak xspace".split(), ("", "")),
    **dict.fromkeys("b mathbf mathcal mathfrak mathscr mathsf mathtt operatorname url".split(), ("{", "%s")),
    **dict.fromkeys("cite citep citet color label ref".split(), ("{", "")),
    "deg": ("", "°"),
    "footnote": ("{", " (%s)"),
    "href": ("{{", "%(2)s"),
    "textcolor": ("{{", "%(2)s"),
    "textgreater": ("", ">"),
    "textless": ("", "<"),
}
_ARGUMENT_OF_MACRO = re.compile(r"\\[A-Za-z]+\s*(?:\{[^{}]*\})?")
_PROSE = re.compile(r"\s[A-Za-z]{2,}|[a-z]{3,}\s")
_BARE_SIGN = re.compile(r"(?<!\\)[%&#]")
# The reader drops braces, so what is more than one macro gets brackets: ℝ^(n × m).
_WIDE_SCRIPT = re.compile(r"(?<=[_^])\{(?!-?\\[A-Za-z]+(?:\{\w*\})?\})((?:[^{}]|\{[^{}]*\}){1,100}+)\}")
_MACRO_BEFORE_MACRO = re.compile(r"(\\[A-Za-z]+)\s+(?=\\)")

# Each begins with its sign and looks back from there: the engine then finds the sign by a plain search.
SCRIPT = re.compile(
    r"(?P<sign>[_^])(?:\{(?P<group>[^{}\\]{1,40})\}|(?<=[\w)\]]\^)(?P<power>[-+]?\d{1,4})(?!\d))"
)
_RAISED = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_ORDINALS = frozenset({"st", "nd", "rd", "th"})


def without_latex(text: str) -> str:
    """Formulas, macros and accents as Unicode; the text between them is not touched."""
    closing = _closing_braces(text)
    pieces, at, spent = [], 0, 0
    while found := _LATEX.search(text, at):
        end = _segment_end(text, found, closing)
        segment = text[found.start() : end]
        plain = segment if segment == "$" else _SIMPLE.get(segment)
        if plain is None:
            spent += len(segment)
            if spent > _MOST_LATEX:
                return text
            plain = _unicode(segment, text[max(0, found.start() - 1) : found.start()] in _JOINED)
        pieces += [text[at : found.start()], plain]
        at = end
    return "".join([*pieces, text[at:]])


def script_as_text(found: re.Match[str]) -> str:
    """`x^{2}` as x², `F_{max}` as F_max, `z_{t+1}` as z_(t+1)."""
    sign, text = found["sign"] or "^", found["group"] or found["power"]
    table = _RAISED if sign == "^" else _LOWERED
    if all(character in table for character in text):
        return "".join(table[character] for character in text)
    if sign == "^" and text in _ORDINALS:
        return text
    return f"{sign}{text}" if text.replace(".", "").isalnum() else f"{sign}({text})"


def _closing_braces(text: str) -> dict[int, int]:
    """Where each brace that opens is closed again."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for found in re.finditer(r"(?<!\\)[{}]", text):
        if found[0] == "{":
            opened.append(found.start())
        elif opened:
            ends[opened.pop()] = found.start()
    return ends


def _segment_end(text: str, found: re.Match[str], closing: dict[int, int]) -> int:
    """Where the LaTeX that begins with `found` ends; behind the sign alone if it begins none."""
    sign, start, end = found[0], found.start(), found.end()
    if sign[0] == "$":
        return _formula_end(text, start, sign)
    if sign in (r"\(", r"\["):
        close = text.find(r"\)" if sign == r"\(" else r"\]", end, end + _LONGEST_SEGMENT)
        return close + 2 if close > 0 else end
    if sign == "{":
        close = closing.get(start, -1)
        return close + 1 if 0 < close - start < _LONGEST_SEGMENT else end
    if sign[1] in _ACCENTS and (accented := _ACCENTED.match(text, start)):
        return accented.end()
    if sign[1].isalpha() or sign[1] in _ACCENTS:
        return _arguments_end(text, end, closing)
    return end


def _arguments_end(text: str, end: int, closing: dict[int, int]) -> int:
    for _ in range(_ARGUMENTS):
        close = closing.get(end, -1)
        if not 0 < close - end < _LONGEST_SEGMENT:
            break
        end = close + 1
    return end


def _formula_end(text: str, start: int, sign: str) -> int:
    """Dollars hold a formula if they hug it and it is neither a run of words, as in `$5 and 6$`, nor a
    price, as in `$5-$6`."""
    begin = start + len(sign)
    close = text.find(sign, begin, begin + _LONGEST_SEGMENT)
    body = text[begin:close] if close > begin else ""
    after = close + len(sign)
    if not body or body != body.strip() or (body[0].isdigit() and text[after : after + 1].isdigit()):
        return start + 1
    return start + 1 if _PROSE.search(_ARGUMENT_OF_MACRO.sub("", body)) else after


@lru_cache(maxsize=2048)
def _unicode(segment: str, joined: bool) -> str:
    """One formula, macro or group as Unicode; as it was where the library cannot read it.

    Args:
        joined: it follows a letter or a colon, so that an unknown macro may as well be part of a path.
    """
    name = segment[1:] if segment[0] == "\\" and segment[1:].isalpha() else ""
    if len(segment) == 2 and segment not in _LETTERS:
        return segment
    if joined and name and name not in _known_macros():
        return segment
    if segment.startswith((r"\begin{", r"\end{")):
        return " "
    body = SCRIPT.sub(script_as_text, _formula_body(segment))
    if not any(sign in body for sign in "\\{}"):
        return body
    body = _MACRO_BEFORE_MACRO.sub(r"\1{} ", _BARE_SIGN.sub(r"\\\g<0>", _WIDE_SCRIPT.sub(r"{(\1)}", body)))
    try:
        return str(_latex_reader()(body)).replace("^∘", "°")
    except Exception:  # RecursionError included: the raw text is the promise
        return segment


def _formula_body(segment: str) -> str:
    for opened, closed in (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]")):
        if len(segment) > len(opened + closed) and segment.startswith(opened) and segment.endswith(closed):
            return segment[len(opened) : -len(closed)].strip()
    return segment


@cache
def _known_macros() -> frozenset[str]:
    from pylatexenc.latex2text import get_default_latex_context_db

    database = get_default_latex_context_db()
    specs = (spec for category in database.category_list for spec in database.iter_macro_specs([category]))
    return frozenset({spec.macroname for spec in specs} | _MACROS.keys())


@cache
def _latex_reader() -> Any:
    """pylatexenc's reader, strict, with what arXiv's abstracts use and it does not know."""
    from pylatexenc import latex2text, latexwalker, macrospec

    texts = latex2text.get_default_latex_context_db()
    texts.add_context_category(
        "here",
        [latex2text.MacroTextSpec(name, text, discard=not text) for name, (_, text) in _MACROS.items()],
        prepend=True,
    )
    texts.set_unknown_macro_spec(latex2text.MacroTextSpec("", _unknown_macro))
    arguments = latexwalker.get_default_latex_context_db()
    arguments.add_context_category(
        "here", [macrospec.std_macro(name, taken) for name, (taken, _) in _MACROS.items()], prepend=True
    )
    spaces = {"between-macro-and-chars": False, "between-latex-constructs": True, "in-equations": None}
    reader = latex2text.LatexNodes2Text(latex_context=texts, math_mode="text", strict_latex_spaces=spaces)
    return partial(reader.latex_to_text, latex_context=arguments, tolerant_parsing=False)


def _unknown_macro(node: Any, l2tobj: Any) -> str:
    """An author's own macro: its name is the best word we have, unless it only dresses what follows."""
    taken = [argument for argument in node.nodeargd.argnlist if argument] if node.nodeargd else []
    if taken:
        return "".join(l2tobj.node_to_text(argument) for argument in taken)
    follows = node.parsing_state.s[node.pos + node.len :][:2]
    return "" if follows[:1] == "{" and follows != "{}" else str(node.macroname)
