"""One analyser for papers and filters."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.filters.analysis import BREAK, TOKEN_LENGTH, fold, fold_name, plain, spans, stem, stems, tokens
from bot.filters.paper_text import paper_text, search_text
from tests.factories import make_paper
from tests.filters import prose

EVERY_CHARACTER = " ".join(
    sign for sign in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(sign) not in ("Cn", "Co")
)
texts = prose | st.text() | st.text(st.characters(categories=["M", "Lm", "Lo", "Cf", "Cs", "No", "So"]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("… — !", []),
        ("Fine-Tuning GPT-4o", ["fine", "tuning", "gpt", "4o"]),
        ("naïve NAI\u0308VE ｎａｉｖｅ", ["naive", "naive", "naive"]),
        ("Łukasz Ørsted İstanbul Straße", ["lukasz", "orsted", "istanbul", "strasse"]),
        ("ﬁne x² ℝ Ⅳ ½", ["fine", "x2", "r", "iv", "1", "2"]),
        ("扩散模型 の詩 한국어 \u1112\u1161\u11ab", ["扩散模型", "の詩", "한국어", "한"]),
        ("हिन्दी", ["हनद"]),
        ("snake_case C++ a.b/c", ["snake", "case", "c", "a", "b", "c"]),
        (
            "nul\x00bell\x07half\ud800pair\u202eevil\u200bzero",
            ["nul", "bell", "half", "pair", "evil", "zero"],
        ),
        (f"a{BREAK}b", ["a", "b"]),
        ("a" * 100 + " " + "é" * 100, ["a" * TOKEN_LENGTH, "e" * TOKEN_LENGTH]),
    ],
)
def test_tokens(text: str, found: list[str]) -> None:
    assert tokens(text) == found


def test_stems() -> None:
    assert stems("Models modeling modeled") == ["model", "model", "model"]
    assert stem("quantization") == stem("quantizations") != "quantization"


@given(texts)
def test_analysis_is_the_same_the_second_time(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert tokens(" ".join(tokens(text))) == tokens(text)
    assert [token for token, _, _ in spans(fold(text))] == tokens(text)
    assert all(token.isalnum() and len(token) <= TOKEN_LENGTH for token in tokens(text))
    assert fold_name(fold_name(text)) == fold_name(text)
    assert plain(plain(text)) == plain(text)


def test_every_character_folds_once_and_for_all() -> None:
    folded = fold(EVERY_CHARACTER)
    assert fold(folded) == folded
    name = fold_name(EVERY_CHARACTER)
    assert fold_name(name) == name
    fold_name.cache_clear()


@given(texts, st.text(st.characters(codec="ascii")))
def test_texts_beside_each_other_fold_alone(text: str, ascii_text: str) -> None:
    assert fold(f"{text} {ascii_text}") == f"{fold(text)} {fold(ascii_text)}"


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("NVIDIA", "nvidia"),
        ("  IBM\t Research ", "ibm research"),
        ("École 42", "école 42"),
        ("E\u0301cole", "école"),
        ("Straße", "strasse"),
        ("O’Neil – “Labs”", "o'neil - labs"),
        ("ＮＥＣ（株）", "nec(株)"),
        ("a\u200bb\ud800", "ab"),
    ],
)
def test_a_name_is_equal_but_for_case(name: str, folded: str) -> None:
    assert fold_name(name) == folded


def test_a_paper_s_words() -> None:
    paper = make_paper(
        title="Models, modeling models",
        abstract="",
        keywords=["Fine-Tuning", "…", "chains"],
        authors=["José García", "", "Ada"],
    )

    assert paper_text(paper) == {
        "title": "model model model",
        "abstract": "",
        "keywords": f"fine tune {BREAK} chain",
        "title_forms": "models modeling",
        "abstract_forms": "",
        "keyword_forms": "fine tuning chains",
        "authors": f"jose garcia {BREAK} ada",
    }


@given(texts, st.lists(texts))
def test_what_is_analysed_can_be_stored_and_split(text: str, items: list[str]) -> None:
    analysed = search_text(text, text, items, items)

    for column in analysed.values():
        words = str(column).split(" ") if column else []
        assert all(word == BREAK or word.isalnum() for word in words)
        str(column).encode()
    assert analysed["title"].split() == stems(text)
    assert analysed["authors"].replace(BREAK, " ").split() == [t for item in items for t in tokens(item)]
