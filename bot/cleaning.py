r"""Foreign titles and abstracts, with their LaTeX and HTML, as plain Unicode text. Pure.

Most texts are plain already, so each step asks first whether its signs are there at all, and the two
libraries (pylatexenc, markdownify) are imported when a text first needs them and see only the part that
is markup: 14 ms for 1,000 characters is too much for whole abstracts, and a bare `%` or `a<b` would be lost.
What reads as plain text stays: `$5 and $6`, `a<b and c>d`, `ATT&CK`, `C:\dir`.
"""

import html
import re
import unicodedata
from functools import cache, partial
from typing import Any

from bot.latex import SCRIPT, script_as_text, without_latex
from bot.text import cut, one_line

# Raw text is cut to this many times the limit first: markup costs characters that do not stay.
_MARKUP_SHARE = 4
_MOST_TAGS = 300
# A name or a keyword, of which a paper has some 20: worth a way of its own where nothing can be markup.
_SHORT = 60
_SIMPLE = re.compile(r"[A-Za-z0-9.()]+(?:[ ,/-][A-Za-z0-9.()]+)*")

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# A tag has only attributes with a value: `<b and c>` is a comparison.
_TAG = re.compile(
    r"<!--[^<>]*-->"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)"
    r"""(?P<attributes>(?:\s+[A-Za-z_:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+))*)\s*/?>"""
)
_BLOCKS = frozenset(
    "blockquote br center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table td th tr ul".split()
)
_UNSEEN = frozenset("iframe img object script style svg".split())
_INLINE = frozenset(
    "a abbr b big cite code del em font i ins kbd mark q small span strike strong sub sup tt u var".split()
)

# Left over where someone took the backslashes out before us.
_STYLED = re.compile(r"(?<!\\)\b(?:emph|math(?:bb|bf|cal|it|rm)|text(?:bf|it|rm|sc|tt)?)\{([^{}\\]{0,200})\}")
_LINKED = re.compile(r"(https?://[^\s{}]{1,400})\{([^{}\\]{1,100})\}")
_GLUE = re.compile(r"\{(?<=\w\{)([,=]?)\}")
# A tie between words, but neither `10~20` and `1M~4M` nor `x~N(0,1)`.
_TIE = re.compile(
    r"~(?:(?<=[A-Za-z.,;:)\]]~)(?=[^\W\d]|\()|(?<!\d[A-Za-z]~)(?<=[A-Za-z.,;:)\]]~)(?=\d)|(?<=\d~)(?=[A-Za-z]))"
    r"(?![A-Z][a-z]{0,6}\()"
)
_DASH = re.compile(r"--(?:(?<=[\w%)\]”]--)-?(?=[\w(“])|(?<=\s--)-?(?=\s))")


def clean(raw: str, limit: int) -> str:
    """`raw` as one harmless line of plain text, at most `limit` characters.

    Never raises, and takes time in proportion to `limit`: what either library cannot read stays as it was.
    """
    if len(raw) < min(limit, _SHORT) and _SIMPLE.fullmatch(raw):
        return raw
    text = raw[: limit * _MARKUP_SHARE]
    if "<" in text or "&" in text:
        text = _without_html(text)
    if "\\" in text or "$" in text:
        text = without_latex(text)
    return cut(_line(_typeset(text)), limit)


def _line(text: str) -> str:
    """The same as `one_line`, without its cost for text that only needs its white space folded."""
    if "  " not in text and text.isprintable():
        text = text.strip()
    else:
        text = " ".join(text.split())
        if not text.isprintable():
            return one_line(text)
    return text if text.isascii() or _is_plain_unicode(text) else one_line(text)


def _is_plain_unicode(text: str) -> bool:
    """Whether it is in NFC and without marks that could stack."""
    return unicodedata.is_normalized("NFC", text) and not any(
        unicodedata.category(character).startswith("M") for character in set(text)
    )


def _typeset(text: str) -> str:
    """LaTeX's habits of typing that stand without a backslash: scripts, ties, quotes, dashes."""
    if "{" in text:
        text = _GLUE.sub(r"\1", _LINKED.sub(_linked, _STYLED.sub(r"\1", text)))
    if "^" in text or "_{" in text:
        text = SCRIPT.sub(script_as_text, text)
    if "~" in text:
        text = _TIE.sub(" ", text)
    if "``" in text and "```" not in text:
        text = text.replace("``", "“").replace("''", "”")
    if "--" in text:
        text = _DASH.sub(lambda found: "—" if len(found[0]) == 3 else "–", text)
    return text


def _linked(found: re.Match[str]) -> str:
    address, label = found.groups()
    return address if label.split("://")[-1] in address else f"{address} ({label})"


def _without_html(text: str) -> str:
    tags = _real_tags(text)
    if not tags:
        return _unescaped(text)
    if len(tags) > _MOST_TAGS:
        return text
    pieces, at = [], 0
    for tag in tags:
        # Whatever is no tag is escaped, or the parser would take `a<b` for one.
        pieces += [html.escape(_unescaped(text[at : tag.start()])), tag[0]]
        at = tag.end()
    pieces.append(html.escape(_unescaped(text[at:])))
    try:
        return str(_html_reader().convert("".join(pieces)))
    except Exception:  # RecursionError included: the raw text is the promise
        return text


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _real_tags(text: str) -> list[re.Match[str]]:
    """The tags of HTML that come in pairs or need none; `<EOS>` or a lone `<b>` is text."""
    tags = list(_TAG.finditer(text))
    opened = {tag["name"].lower() for tag in tags if tag["name"] and not tag["end"]}
    paired = opened & {tag["name"].lower() for tag in tags if tag["end"]} & (_BLOCKS | _UNSEEN | _INLINE)
    return [tag for tag in tags if not tag["name"] or tag["name"].lower() in paired or _stands_alone(tag)]


def _stands_alone(tag: re.Match[str]) -> bool:
    name = tag["name"].lower()
    return name in ("br", "hr") or (name == "img" and bool(tag["attributes"]))


@cache
def _html_reader() -> Any:
    """A markdownify converter that writes no Markdown: text alone, a blank for a block, scripts raised."""
    from markdownify import MarkdownConverter

    class Reader(MarkdownConverter):
        def escape(self, text: str, parent_tags: set[str]) -> str:
            return text

        def get_conv_fn(self, tag_name: str) -> Any:
            return partial(_tag_as_text, tag_name.lower())

    return Reader()


def _tag_as_text(name: str, element: object, text: str, parent_tags: object) -> str:
    if name in _UNSEEN:
        return ""
    if name in ("sub", "sup"):
        script = SCRIPT.fullmatch(f"{'_' if name == 'sub' else '^'}{{{text}}}")
        return script_as_text(script) if script else text
    return f" {text} " if name in _BLOCKS else text
