"""Lines as mrkdwn, Slack's markup (docs.slack.dev/messaging/formatting-message-text). Pure.

Text is measured as it is sent, after escaping.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise
from urllib.parse import quote

from bot.markup import Line, Span
from bot.text import cut, one_line

# Most texts are wanted twice, for the blocks and for the screen reader; to clean one is dearer than the rest.
clean = lru_cache(maxsize=16)(one_line)

_LINES_KEPT = 1_000
_LONGEST_ADDRESS = 3000
# Below this a link or a mark is given up, so that the words remain.
_SHORTEST_LABEL = 20
# Characters that a link divided for its bold words may cost more than a whole one.
_DIVISION = 900

# Of a row in a block of code; escaped, it is five times as long at most.
_PIECE = 500

_GAP = "\u200b"
_GLUE = "\u2060"
# mrkdwn has no escape for its marks. A mark opens after a blank and before a letter: with glue before it
# and a gap behind it, it is neither. A gap also keeps `&gt;` from opening a quotation, `:fire:` from
# becoming a picture, and @everyone from calling anybody.
_MARKUP = re.compile(r"[&<>*_~`:@]")
_EMOJI = re.compile(r":[\w+'-]+:")
_EVERYBODY = re.compile(r"@(?:everyone|channel|here)\b")
_HARMLESS = {"&": "&amp;", "<": "&lt;", ">": f"{_GAP}&gt;"} | {
    mark: f"{_GLUE}{mark}{_GAP}" for mark in "*_~`"
}
_ENTITY = re.compile("[&<>]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ADDRESS = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_NOT_IN_ADDRESS = re.compile(r"[^!-~]|[|<>\"\\^`{}]")
_USER = re.compile(r"[UW][A-Z0-9]{2,31}")
_RUN = re.compile(r"\S+")
_BLANK = re.compile(r"\s")


@lru_cache(maxsize=_LINES_KEPT)
def marked_up(spans: Line, limit: int) -> str:
    """A line as mrkdwn in at most `limit` characters; empty if the spans show nothing.

    The same line goes to many readers.
    """
    text = ""
    after_mark = False
    for span in _joined(spans):
        piece, marked = _span(span, limit - len(text) - 1)
        if not piece:
            continue
        if text and (marked or after_mark) and not text[-1].isspace() and not piece[0].isspace():
            text += _GAP
        text += piece
        after_mark = marked
    return text.strip()


def preformatted(texts: Iterable[str], limit: int) -> str:
    """Texts as one block of code, a row each, in at most `limit` characters; empty if they show nothing.

    A character stays in its column, so that a caret stands under what it points at.
    """
    fence = "```"
    room = limit - len(f"{fence}\n\n{fence}")
    rows: list[str] = []
    for text in texts:
        columns = _in_columns(text)
        row = fitted(columns, room, _verbatim)
        room -= len(row) + 1
        if room < -1 or (columns and not row):
            break
        rows.append(row)
    return "\n".join([fence, *rows, fence]) if any(rows) else ""


def preformatted_pages(text: str, limit: int) -> Iterator[str]:
    """A text as blocks of code that hold all of it, each in at most `limit` characters.

    A row that is too long is divided, wherever that is. Of blank rows alone, a page is empty.
    """
    pieces = (row[at : at + _PIECE] for row in text.split("\n") for at in range(0, max(len(row), 1), _PIECE))
    page: list[str] = []
    room = limit
    for piece in pieces:
        taken = len(_verbatim(_in_columns(piece))) + 1
        if page and taken > room:
            yield preformatted(page, limit)
            page = []
        if not page:
            room = limit - len("```\n```")
        page.append(piece)
        room -= taken
    yield preformatted(page, limit)


def web_address(url: str) -> str | None:
    """`url` in the characters that an address may have; None if it is no web address or too long."""
    if not _ADDRESS.match(url):
        return None
    address = url.strip()
    if _NOT_IN_ADDRESS.search(address):
        address = _NOT_IN_ADDRESS.sub(lambda found: quote(found[0], errors="replace"), address)
    return address if len(address) <= _LONGEST_ADDRESS else None


def fitted(text: str, room: int, escape: Callable[[str], str]) -> str:
    """`text` cut at a word border so that it takes at most `room` characters once it is escaped."""
    if room <= 0:
        return ""
    if len(text) > room:
        text = cut(text, room)
    escaped = escape(text)
    while len(escaped) > room:
        # No character becomes longer than six, so this never cuts away much more than it must.
        text = cut(text, len(text) - max(1, (len(escaped) - room) // 6))
        escaped = escape(text)
    return escaped


def harmless(text: str) -> str:
    """Text that Slack shows as it is, whatever markup it looks like."""
    return _MARKUP.sub(_broken, text)


def never_command(text: str) -> str:
    """For plain text, which Slack shows as it is: `<!channel>` must not be one even to a careless client."""
    return text.replace("<", f"<{_GAP}")


def entities(text: str) -> str:
    """Text with the three characters escaped that Slack reads as markup everywhere."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)


