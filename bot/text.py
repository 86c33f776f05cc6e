"""Plain text for people: made harmless, and cut or split at word borders. Pure."""

import re
import unicodedata

ELLIPSIS = "…"

# Explicit directional marks, embeddings, overrides and isolates (Unicode TR9, section 2). They reorder
# what stands after them, so one title could garble the line it is quoted in.
_DIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Zero-width characters that hide text or defeat a search; the joiners U+200C and U+200D stay, scripts
# and emoji need them.
_INVISIBLE = "\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_DROPPED = re.compile(f"[{_DIRECTIONAL}{_INVISIBLE}\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# A full stop behind three letters, digits or closing signs ("e.g." and initials end no sentence), with a
# capital or a digit to follow.
_SENTENCE_END = re.compile(r"(?<=[\w)\]%”\"'’]{3})[.!?](?= [A-Z0-9“\"])")
_BLANKS = re.compile(r"\s+")
_STACK = 3
_PILE = re.compile(r"[\u0300-\U0010ffff]{4}")
_JOINERS = "\u200c\u200d"
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_DANGLING = " \t\n\r,;:.-–—("


def one_line(text: str) -> str:
    """Foreign text as one harmless line: NFC, no control, directional or invisible characters, no lone
    surrogates, no stacks of more than three combining marks, white space folded to single blanks."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # most texts are: rendering cards takes half the time this way
    text = _DROPPED.sub("", _CONTROL.sub(" ", text))
    if not text.isascii():
        text = _flattened(unicodedata.normalize("NFC", text))
    return _BLANKS.sub(" ", text).strip()


def fixed(text: str) -> str:
    """Foreign text for letters of one width: its rows and blanks stay, so that what stands under each other
    still does. Whatever `one_line` would take out is a blank."""
    rows = ("".join(sign if sign.isprintable() else " " for sign in row) for row in text.split("\n"))
    return _flattened("\n".join(rows))


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut at a word border and ended with an ellipsis.

    A word that alone is longer than the limit is cut inside. Never ends in half of a combined character.
    """
    if len(text) <= limit:
        return text
    if limit <= len(ELLIPSIS):
        return ELLIPSIS[:limit]
    return text[: _border(text, limit - len(ELLIPSIS))].rstrip(_DANGLING) + ELLIPSIS


def opening(text: str, limit: int) -> str:
    """The first whole sentences of `text` that fit `limit` characters; where not even one does, or they
    would leave more than half of the room empty, the text is cut at a word border."""
    if len(text) <= limit:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, limit)]
    return text[: ends[-1]] if ends and ends[-1] > limit // 2 else cut(text, limit)


def split(text: str, limit: int) -> list[str]:
    """`text` in pieces of at most `limit` characters, split at word borders; joined by a blank they hold
    every word again, but for a word that alone is longer than the limit. Empty text gives no piece."""
    pieces = []
    rest = text.strip()
    while len(rest) > limit:
        at = _border(rest, limit)
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*pieces, rest] if rest else pieces


def _border(text: str, limit: int) -> int:
    """Where to end the first piece of `text`, which is longer than `limit` (at least 1): at the last blank
    that follows a word, or inside the word that fills the piece."""
    for at in range(limit, 0, -1):
        if text[at].isspace():
            if text[:at].strip():
                return at
            break
    for at in range(limit, 0, -1):
        if not _inside_a_character(text, at):
            return at
    return limit


def _inside_a_character(text: str, at: int) -> bool:
    """Whether what a reader takes for one character stands on both sides of `at`."""
    after = text[at]
    return after in _JOINERS or after in _SKIN_TONES or text[at - 1] in _JOINERS or _is_mark(after)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _flattened(text: str) -> str:
    """`text` without the marks that stand fourth and higher on one character."""
    if not _PILE.search(text):
        return text
    kept = []
    height = 0
    for character in text:
        height = height + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if height <= _STACK:
            kept.append(character)
    return "".join(kept)


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """`1 paper`, `1,204 papers`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
