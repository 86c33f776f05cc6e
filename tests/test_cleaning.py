"""Foreign text becomes plain text: what reads best, and what never goes wrong."""

import inspect
import re
import sys
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import latex
from bot.cleaning import _line, clean
from bot.text import one_line
from tests.recorded import needs_recorded, recorded, recorded_days

LIMIT = 10_000

PLAIN = [
    "$5 and $6",
    "costs $5, or $6 later, or $5-$6",
    "costs $5, or 6$ later",
    "Under $0.1, for $200k. Only $25",
    "a<b and c>d",
    "let i<p and p>j",
    "RTX 4090 with <1 GB VRAM",
    "MITRE ATT&CK and R&D at AT&T &c",
    "the last <EOS> token, <think>a</think>, <|im_end|>",
    "if <b> is bold",
    "GPT-{n} models from {a, b}",
    r"C:\Users\name and \d+ and \n",
    r"roughly \1 million",
    "covering ~200 degrees, 10~20%, 1M~4M and x~N(0,1)",
    "git --force and a_b_c and x_i",
    "https://example.org/~user/a_b",
    "`RefineBot' and f''(x)",
    "naïve 中文 Ελληνικά 👩‍🔬",
    "100% of 50%",
    r"\textbf{never closed",
    r"\frac12",
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert clean(text, LIMIT) == text


LATEX = {
    r"88\% of R\&D for \$400K, a\_b \#1": "88% of R&D for $400K, a_b #1",
    r"131{,}072 and N{=}4 and FID{}=2.23": "131,072 and N=4 and FID=2.23",
    r"H^2SD, H^{2}SD and DA^{2}'s km^2": "H²SD, H²SD and DA²'s km²",
    r"10^{-3} and 2^{18} and 10^6": "10⁻³ and 2¹⁸ and 10⁶",
    r"(2N)^{1/2} and ε^{-1/2}": "(2N)^(1/2) and ε^(-1/2)",
    r"F_{max} and π_{0.5} and z_{t+1}-z_t": "F_max and π_0.5 and z_(t+1)-z_t",
    r"$\textit{Trans-LoRA}$: towards": "Trans-LoRA: towards",
    r"\textbf{Knowing--Using Gap}, characterized": "Knowing–Using Gap, characterized",
    r"{\it vs.} high, {\bf D}eep, {\name}, {\Delta}G": "vs. high, Deep, name, ΔG",
    r"our \thisbench, much": "our thisbench, much",
    r"\shortopd\ raises \GitChameleon{}, ok": "shortopd raises GitChameleon, ok",
    r"pipelines (\eg, AR) \ie, \etc. (7 vs.\ 9)": "pipelines (e.g., AR) i.e., etc. (7 vs. 9)",
    r"LLaMA\nobreakdash-3.1 with 8\,GB": "LLaMA-3.1 with 8 GB",
    r"Gr\"onwall, Pok\'emon, na\"{\i}ve, It\^o, \c{c}a, \v{s}": "Grönwall, Pokémon, naïve, Itô, ça, š",
    r"the object\'s": "the object's",
    r"p\approx0.37, (0.673 \pm 0.019), 3.6\times inference": "p≈0.37, (0.673 ± 0.019), 3.6× inference",
    r"360{\deg}, $90^{\circ}$, 5$^{th}$": "360°, 90°, 5th",
    r"\( O(n^3) \), \(9.6\times\), $\mathcal{O}(n \log n)$": "O(n³), 9.6×, O(n log n)",
    r"$x \in \mathbb{R}^{n \times m}$ and $\alpha$-div": "x ∈ ℝ^(n × m) and α-div",
    r"$\frac{1}{2}$, $\sqrt{n}$, $\left(x\right)$, $E=mc^2$": "1/2, √(n), (x), E=mc²",
    r"$a<b$ and $c>d$": "a<b and c>d",
    r"$50\%$ and $3$ and top-$k$": "50% and 3 and top-k",
    r"SelfCap$_{\text{LR}}$ dataset": "SelfCap_LR dataset",
    r"code~\url{https://a.org/b_c} \href{https://a.org}{here}": "code https://a.org/b_c here",
    r"\textcolor{red}{so} \texttt{a_b} x\footnote{y}": "so a_b x (y)",
    r"\begin{equation}x\end{equation}": "x",
    r"Stable Audio~3 and Models~(LLMs) at 12~mJ": "Stable Audio 3 and Models (LLMs) at 12 mJ",
    r"``replay'' unsolved---no 5--75\% a -- b": "“replay” unsolved—no 5–75% a – b",
    "https://a.org/x{GitHub}. https://a.org/y{https://a.org/y}": "https://a.org/x (GitHub). https://a.org/y",
    "Self-text{CO}rrecting": "Self-COrrecting",
}


@pytest.mark.parametrize(("raw", "plain"), LATEX.items(), ids=LATEX.values())
def test_latex_reads_as_unicode(raw: str, plain: str) -> None:
    assert clean(raw, LIMIT) == plain


HTML = {
    "<p>One <b>bold</b> word</p><p>and <em>more</em></p>": "One bold word and more",
    "H<sub>2</sub>O and 10<sup>5</sup>": "H₂O and 10⁵",
    'a <a href="javascript:alert(1)">link</a> <a href="https://a.org">there</a>': "a link there",
    "a<script>alert(1)</script>b<style>p {}</style>": "ab",
    'a <img src="https://a.org/x.png" alt="picture"> b<!-- c -->': "a b",
    "one<br>two<br/>three": "one two three",
    "<b>a<b and c>d</b> & more": "a<b and c>d & more",
    "<i>snake_case and *stars*</i>": "snake_case and *stars*",
    "A &amp; B &lt;c&gt; &quot;d&quot; &#233; &nbsp;e": 'A & B <c> "d" é e',
}


@pytest.mark.parametrize(("raw", "plain"), HTML.items(), ids=HTML.values())
def test_html_loses_its_tags_and_addresses(raw: str, plain: str) -> None:
    assert clean(raw, LIMIT) == plain


HOSTILE = {
    "500 tags": "<b>" * 500 + "x" + "</b>" * 500,
    "250 tags": "<div>" * 250 + "x" + "</div>" * 250,
    "400 braces": "{" * 400 + r"\x" + "}" * 400,
    "400 macros": r"\textbf{" * 400 + "x" + "}" * 400,
    "dollars": "$" * 100_000,
    "less-than": "<" * 100_000,
    "backslashes": "\\" * 100_000,
    "braces": "{" * 100_000,
    "open macros": r"\ab{" * 100_000,
    "open formulas": r"\(" * 100_000,
    "open comments": "<!--" * 100_000,
    "open attributes": "<a x=1 " * 100_000,
    "open scripts": "x_{a" * 100_000,
    "addresses": "http://" * 100_000,
    "many formulas": " ".join(rf"$\alpha_{{{n}}}$" for n in range(50_000)),
    "marks": "e" + "\u0301" * 100_000,
    "blanks": " " * 100_000,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_comes_out_bounded(raw: str) -> None:
    assert_harmless(clean(raw, LIMIT), LIMIT)


@pytest.mark.parametrize("raw", [HOSTILE["500 tags"], HOSTILE["400 macros"]], ids=["tags", "macros"])
def test_what_nests_too_deep_stays_raw(raw: str) -> None:
    assert clean(raw, LIMIT) == raw


def test_what_has_more_tags_than_text_stays_raw() -> None:
    assert clean("<br>" * 300 + "x", LIMIT) == "x"
    assert clean("<br>" * 301 + "x", LIMIT) == "<br>" * 301 + "x"


@pytest.mark.parametrize(
    "raw", ["<b>" * 100 + "x" + "</b>" * 100, r"\textbf{" * 50 + "x" + "}" * 50], ids=["tags", "macros"]
)
def test_where_the_stack_is_nearly_full_the_text_stays_raw(raw: str) -> None:
    def below(frames: int) -> str:
        return below(frames - 1) if frames else clean(raw, LIMIT)

    latex._unicode.cache_clear()
    assert clean(raw, LIMIT) == "x"
    latex._unicode.cache_clear()
    assert below(sys.getrecursionlimit() - len(inspect.stack()) - 100) == raw
    latex._unicode.cache_clear()


def test_what_the_library_cannot_read_stays_raw_and_its_neighbours_are_read() -> None:
    assert clean(r"a \sqrt b and \textbf and 5\%", LIMIT) == r"a \sqrt b and \textbf and 5%"


def test_a_long_text_is_cut_at_a_word() -> None:
    assert clean("word " * 1_000_000, 12) == "word word…"


def test_what_lies_far_behind_the_limit_is_not_read() -> None:
    assert clean("<b>x" + " y" * 100 + "</b>", 10) == "<b>x y y…"
    assert clean("<b>x" + " y" * 10 + "</b>", 10) == "x y y y y…"


MARKUP = st.lists(
    st.sampled_from(
        [*LATEX, *HTML, *PLAIN, "$", "\\", "{", "}", "<b>", "</b>", "^", "_", "~", "&", "--", "``"]
    )
    | st.text(max_size=5)
).map("".join)


@given(MARKUP, st.integers(1, 300))
def test_it_never_raises_and_the_result_is_harmless(raw: str, limit: int) -> None:
    assert_harmless(clean(raw, limit), limit)


@given(st.text())
def test_the_short_way_gives_what_one_line_gives(raw: str) -> None:
    assert _line(raw) == one_line(raw)


@given(st.lists(st.from_regex(r"[A-Za-z0-9]{1,8}[.,;:!?]?", fullmatch=True), min_size=1))
def test_plain_words_survive(words: list[str]) -> None:
    assert clean("\n  ".join(words), LIMIT) == " ".join(words)


@given(st.lists(st.sampled_from([*LATEX, *PLAIN])).map(" ".join))
def test_clean_text_is_clean_already(raw: str) -> None:
    once = clean(raw, 1_000_000)
    assert clean(once, 1_000_000) == once


@needs_recorded
@pytest.mark.parametrize("day", recorded_days(), ids=str)
def test_recorded_texts_keep_their_words_and_lose_their_markup(day: date) -> None:
    for item in recorded(day):
        for raw in (item["paper"]["title"], item["paper"]["summary"]):
            plain = clean(raw, LIMIT)
            assert_harmless(plain, LIMIT)
            assert clean(plain, LIMIT) == plain
            assert not re.search(r"\\[A-Za-z%&$,]|\{[,=]?\}|\^\{|_\{", plain)
            kept = set(re.findall(r"[^\W_]+", plain))
            words = set(re.findall(r"(?<![\\\w^_{}-])[A-Za-z]{3,}(?![\w{}^_\\])", raw))
            assert not words - kept


def assert_harmless(text: str, limit: int) -> None:
    assert len(text) <= limit
    assert text == one_line(text)
    bad = [
        c
        for c in text
        if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(c) in BIDI
    ]
    assert not bad


BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
