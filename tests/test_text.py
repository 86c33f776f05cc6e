"""Plain text: harmless, cut and split at word borders."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text import ELLIPSIS, counted, cut, fixed, one_line, split

ZALGO = "Z" + "\u0301\u0323\u0335" * 40
FAMILY = "\U0001f469\U0001f3fd\u200d\U0001f469\u200d\U0001f467"
"""A woman with a skin tone, a woman and a girl, joined to one picture."""

TRICKY = (
    "\x00\x1b\x7f\x9b\u2028\u202e\u2066\u206a\u200b\u200d\ufeff\ud800\U000e0041\u0301\u0e49\u05b0\u3000\xa0"
)
hostile = st.text(st.one_of(st.characters(), st.sampled_from(TRICKY + " \t\n-,.e")))
words = st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=10))
limits = st.integers(1, 40)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("  Two\t words \r\n", "Two words"),
        ("no\x00control\x1b[31m\x9b1m", "no control [31m 1m"),
        ("para\u2028graph", "para graph"),
        ("\u202eevil\u202c \u2066isolated\u2069", "evil isolated"),
        ("in\u200bvis\u00adi\ufeffb\u206ale", "invisible"),
        ("hid\U000e0041\U000e0042den", "hidden"),
        ("half \ud83d a pair", "half a pair"),
        ("cafe\u0301", "caf\u00e9"),
        ("non\u00a0breaking\u3000wide", "non breaking wide"),
        (FAMILY, FAMILY),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("2\u20ac \u2192 \u221e [red] *b* <b>", "2\u20ac \u2192 \u221e [red] *b* <b>"),
    ],
    ids=[
        "empty", "blanks", "control", "paragraph", "directions", "invisible", "tags", "surrogate",
        "composed", "wide blanks", "joined emoji", "Persian joiner", "left alone",
    ],
)  # fmt: skip
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


@given(hostile)
@example(ZALGO)
@example("\u0e01" + "\u0e49" * 50)
def test_one_line_is_harmless_whatever_comes(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    line.encode()
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}
    directions = {unicodedata.bidirectional(character) for character in line}
    assert not directions & {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not any(character.isspace() and character != " " for character in line)
    assert "  " not in line
    assert line.strip() == line
    marks = "".join("^" if unicodedata.category(character) in ("Mn", "Me") else " " for character in line)
    assert "^^^^" not in marks


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"])))
def test_one_line_keeps_every_word(text: str) -> None:
    assert one_line(text).split() == text.split()


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 5, "short"),
        ("Paper tigers fold", 17, "Paper tigers fold"),
        ("Paper tigers fold", 16, "Paper tigers…"),
        ("Paper tigers fold", 13, "Paper tigers…"),
        ("Paper tigers fold", 12, "Paper…"),
        ("Paper, tigers", 9, "Paper…"),
        ("Paper\ttigers", 9, "Paper…"),
        ("Papertigers", 6, "Paper…"),
        ("  Papertigers", 6, "  Pap…"),
        ("Paper", 1, "…"),
        ("Paper", 0, ""),
        ("abcde\u0301\u0302fgh", 6, "abcd…"),
        ("abcde\u0301\u0302fgh", 7, "abcd…"),
        ("abcde\u0301\u0302fgh", 8, "abcde\u0301\u0302…"),
        ("ab" + FAMILY, 5, "ab…"),
        ("ab" + FAMILY, 6, "ab…"),
    ],
)
def test_cut(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short


@given(hostile, limits)
def test_cut_never_exceeds_and_only_takes_from_the_end(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert cut(short, limit) == short
    if short != text:
        assert short.endswith(ELLIPSIS)
        assert text.startswith(short.removesuffix(ELLIPSIS))


@given(words, st.integers(11, 40))
def test_cut_keeps_words_whole(words: list[str], limit: int) -> None:
    kept = cut(" ".join(words), limit).removesuffix(ELLIPSIS).split()
    assert kept == words[: len(kept)]


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 5, []),
        ("  \n ", 5, []),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("one two three", 7, ["one two", "three"]),
        ("one\ttwo", 6, ["one", "two"]),
        ("a\n\nb", 3, ["a", "b"]),
        ("abcdefgh ij", 4, ["abcd", "efgh", "ij"]),
        ("abce\u0301de\u0301", 4, ["abc", "e\u0301d", "e\u0301"]),
    ],
)
def test_split(text: str, limit: int, pieces: list[str]) -> None:
    assert split(text, limit) == pieces


@given(hostile, limits)
def test_split_loses_nothing_and_every_piece_fits(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert all(piece == piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(words, st.integers(10, 40))
def test_split_keeps_words_whole(words: list[str], limit: int) -> None:
    assert " ".join(split(" ".join(words), limit)).split() == words


@pytest.mark.parametrize(
    ("number", "words", "counted_as"),
    [
        (0, ("paper",), "0 papers"),
        (1, ("paper",), "1 paper"),
        (1204, ("paper",), "1,204 papers"),
        (1, ("reply", "replies"), "1 reply"),
        (2, ("reply", "replies"), "2 replies"),
    ],
)
def test_counted(number: int, words: tuple[str, ...], counted_as: str) -> None:
    assert counted(number, *words) == counted_as


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("a  b\n  ^^ here", "a  b\n  ^^ here"),
        ("a\tb\x00\x1b[1m\u202ec", "a b  [1m c"),
        ("one\r\ntwo\u2028three\xa0four", "one \ntwo three four"),
        ("half \ud800 a pair", "half   a pair"),
    ],
)
def test_letters_of_one_width_keep_their_places(text: str, shown: str) -> None:
    assert fixed(text) == shown
