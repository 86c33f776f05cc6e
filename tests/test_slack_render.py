"""A Message becomes blocks that Slack accepts, shows the words, and calls nobody; whatever is in it."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.slack.render import has_images, home_blocks, render, without_images
from bot.markup import GAP, Button, Card, Line, Message, Span, line
from bot.text import one_line
from tests.fakes.slack_rules import complaints
from tests.fakes.slack_view_rules import view_complaints

LINK = re.compile(r"<https?://[!-~]+?(?:\|[^<>|]*)?>|<@[UW][A-Z0-9]+>")
INVISIBLE = str.maketrans("", "", "\u200b\u2060")


def texts(blocks: list[dict[str, Any]], kind: str) -> list[str]:
    """Every text object of a kind, wherever it stands."""
    parts = [part for block in blocks for part in (block.get("text"), *block.get("elements", []))]
    parts += [part["text"] for part in parts if part and part.get("type") == "button"]
    return [part["text"] for part in parts if part and part["type"] == kind]


def shown(message: Message) -> str:
    """What a reader sees of it, without the invisible characters and with entities read."""
    _, blocks = render(message)
    marked = "\n".join(texts(blocks, "mrkdwn"))
    read = marked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return "\n".join([read, *texts(blocks, "plain_text")]).translate(INVISIBLE)


FULL = Message(
    title="Daily Papers · Wed 29 Jul 2026 · 20 papers",
    lines=(line(Span("One", url="https://hf.co/1"), " · 4 upvotes"), line("Two")),
    cards=(
        Card(
            Span("A paper", url="https://hf.co/papers/2607.1"),
            summary="It does things.",
            facts=(line("Ada, Bob"), line("4 upvotes · ", Span("code", url="https://github.com/a/b"))),
            image_url="https://cdn.hf.co/1.png",
        ),
    ),
    note=line("Posted by ", Span("/papers channel", code=True)),
    buttons=(Button("Save", "save 2607.1"), Button("More like this", "more 2607.1")),
)


def test_a_full_message_has_its_parts_in_order() -> None:
    text, blocks = render(FULL)
    assert [block["type"] for block in blocks] == ["header", "section", "section", "context", "actions"]
    header, lines, card, note, actions = blocks
    assert header["text"] == {"type": "plain_text", "text": FULL.title, "emoji": False}
    assert lines["text"] == {
        "type": "mrkdwn",
        "text": "<https://hf.co/1|One> · 4 upvotes\nTwo",
        "verbatim": True,
    }
    assert card["text"]["text"] == (
        "*<https://hf.co/papers/2607.1|A paper>*\n"
        "It does things.\nAda, Bob\n4 upvotes · <https://github.com/a/b|code>"
    )
    assert card["accessory"] == {
        "type": "image",
        "image_url": "https://cdn.hf.co/1.png",
        "alt_text": "A paper",
    }
    assert note["elements"][0]["text"] == "Posted by `/papers channel`"
    assert [(b["action_id"], b["text"]["text"], b["value"]) for b in actions["elements"]] == [
        ("papers:0", "Save", "save 2607.1"),
        ("papers:1", "More like this", "more 2607.1"),
    ]
    assert text.startswith("Daily Papers · Wed 29 Jul 2026 · 20 papers\nOne · 4 upvotes\nTwo\nA paper")


def test_a_title_that_leads_somewhere_is_a_bold_link() -> None:
    _, blocks = render(Message(title="Daily *Papers*", title_url="https://hf.co/papers?a=1&b=2"))
    (title,) = texts(blocks, "mrkdwn")
    assert title.translate(INVISIBLE) == "*<https://hf.co/papers?a=1&amp;b=2|Daily *Papers*>*"


def test_lines_are_gathered_into_few_sections_and_never_divided() -> None:
    rows = tuple(line(Span(f"Paper {n} " + "x" * 50, url=f"https://hf.co/papers/{n}")) for n in range(200))
    _, blocks = render(Message(lines=rows))
    sections = texts(blocks, "mrkdwn")
    assert len(sections) == 6
    assert all(len(text) <= 3000 for text in sections)
    assert all(LINK.fullmatch(row.translate(INVISIBLE)) for text in sections for row in text.split("\n"))


def test_a_long_title_is_cut_at_a_word_after_escaping() -> None:
    title = Span("R&D " * 2000, url="https://hf.co/papers/1")
    _, (block,) = render(Message(cards=(Card(title, summary="Summary.", facts=(line("Fact"),)),)))
    head, *rest = block["text"]["text"].split("\n")
    assert 1100 < len(head) <= 1200
    assert re.fullmatch(r"\*<https://hf\.co/papers/1\|(R&amp;D )+R&amp;D…>\*", head)
    assert rest == ["Summary.", "Fact"]


def test_a_link_that_leaves_no_room_for_words_is_given_up() -> None:
    title = Span("A paper on tigers", url="https://x.org/" + "a" * 1180)
    _, (block,) = render(Message(cards=(Card(title),)))
    assert block["text"]["text"] == "A paper on tigers"


def test_more_than_fits_ends_by_saying_so() -> None:
    cards = tuple(Card(Span(f"Paper {n}"), summary="word " * 700) for n in range(60))
    _, blocks = render(Message(cards=cards, buttons=(Button("Next", "next"),)))
    assert complaints(blocks) == []
    assert sum(map(len, texts(blocks, "mrkdwn"))) <= 40_000
    assert blocks[-2]["text"]["text"] == "… There is more, which does not fit here."
    assert blocks[-1]["type"] == "actions"


def test_many_short_cards_stay_within_fifty_blocks() -> None:
    _, blocks = render(Message(title="T", cards=(Card(Span("P")),) * 60, note=line("note")))
    assert len(blocks) == 50
    assert [block["type"] for block in blocks[-2:]] == ["section", "context"]


def test_buttons_stand_in_rows_of_five_and_a_command_is_never_cut() -> None:
    many = tuple(Button("L" * 100, f"search {n}") for n in range(30))
    _, blocks = render(Message(buttons=(*many[:3], Button("Long", "x" * 2001), *many[3:])))
    assert [len(block["elements"]) for block in blocks] == [5, 5, 5, 5, 5]
    assert complaints(blocks) == []
    elements = [element for block in blocks for element in block["elements"]]
    assert [element["value"] for element in elements] == [f"search {n}" for n in range(25)]
    assert len({element["action_id"] for element in elements}) == 25


def test_a_command_of_2000_characters_still_has_its_button() -> None:
    _, (block,) = render(Message(buttons=(Button("Long", "x" * 2000),)))
    assert len(block["elements"][0]["value"]) == 2000
    assert complaints([block]) == []


def buttons(*labels: str) -> tuple[Button, ...]:
    return tuple(Button(label, label.lower()) for label in labels)


def test_a_cards_buttons_stand_under_the_card() -> None:
    cards = (
        Card(Span("One"), buttons=buttons("Pause 1", "Edit 1")),
        Card(Span("Two"), buttons=buttons("Pause 2")),
    )
    _, blocks = render(Message("Yours", cards=(*cards, Card(Span("Three"))), buttons=buttons("New")))
    assert [block["type"] for block in blocks] == [
        "header", "section", "actions", "section", "actions", "section", "actions",
    ]  # fmt: skip
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    assert [[button["value"] for button in row] for row in rows] == [
        ["pause 1", "edit 1"],
        ["pause 2"],
        ["new"],
    ]
    assert all(re.fullmatch(r"papers:\d{1,3}", button["action_id"]) for row in rows for button in row)
    assert complaints(blocks) == []


def test_no_button_is_left_without_its_card() -> None:
    cards = tuple(Card(Span(f"Card {n}"), buttons=buttons(f"Pause {n}")) for n in range(60))
    for note in ((), line("note")):
        _, blocks = render(Message(cards=cards, note=note))
        assert len(blocks) == 50
        assert complaints(blocks) == []
        for before, block in zip([None, *blocks], blocks, strict=False):
            if block["type"] == "actions":
                assert before
                number = block["elements"][0]["value"].removeprefix("pause ")
                assert before["text"]["text"] == f"*Card {number}*"


def test_news_stand_at_the_top_of_a_home_and_leave_room_for_it() -> None:
    _, news = render(Message(cards=tuple(Card(Span(f"News {n}")) for n in range(50))))
    _, home = render(Message(cards=tuple(Card(Span(f"Card {n}")) for n in range(120))), 100)
    assert home_blocks([], home) == home
    blocks = home_blocks(news, home)
    assert len(home) == len(blocks) == 100
    assert [block["type"] for block in blocks].index("divider") == 40
    assert blocks[41]["text"]["text"] == "*Card 0*"
    assert view_complaints({"type": "home", "blocks": blocks}, "home") == []


def test_a_gap_sets_lines_apart_where_it_stands_between_two() -> None:
    rows = (GAP, line("One"), line("Two"), GAP, GAP, line("Three"), GAP)
    assert texts(render(Message(lines=rows))[1], "mrkdwn") == ["One\nTwo\n\nThree"]


@pytest.mark.parametrize(
    "url",
    ["ftp://x.org/a.png", "https://x.org/" + "a" * 3000, "", "https://"],
    ids=["ftp", "long", "-", "host"],
)
def test_an_image_that_slack_would_refuse_is_left_out(url: str) -> None:
    _, blocks = render(Message(cards=(Card(Span("P"), image_url=url),)))
    assert not has_images(blocks)


def test_without_images_the_rest_is_the_same() -> None:
    _, blocks = render(FULL)
    bare = without_images(blocks)
    assert has_images(blocks)
    assert not has_images(bare)
    assert texts(bare, "mrkdwn") == texts(blocks, "mrkdwn")


def test_an_empty_message_still_has_a_text() -> None:
    assert render(Message()) == ("…", [])


def test_the_fallback_calls_nobody() -> None:
    text, _ = render(Message(title="<!channel> & <@U1>"))
    assert text == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("<>&|*_~`:@!# \n…éß漢\u200b\u202e\x00\ud800😀"), st.characters(exclude_categories=())
    ),
    max_size=60,
) | st.sampled_from(["<!channel>", "<@U1>", "*a* _b_", "&lt;!here&gt;", ":fire:", "@everyone", "a|b" * 40])
LONG = st.builds(lambda text, times: text * times, HOSTILE, st.sampled_from([1, 1, 1, 80, 900]))
URLS = (
    st.none()
    | st.sampled_from(["https://hf.co/papers/1?a=1&b=2", "javascript:x"])
    | HOSTILE.map(lambda tail: f"https://x.org/{tail}")
)
PEOPLE = st.none() | st.sampled_from(["T1:U0READER", "<!channel>"]) | HOSTILE
SPANS = st.builds(Span, LONG, URLS, st.booleans(), st.booleans(), st.booleans(), PEOPLE)
LINES: st.SearchStrategy[Line] = st.lists(SPANS, max_size=4).map(tuple)
BUTTONS = st.lists(st.builds(Button, LONG, LONG), max_size=30).map(tuple)
CARDS = st.builds(Card, SPANS, LONG, st.lists(LINES, max_size=4).map(tuple), URLS, BUTTONS)
MESSAGES = st.builds(
    Message,
    LONG,
    URLS,
    st.lists(LINES, max_size=6).map(tuple),
    LONG,
    st.lists(CARDS, max_size=4).map(tuple),
    LINES,
    BUTTONS,
)


@settings(max_examples=150)
@given(MESSAGES)
def test_any_message_is_accepted_and_calls_nobody(message: Message) -> None:
    text, blocks = render(message)
    assert complaints(blocks) == []
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    assert 0 < len(text) <= 40_000
    assert sum(map(len, texts(blocks, "mrkdwn"))) <= 40_000
    for part in [text, *texts(blocks, "mrkdwn")]:
        assert not set("<>") & set(LINK.sub("", part))
    for part in texts(blocks, "plain_text"):
        assert not re.search("<[!@#]", part)


WORDS = st.text(st.characters(exclude_categories=["C", "Z", "M"]), min_size=1, max_size=12).map(one_line)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


@settings(max_examples=150)
@given(SENTENCES, SENTENCES, SENTENCES)
def test_the_words_remain(title: str, summary: str, row: str) -> None:
    card = Card(Span(title), summary, (line(row),))
    seen = shown(Message(title=title, lines=(line(row),), cards=(card,), note=line(summary)))
    for words in (title, summary, row):
        assert seen.count(one_line(words)) >= 2