def _joined(spans: Line) -> Iterable[Span]:
    """The spans, with as few links as show the same.

    Marks inside a link's label keep it from being a link on Slack's phones, so a link whose words differ
    in their looks is divided, and the marks stand outside. A long address would fill the line with itself:
    then the words lose their looks.
    """
    if not any(span.url and span.url == after.url for span, after in pairwise(spans)):
        return spans  # most lines; the rest takes as long as to render them
    joined: list[Span] = []
    for url, group in groupby(spans, key=lambda span: None if span.person else span.url):
        if url is None:
            joined += group
            continue
        link = _one_look(group)
        if (len(link) - 1) * len(url) > _DIVISION:
            link = [Span("".join(span.text for span in link), url)]
        joined += link
    return joined


def _one_look(spans: Iterable[Span]) -> list[Span]:
    """Spans of one address, joined where they look the same; blanks look like any other."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and (span.text.isspace() or replace(last, text="") == replace(span, text="")):
            joined[-1] = replace(last, text=last.text + span.text)
        else:
            joined.append(span)
    return joined


def _span(span: Span, room: int) -> tuple[str, bool]:
    """A span as mrkdwn in at most `room` characters, and whether marks stand round it."""
    if span.person and (called := _person(span, span.person, room)):
        return called
    url = web_address(span.url) if span.url else None
    words = clean(span.text) or ("" if span.text.isspace() else url or "")
    if not words:
        return (" " if span.text and room > 0 else ""), False
    # Blanks at the ends separate spans; marks take effect only if they stand outside.
    lead = " " if span.text[:1].isspace() else ""
    trail = " " if span.text[-1:].isspace() else ""
    room -= len(lead) + len(trail)
    if not (url or span.bold or span.italic or span.code):
        inner = fitted(words, room, harmless)
        return (f"{lead}{inner}{trail}" if inner else ""), False
    escape = _verbatim if span.code and not url else harmless
    marks = "`" if escape is _verbatim else "*" * span.bold + "_" * span.italic
    before, after = marks, marks[::-1]
    if url:
        words = words.replace("|", "¦")
        before, after = f"{marks}<{url.replace('&', '&amp;')}|", f">{after}"
    frame = len(before) + len(after)
    if room - frame < min(len(words), _SHORTEST_LABEL):
        before, after, frame, escape = "", "", 0, harmless
    inner = fitted(words, room - frame, escape)
    return (f"{lead}{before}{inner}{after}{trail}" if inner else ""), bool(before) and before[0] in "*_`"


def _person(span: Span, person: str, room: int) -> tuple[str, bool] | None:
    """The name of a person, which Slack fills in; None where it is none that Slack could know."""
    user = person.rpartition(":")[2]
    marks = "*" * span.bold + "_" * span.italic
    called = f"{marks}<@{user}>{marks[::-1]}"
    return (called, bool(marks)) if _USER.fullmatch(user) and len(called) <= room else None


def _broken(found: re.Match[str]) -> str:
    mark = found[0]
    if mark in _HARMLESS:
        return _HARMLESS[mark]
    means = _EMOJI if mark == ":" else _EVERYBODY
    return f"{mark}{_GAP}" if means.match(found.string, found.start()) else mark


def _verbatim(text: str) -> str:
    """For code, where only the mark itself ends it, so that a command can be copied as it is."""
    return entities(text.replace("`", "ˋ"))


def _in_columns(text: str) -> str:
    """Foreign text as one harmless line that keeps every blank where it stands."""
    return _RUN.sub(lambda run: one_line(run[0]), _BLANK.sub(" ", text)).rstrip()
