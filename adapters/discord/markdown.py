"""Plain text → Discord's markdown, in which foreign text formats nothing, links nowhere, pings nobody. Pure.

Discord reads a backslash before any punctuation as "this character, as it is".
https://support.discord.com/hc/en-us/articles/210298617
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from urllib.parse import quote, urlsplit

from bot.markup import Line, Span
from bot.text import ELLIPSIS, cut, fixed, one_line

# Emphasis, code, spoilers, links, mentions anywhere; quotes, headings, lists, small print at the beginning;
# emoji, bare addresses, @everyone. No more than that: a phone's notification shows the backslashes.
_SPECIAL = re.compile(r"[\\*_~`|<\[\]]|^[>#+-]|:(?=//|\w+:)|@(?=everyone|here)")
# Asked first whether there is anything to escape: one set of characters takes a tenth of the time.
_SUSPECT = re.compile(r"[\\*_~`|<\[\]:@]")
_OPENERS = frozenset(">#+-0123456789")
_NUMBERED = re.compile(r"^([0-9]+)([.)])")
# Discord finds the end of a link's label by its brackets and does not see a backslash before them.
_LABEL = re.compile(r"(?:\[[^\[\]]*\]|[^\[\]])*")
_ROUND = str.maketrans("[]", "()")
_BLANKS = re.compile(" {2,}")
_SNOWFLAKE = re.compile(r"[0-9]{1,20}")
_TARGET = attrgetter("url", "person")
_LOOK = attrgetter("bold", "italic", "code")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_URL_SAFE = "/%:!$&+,;=~-._?#@"
# Nearly every address is one of these, and needs no taking apart.
_SAFE = re.compile(r"https?://(?:[a-z0-9][a-z0-9-]*\.)+[a-z]+(?:/[A-Za-z0-9/._~=&?+-]*)?")
_URL_LIMIT = 1500
_CAPS = (2000, 1000, 500, 250, 160, 80, 40)
_ROWS_KEPT = 1_000


def escape(text: str) -> str:
    """`text` such that Discord shows it as it is."""
    if text[:1] not in _OPENERS and not _SUSPECT.search(text):
        return text
    return _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))


def fitted(text: str, limit: int) -> str:
    """One clean, escaped line of at most `limit` characters, cut at a word border where it is longer."""
    text, limit = one_line(text), max(limit, 0)
    size = min(len(text), limit)
    while len(shown := escape(cut(text, size))) > limit:
        size -= max(1, (len(shown) - limit) // 2)
    return shown


def link(address: str | None) -> str | None:
    """An address that stays whole in markdown, or None for one that nobody should follow.

    Only http and https, a host with a dot, no user name before it; percent-encoded.
    """
    if not address or len(address) > _URL_LIMIT:
        return None
    if _SAFE.fullmatch(address):
        return address
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    if "." not in host or not _HOST.fullmatch(host):
        return None
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    tail = _PERCENT.sub("%25", f"{parts.path}{query}{fragment}")
    whole = f"{parts.scheme}://{host}{port}{quote(tail, safe=_URL_SAFE, errors='replace')}"
    return whole if len(whole) <= _URL_LIMIT else None


def rows(lines: Sequence[Line], limit: int) -> str:
    """Lines as markdown in at most `limit` characters; a line without spans is an empty row between two.

    Where they are longer, every link and every text between links gets shorter, so that each line keeps its
    links; at the end lines fall.
    """
    shown: list[str] = []
    for cap in (limit, *_CAPS):
        shown = _set_apart(lines, cap)
        if sum(len(row) + 1 for row in shown) - 1 <= limit:
            return "\n".join(shown)
    kept: list[str] = []
    room = limit - len(ELLIPSIS)
    for row in shown:
        room -= len(row) + 1
        if room < 0:
            break
        kept.append(row)
    return "\n".join([*kept, ELLIPSIS])


def code_block(text: str, limit: int) -> str:
    """Rows of code in which what stands under each other stays so; empty where they are longer than `limit`.

    Three backticks would end the block; they become other marks, one for one.
    """
    inside = fixed(text).strip("\n").replace("```", "'''")
    block = f"```\n{inside}\n```" if inside.strip() else ""
    return block if len(block) <= limit else ""


def _set_apart(lines: Sequence[Line], cap: int) -> list[str]:
    shown: list[str] = []
    gap = False
    for spans in lines:
        row = _row(spans, cap)
        if row:
            shown += ["", row] if gap and shown else [row]
        gap = not spans or (gap and not row)
    return shown


def _row(spans: Line, cap: int) -> str:
    return _marked_up(spans, cap if sum([len(span.text) for span in spans]) > cap else None)


@lru_cache(maxsize=_ROWS_KEPT)
def _marked_up(spans: Line, longest: int | None) -> str:
    """A row, kept because the lines of one paper go to many readers.

    Args:
        longest: characters of a link or of a text between links; None where all of them fit.
    """
    cap = sum(len(span.text) for span in spans) if longest is None else longest
    row = "".join([_run(list(run), cap) for _, run in groupby(spans, _TARGET)])
    return (_BLANKS.sub(" ", row) if "  " in row else row).strip()


def _run(spans: Sequence[Span], cap: int) -> str:
    """Neighbours with one address are one link with their looks inside; a person is a mention."""
    url, person = _TARGET(spans[0])
    pieces, whole = _pieces(spans, cap)
    if person and _SNOWFLAKE.fullmatch(person):
        return _beside_blanks(whole, f"<@{person}>")
    address = link(url) if url else None
    if address and not _LABEL.fullmatch(whole):
        pieces = [(span, words.translate(_ROUND)) for span, words in pieces]
    shown = "".join([_looking(span, words) for span, words in pieces])
    return _beside_blanks(shown, f"[{shown.strip()}]({address})") if address and shown.strip() else shown


def _pieces(spans: Sequence[Span], cap: int) -> tuple[list[tuple[Span, str]], str]:
    """Looks with their texts, and these as one text, cut where it is longer than `cap`.

    What looks alike is one piece, for marks that meet would cancel each other.
    """
    if len(spans) == 1:
        whole = _folded(spans[0].text)
        whole = whole if len(whole) <= cap else cut(whole, cap)
        return [(spans[0], whole)], whole
    alike = [list(group) for _, group in groupby(spans, _LOOK)]
    pieces = [(same[0], _folded("".join(span.text for span in same))) for same in alike]
    whole = "".join(words for _, words in pieces)
    return (pieces, whole) if len(whole) <= cap else _shortened(pieces, cut(whole, cap))


def _shortened(pieces: list[tuple[Span, str]], whole: str) -> tuple[list[tuple[Span, str]], str]:
    """The pieces up to where `whole` ends with an ellipsis."""
    left = len(whole.removesuffix(ELLIPSIS))
    kept: list[tuple[Span, str]] = []
    for span, words in pieces:
        if left < len(words):
            return [*kept, (span, words[:left] + ELLIPSIS)], whole
        kept.append((span, words))
        left -= len(words)
    return kept, whole


def _folded(text: str) -> str:
    """One clean line that keeps a blank at either end where there was any."""
    words = one_line(text)
    if words == text:
        return words
    if not words:
        return " " if text[:1].isspace() else ""
    return _beside_blanks(text, words)


def _looking(span: Span, words: str) -> str:
    inner = words.strip()
    if not inner:
        return words
    shown = "`" + inner.replace("`", "'") + "`" if span.code else escape(inner)
    if span.italic:
        shown = f"_{shown}_"
    if span.bold:
        shown = f"**{shown}**"
    return shown if inner == words else _beside_blanks(words, shown)


def _beside_blanks(text: str, shown: str) -> str:
    """`shown` with a blank on each side where `text` has white space."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{shown}{after}"
