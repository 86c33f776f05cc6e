"""What is wrong with a filter, where, and what to write instead."""

import unicodedata

from bot.text import cut

_LONGEST = 200
"""Characters of a sentence, which may quote what was typed."""
_SHOWN = 72
"""Columns of the text that are shown with a caret; more would wrap in a chat."""
_GAP = "…"


class FilterError(ValueError):
    """A text that is no filter.

    `str(error)` is one sentence without capital and full stop: `unknown field "tilte"; did you mean "title"?`

    Args:
        text: the filter as it was read: typographic quotes and dashes in their plain forms.
        start, end: the place in `text`.
        suggestion: what to write in this place instead, where that is known.
    """

    def __init__(self, sentence: str, text: str, start: int, end: int, suggestion: str | None = None) -> None:
        super().__init__(cut(sentence, _LONGEST))
        self.text = text
        self.start = start
        self.end = end
        self.suggestion = suggestion

    @property
    def corrected(self) -> str | None:
        """The whole filter with the suggestion in it, which may hold another mistake."""
        if self.suggestion is None:
            return None
        return self.text[: self.start] + self.suggestion + self.text[self.end :]

    @property
    def pointed(self) -> str:
        """The filter with carets under the place, and the sentence behind them; of a long one, a part."""
        first = max(0, min(self.start - _SHOWN // 2, len(self.text) - _SHOWN))
        last = min(len(self.text), first + _SHOWN)
        before = (_GAP if first else "") + _visible(self.text[first : self.start])
        place = _visible(self.text[self.start : min(self.end, last)])
        after = _visible(self.text[min(self.end, last) : last]) + (_GAP if last < len(self.text) else "")
        carets = "^" * max(_columns(place), 1)
        return f"{before}{place}{after}\n{' ' * _columns(before)}{carets} {self}"


def _visible(text: str) -> str:
    """`text` on one line, each control character as one sign."""
    return "".join(
        " " if character.isspace() else "�" if unicodedata.category(character) == "Cc" else character
        for character in text
    )


def _columns(text: str) -> int:
    """How many columns `text` takes where all letters are equally wide; East Asian ones are two wide."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
