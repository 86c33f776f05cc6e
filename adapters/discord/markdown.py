"""Plain text → Discord's markdown, in which foreign text formats nothing, links nowhere, pings nobody. Pure.

Discord reads a backslash before any punctuation as "this character, as it is".
https://support.discord.com/hc/en-us/articles/210298617
"""

import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from bot.markup import Line, Span
from bot.text import ELLIPSIS, cut, one_line

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
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_URL_SAFE = "/%:!$&+,;=~-._?#@"
# Nearly every address is one of these, and needs no taking apart.
_SAFE = re.compile(r"https?://(?:[a-z0-9][a-z0-9-]*\.)+[a-z]+(?:/[A-Za-z0-9/._~=&?+-]*)?")
_URL_LIMIT = 1500
_CAPS = (2000, 1000, 500, 250, 160, 80, 40)


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
    """Lines as markdown in at most `limit` characters.

    Where they are longer, every span gets shorter, so that each line keeps its link; at the end lines fall.
    """
    shown: list[str] = []
    for cap in (limit, *_CAPS):
        shown = [row for row in (_row(spans, cap) for spans in lines) if row]
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


def _row(spans: Line, cap: int) -> str:
    row = "".join([_span(span, cap) for span in spans])
    return (_BLANKS.sub(" ", row) if "  " in row else row).strip()


def _span(span: Span, cap: int) -> str:
    words = cut(one_line(span.text), cap)
    if not words:
        return " " if span.text[:1].isspace() else ""
    address = link(span.url) if span.url else None
    if address and not _LABEL.fullmatch(words):
        words = words.translate(_ROUND)
    shown = "`" + words.replace("`", "'") + "`" if span.code else escape(words)
    if address:
        shown = f"[{shown}]({address})"
    if span.italic:
        shown = f"_{shown}_"
    if span.bold:
        shown = f"**{shown}**"
    before = " " if span.text[0].isspace() else ""
    after = " " if span.text[-1].isspace() else ""
    return f"{before}{shown}{after}"
