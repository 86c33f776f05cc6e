"""What a search says, word for word: pages, shared pages, nothing found, mistakes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.render import render as for_discord
from adapters.slack.render import render as for_slack
from bot.filters.errors import FilterError
from bot.filters.match import Matcher
from bot.filters.parser import parse
from bot.filters.syntax import Filter, Text
from bot.markup import Line, Message, plain, plain_line
from bot.messages import hits
from bot.messages import search as messages
from bot.search import Found, Hit
from tests.factories import DAY, make_paper

TOKEN = "0123456789abcdef"
BARE: dict[str, Any] = dict.fromkeys(("summary", "code_url", "project_url", "organization_name"))


def found(text: str, *numbers: int, total: int | None = None, first: int = 0, **changes: Any) -> Found:
    shown = tuple(Hit(make_paper(number, **BARE | changes), 1.0) for number in numbers)
    return Found(parse(text), shown, len(shown) if total is None else total, first)


def page(listed: Found, channel: bool = True) -> Message:
    return messages.page(listed, messages.asked_filter(listed, TOKEN), channel)


def bold(spans: Line) -> list[str]:
    return [span.text for span in spans if span.bold]


def commands(message: Message) -> dict[str, str]:
    return {button.label: button.command for button in message.buttons}


def test_a_page_says_what_was_asked_and_shows_why() -> None:
    listed = found("enough paper", 1, 2, total=37, abstract="We show that this is enough.")
    answer = page(listed)
    assert plain(answer).splitlines() == [
        'Papers about "enough" and "paper" · 1–2 of 37',
        "1. Paper 1",
        "10 upvotes · Wed 29 Jul 2026 · 2 comments · example",
        "We show that this is enough.",
        "2. Paper 2",
        "10 upvotes · Wed 29 Jul 2026 · 2 comments · example",
        "We show that this is enough.",
    ]
    heading, gap, title, _, text, *_ = answer.lines
    assert bold(heading) == ['Papers about "enough" and "paper"']
    assert (gap, bold(title), bold(text)) == ((), ["Paper"], ["enough"])
    assert {span.url for span in title[1:]} == {"https://huggingface.co/papers/2607.00001"}


@pytest.mark.parametrize(
    ("total", "first", "shown", "which"),
    [
        (1, 0, 1, "1 paper"),
        (5, 0, 5, "5 papers"),
        (6, 0, 5, "1–5 of 6"),
        (6, 5, 1, "6 of 6"),
        (12_345, 12_340, 5, "12,341–12,345 of 12,345"),
    ],
)
def test_which_papers_are_shown(total: int, first: int, shown: int, which: str) -> None:
    answer = page(found("paper", *range(1, shown + 1), total=total, first=first))
    assert plain_line(answer.lines[0]).endswith(f" · {which}")
    assert plain_line(answer.lines[2]).startswith(f"{first + 1}. ")


def test_what_names_a_day_cannot_be_subscribed_to() -> None:
    assert "Subscribe to this" in commands(page(found("paper", 1, 2), channel=False))
    assert commands(page(found("paper since:7d", 1, 2), channel=False)) == {}


@pytest.mark.parametrize(
    ("total", "first", "ways"),
    [
        (5, 0, {}),
        (6, 0, {"Next →": 5}),
        (11, 5, {"← Previous": 0, "Next →": 10}),
        (11, 10, {"← Previous": 5}),
        (11, 3, {"← Previous": 0, "Next →": 8}),
    ],
)
def test_the_pages_beside_are_a_click_away(total: int, first: int, ways: dict[str, int]) -> None:
    answer = page(found("paper", 1, total=total, first=first), channel=False)
    beside = {label: f"page {TOKEN} {at}" for label, at in ways.items()}
    assert commands(answer) == beside | {"Subscribe to this": f"subscribe @{TOKEN}"}


def test_a_page_can_be_shared_where_others_are() -> None:
    listed = found("paper", 1, total=11, first=5)
    assert commands(page(listed))["Share to channel"] == f"share {TOKEN} 5"
    assert "Share to channel" not in commands(page(listed, channel=False))


def test_a_shared_page_names_who_shares_it_and_leads_to_all_of_it() -> None:
    listed = found("paper", 1, 2, total=11)
    shared = messages.shared(listed, messages.asked_filter(listed, TOKEN), "T1:U1")
    assert plain_line(shared.lines[0]) == "somebody shared a search"
    assert [span.person for span in shared.lines[0] if span.person] == ["T1:U1"]
    assert plain_line(shared.lines[1]) == 'Papers about "paper" · 1–2 of 11'
    assert commands(shared) == {"See all": f"page {TOKEN} 0"}


def test_papers_like_a_paper_have_pages_too() -> None:
    asked = messages.asked_paper(make_paper(9))
    listed = Found(Filter(), (Hit(make_paper(1), 0.5),), 11, 5)
    answer = messages.page(listed, asked, channel=True)
    assert plain_line(answer.lines[0]) == "Papers like Paper 9 · 6 of 11"
    assert answer.note == ()
    assert commands(answer) == {
        "← Previous": "similar 2607.00009 0",
        "Next →": "similar 2607.00009 10",
        "Share to channel": "share 2607.00009 5",
    }


def test_the_closest_are_called_so() -> None:
    question = "are there papers about what is enough for numbers?"
    answer = page(replace(found(question, 1), partial=True))
    assert plain(answer).splitlines()[:2] == [
        'Papers about "enough" or "numbers" · 1 paper',
        "Few papers hold all these words; these are the closest.",
    ]
    assert bold(answer.lines[-1]) == ["enough"]


def test_every_paper_comes_with_a_hint() -> None:
    answer = plain(page(found("", 1)))
    assert answer.startswith("Every paper · 1 paper")
    assert answer.endswith("This is every paper; words make it fewer: /papers search diffusion models")


@pytest.mark.parametrize(
    ("text", "changes", "shown", "marked"),
    [
        ("enough", {}, "We show that 1 is enough.", ["enough"]),
        ("showing", {}, "We show that 1 is enough.", ["show"]),
        ('"is enough"', {}, "We show that 1 is enough.", ["is enough"]),
        ("is enough", {}, "We show that 1 is enough.", ["enough"]),
        ("is", {}, "We show that 1 is enough.", ["is"]),
        ("eno*", {}, "We show that 1 is enough.", ["enough"]),
        ("-enough paper", {}, "We show that 1 is enough.", []),
        ("title:enough", {}, "We show that 1 is enough.", []),
        ("number", {"keywords": ["big numbers", "x"]}, "Keywords: big numbers", ["numbers"]),
        ("paper", {"abstract": "", "summary": "One line."}, "One line.", []),
        ("strasse", {"abstract": "Die STRAßE, long."}, "Die STRAßE, long.", ["STRAßE"]),
    ],
)
def test_the_words_that_were_asked_for_stand_out(
    text: str, changes: dict[str, Any], shown: str, marked: list[str]
) -> None:
    *_, last = hits.hit_lines(make_paper(**BARE | changes), parse(text), 1)
    assert (plain_line(last), bold(last)) == (shown, marked)


def test_an_excerpt_is_taken_where_most_words_are() -> None:
    filler = "Much has been said before of other things and more will be. "
    abstract = f"Once diffusion. {filler * 8}Here diffusion meets distillation at last. {filler * 8}"
    *_, last = hits.hit_lines(make_paper(abstract=abstract), parse("diffusion distillation"), 1)
    assert bold(last) == ["diffusion", "distillation"]
    assert plain_line(last).startswith("…")
    assert plain_line(last).endswith("…")
    assert len(plain_line(last)) <= hits.EXCERPT + 2


@given(
    st.text(st.sampled_from("ab \u0301\u200d-ß拡𝒜"), max_size=500),
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 300)), min_size=1, max_size=20),
)
def test_an_excerpt_is_part_of_the_text_and_marks_nothing_else(text: str, ranges: list[Any]) -> None:
    marked: list[tuple[int, int]] = []
    for start, length in sorted(ranges):
        if start + length <= len(text) and (not marked or start >= marked[-1][1]):
            marked.append((start, start + length))
    if not marked:
        return
    shown = hits.excerpt(text, marked)
    assert plain_line(shown).strip("…") in text
    assert len(plain_line(shown)) <= hits.EXCERPT + 1
    assert bold(shown)


def test_nothing_found_names_the_term_and_offers_the_rest() -> None:
    answer = messages.nothing(parse("diffusion frobnicate sort:new"), (Filter(Text(("frobnicate",))), TOKEN))
    assert plain(answer).splitlines() == [
        'I know no papers about "diffusion" and "frobnicate".',
        "It is frobnicate that leaves none; without it there are some.",
    ]
    assert commands(answer) == {"Without frobnicate": f"page {TOKEN} 0", "How to search": "search"}


def test_nothing_found_for_one_word() -> None:
    answer = plain(messages.nothing(parse("frobnicate"), None))
    assert answer == 'I know no papers about "frobnicate".\nOther words may find some.'
    assert "no list of papers so far" in plain(messages.nothing(Filter(), None))


def mistake(text: str) -> Message:
    with pytest.raises(FilterError) as caught:
        parse(text)
    return messages.unreadable(caught.value)


def test_a_mistake_is_pointed_at_and_mended_by_a_click() -> None:
    answer = mistake("diffusion tilte:vision")
    assert plain(answer) == 'I cannot read this filter: unknown field "tilte"; did you mean "title"?'
    text, carets = answer.code.splitlines()
    assert text == "diffusion tilte:vision"
    assert set(carets) == {" ", "^"}
    assert carets.index("^") == text.index("tilte")
    assert commands(answer)["Search for diffusion title:vision"] == "search diffusion title:vision"


def test_a_mistake_without_a_remedy_ends_with_a_full_stop() -> None:
    answer = mistake("diffusion upvotes>=many")
    assert plain(answer).endswith(".")
    assert list(commands(answer)) == ["How to search"]


def test_every_example_can_be_read() -> None:
    for text in (*(text for text, _ in messages.EXAMPLES), messages.MORE):
        assert parse(text).root
    assert len(messages.search_usage().buttons) == len(messages.EXAMPLES)


def test_the_example_that_narrows_finds_something_on_any_day() -> None:
    paper = make_paper(
        authors=["Song Han"], organization="nvidia", code_stars=100, listed_on=date(2026, 6, 15)
    )
    for today in (date(2026, 7, 1), DAY, date(2027, 1, 1)):
        assert Matcher([paper], today).select(parse(messages.MORE)) == [paper]


HOSTILE = "@everyone <!channel> *b* _i_ `c` [x](https://evil.example) \u202e " * 30
WORST: dict[str, Any] = {
    "title": "enough " + HOSTILE,
    "abstract": HOSTILE + " enough " + HOSTILE,
    "authors": [HOSTILE],
    "organization_name": HOSTILE[:200],
    "code_url": "https://github.com/" + "x" * 2000,
    "project_url": "https://example.org/" + "y" * 2000,
    "keywords": [HOSTILE[:100]],
}


@pytest.mark.parametrize("changes", [{}, WORST], ids=["tame", "hostile"])
def test_five_papers_fit_one_message_of_every_platform(changes: dict[str, Any]) -> None:
    shown = tuple(Hit(make_paper(number, **changes), 1.0) for number in range(1, 6))
    listed = Found(parse("enough everyone -survey " + "x" * 200), shown, 37, 5)
    answer = page(listed)

    _, blocks = for_slack(answer)
    body = for_discord(answer)
    assert len(blocks) <= 50
    assert max(len(block["text"]["text"]) for block in blocks if "text" in block) <= 3000
    assert sum(len(embed.get("description", "")) for embed in body["embeds"]) <= 4096
    for number in range(1, 6):
        link = f"https://huggingface.co/papers/2607.0000{number}"
        assert any(link in block["text"]["text"] for block in blocks if "text" in block)
        assert link in body["embeds"][0]["description"]
    assert len(body["components"][0]["components"]) == len(answer.buttons) == 4
