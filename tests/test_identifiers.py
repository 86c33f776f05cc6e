"""Identifiers as people paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identifiers import find_identifier, identifiers_in


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("2607.25895", "2607.25895"),
        ("  2607.25895 ", "2607.25895"),
        ("0704.0001", "0704.0001"),
        ("2607.25895v3", "2607.25895"),
        ("arXiv:2607.25895v2", "2607.25895"),
        ("ARXIV:2607.25895", "2607.25895"),
        ("cs/0112017", "cs/0112017"),
        ("math.GT/0309136v1", "math.GT/0309136"),
        ("hep-th/9711200", "hep-th/9711200"),
        ("https://arxiv.org/abs/2607.25895", "2607.25895"),
        ("http://www.arxiv.org/abs/2607.25895v1", "2607.25895"),
        ("https://export.arxiv.org/pdf/2607.25895v2.pdf", "2607.25895"),
        ("https://arxiv.org/html/2607.25895v1/", "2607.25895"),
        ("https://arxiv.org/abs/cs/0112017", "cs/0112017"),
        ("https://huggingface.co/papers/2607.25895", "2607.25895"),
        ("https://huggingface.co/papers/2607.25895#community", "2607.25895"),
        ("https://hf.co/papers/2607.25895?utm_source=chat", "2607.25895"),
        ("<https://huggingface.co/papers/2607.25895>", "2607.25895"),
        ("https://www.alphaxiv.org/abs/2607.25895", "2607.25895"),
    ],
)
def test_an_identifier_is_found(text: str, identifier: str) -> None:
    assert find_identifier(text) == identifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2607",
        "2607.123",
        "2607.258951",
        "2607.25895 and more",
        "12607.25895",
        "2026-07-29",
        "https://example.org/abs/2607.25895",
        "https://arxiv.org.example.org/abs/2607.25895",
        "https://huggingface.co/papers/date/2026-07-29",
        "https://huggingface.co/meta/2607.25895",
        "٢٦٠٧.٢٥٨٩٥",
        "2607.25895\x00",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert find_identifier(text) is None


@given(st.from_regex(r"[0-9]{4}\.[0-9]{4,5}", fullmatch=True), st.sampled_from(["", "v1", "v12"]))
def test_every_new_identifier_survives_every_way_to_write_it(identifier: str, version: str) -> None:
    for written in ("{}", "arXiv:{}", "https://arxiv.org/pdf/{}", "https://huggingface.co/papers/{}"):
        assert find_identifier(written.format(identifier + version)) == identifier


@given(st.text())
def test_no_text_is_a_problem(text: str) -> None:
    found = find_identifier(text)
    assert found is None or found in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("nothing of that kind", []),
        ("see 2607.25895v2, and (arXiv:2401.0001).", ["2607.25895", "2401.0001"]),
        ("<https://arxiv.org/abs/2607.25895|paper> *2607.25895*", ["2607.25895"]),
        ("[x](https://huggingface.co/papers/2607.25895)", ["2607.25895"]),
        ("https://arxiv.org/pdf/cs/0112017.pdf", ["cs/0112017"]),
        ("math.GT/0309136 is old", ["math.GT/0309136"]),
        ("12607.25895 2607.258951 2607.123 1.2607.25895", []),
        ("2607.00001 " * 3 + " ".join(f"2608.{number:05}" for number in range(50)), None),
    ],
)
def test_identifiers_within_a_message(text: str, found: list[str] | None) -> None:
    if found is None:
        assert len(identifiers_in(text)) == 20
    else:
        assert identifiers_in(text) == found


@given(st.text(st.sampled_from("a-/.v0123 :"), max_size=300))
def test_what_is_found_within_stands_there(text: str) -> None:
    assert all(found in text for found in identifiers_in(text))
