"""Messages as Discord's payloads: within every limit, and harmless whatever the text."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.discord.markdown import code_block, escape, fitted, link, rows
from adapters.discord.render import carries, render, thread_name
from bot.markup import GAP, Button, Card, Message, Span, line
from bot.text import one_line
from tests.fakes.discord_rules import CONTRACT, message_problems, request_problems, well_formed

URL = "https://huggingface.co/papers/2607.1"

TEXTS = (
    st.text(max_size=60) | st.text("@<>*_~|`#[]():-+\\. \n1aé\u202e", max_size=60) | st.just("words " * 2000)
)
URLS = st.none() | st.just(URL) | st.text(max_size=40) | TEXTS.map("https://example.org/{}".format)
PEOPLE = st.none() | st.just("2001") | TEXTS
LOOKS = {"bold": st.booleans(), "italic": st.booleans(), "code": st.booleans()}
SPANS = st.builds(Span, TEXTS, url=URLS, person=PEOPLE, **LOOKS)
LINES = st.lists(SPANS, max_size=3).map(tuple)
BUTTON = st.builds(Button, TEXTS, TEXTS, form=st.booleans())
CARDS = st.builds(
    Card,
    title=st.builds(Span, TEXTS, url=URLS),
    summary=TEXTS,
    facts=st.lists(LINES, max_size=3).map(tuple),
    image_url=URLS,
    buttons=st.lists(BUTTON, max_size=7).map(tuple),
)
MESSAGES = st.builds(
    Message,
    title=TEXTS,
    title_url=URLS,
    lines=st.lists(LINES, max_size=25).map(tuple),
    code=TEXTS | st.just("`" * 4000),
    cards=st.lists(CARDS, max_size=12).map(tuple),
    note=LINES,
    buttons=st.lists(BUTTON, max_size=30).map(tuple),
)


# A busy machine is no reason to fail.
patient = settings(suppress_health_check=[HealthCheck.too_slow])


def described(*parts: Span | str) -> str:
    """One line as the description of an embed."""
    embed = render(Message(lines=(line(*parts),)))["embeds"][0]
    return str(embed["description"])


@patient
@given(MESSAGES)
def test_any_message_is_within_the_limits(message: Message) -> None:
    body = render(message, "0123456789abcdef.1024") | {"nonce": "0123456789abcdef.1024"}
    assert message_problems(body) == []


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("note", [0, 1000, 5000])
@pytest.mark.parametrize("lines", [0, 1000, 5000])
@pytest.mark.parametrize("cards", [1, 9, 12])
def test_long_parts_leave_room_for_each_other(cards: int, lines: int, note: int, linked: bool) -> None:
    """Six thousand characters over all, to the last one, and no card without its title."""
    title = Span("T" * 300, url=URL if linked else None)
    card = Card(title, summary="S" * 5000, facts=(line("F" * 5000),))
    message = Message("H" * 300, URL, (line("L" * lines),), cards=(card,) * cards, note=line("N" * note))
    body = render(message)
    assert message_problems(body) == []
    assert all("TT" in embed.get("title", embed.get("description", "")) for embed in body["embeds"][1:])


@pytest.mark.skipif(not CONTRACT.exists(), reason="../shared/contracts is not there")
@settings(patient, max_examples=25)
@given(MESSAGES)
def test_any_message_is_what_the_contract_says(message: Message) -> None:
    path = "/channels/{channel_id}/messages"
    assert (
        request_problems("POST", path, render(message, "d.0") | {"nonce": "d.0", "enforce_nonce": True}) == []
    )
    assert request_problems("PATCH", f"{path}/{{message_id}}", render(message)) == []


@patient
@given(TEXTS)
def test_foreign_text_is_shown_as_it_is(text: str) -> None:
    shown = escape(one_line(text))
    assert re.sub(r"\\([^0-9A-Za-z\s])", r"\1", shown) == one_line(text)
    bare = re.sub(r"\\.", "§", shown)
    assert not re.search(r"[*_~`|\[\]<]|^[>#+-]|://|:\w+:|@everyone|@here|^[0-9]+[.)]", bare)


@patient
@given(TEXTS, st.integers(min_value=0, max_value=300))
def test_text_fits_and_keeps_its_first_word(text: str, limit: int) -> None:
    shown = fitted(text, limit)
    assert len(shown) <= limit
    first = (one_line(text).split() or [""])[0]
    if len(escape(first)) + 2 < limit:
        dangling = " ,;:.-–—("  # a cut ends before these
        assert shown.startswith((escape(first).rstrip(dangling), escape(first.rstrip(dangling))))


@patient
@given(st.text() | TEXTS.map("http://example.org:80/{}".format))
def test_a_link_is_well_formed_or_left_out(address: str) -> None:
    shown = link(address)
    assert shown is None or (well_formed(shown) and not re.search(r"[()\s<>\[\]]", shown))


HARMLESS = {
    "everyone": ("@everyone look", r"\@everyone look"),
    "person": ("<@1234> <@&5678>", r"\<@1234> \<@&5678>"),
    "emoji": ("<:smile:1234> :smile:", r"\<\:smile:1234> \:smile:"),
    "timestamp": ("<t:1234:R>", r"\<t\:1234:R>"),
    "masked link": ("[words](https://evil.example)", r"\[words\](https\://evil.example)"),
    "bare link": ("https://evil.example", r"https\://evil.example"),
    "bold": ("**a** __b__ ~~c~~ ||d||", r"\*\*a\*\* \_\_b\_\_ \~\~c\~\~ \|\|d\|\|"),
    "code": ("`a` ```b```", r"\`a\` \`\`\`b\`\`\`"),
    "heading": ("# Title", r"\# Title"),
    "quote": (">>> all of it", r"\>>> all of it"),
    "list": ("- item", r"\- item"),
    "small print": ("-# item", r"\-# item"),
    "numbered list": ("1. item", r"1\. item"),
    "backslash": (r"\*a\*", r"\\\*a\\\*"),
    "override": ("a\u202eb", "ab"),
    "rows": ("a\n# b\x00c", "a # b c"),
    "hyphen at the end of a span": ("-", r"\-"),
}


@pytest.mark.parametrize(("text", "shown"), HARMLESS.values(), ids=HARMLESS)
def test_hostile_titles(text: str, shown: str) -> None:
    assert described(text) == shown
    if text[0] not in "1":
        card = render(Message(cards=(Card(Span(text, URL), text, (line(text),)),)))["embeds"][0]
        assert (card["title"], card["description"]) == (shown, f"{shown}\n{shown}")


SPANNED = {
    "link": (Span("Paper Tigers", URL), f"[Paper Tigers]({URL})"),
    "bold link": (Span("Tigers", URL, bold=True), f"[**Tigers**]({URL})"),
    "italic": (Span("Tigers", italic=True), "_Tigers_"),
    "code": (Span("/papers day 2026-07-29", code=True), "`/papers day 2026-07-29`"),
    "code in code": (Span("a`b", code=True), "`a'b`"),
    "brackets that pair": (Span("[Re] Tigers", URL), rf"[\[Re\] Tigers]({URL})"),
    "brackets that do not": (Span("[Re Tigers", URL), rf"[(Re Tigers]({URL})"),
    "script": (Span("Tigers", "javascript:alert(1)"), "Tigers"),
    "user in the address": (Span("Tigers", "https://hf.co@evil.example/"), "Tigers"),
    "no host": (Span("Tigers", "https:///x"), "Tigers"),
    "bad port": (Span("Tigers", "https://example.org:99999/"), "Tigers"),
    "parentheses": (
        Span("Tigers", "https://example.org/a_(b) c"),
        "[Tigers](https://example.org/a_%28b%29%20c)",
    ),
    "other alphabets": (
        Span("Tigers", "https://münchen.example/ü"),
        "[Tigers](https://xn--mnchen-3ya.example/%C3%BC)",
    ),
    "person": (Span("Ana", person="2001"), "<@2001>"),
    "person who is nobody here": (Span("Ana", person="U0123"), "Ana"),
    "forged person": (Span("<@2001>", person="<@2001>"), r"\<@2001>"),
    "forged person of other digits": (Span("Ana", person="\u0662\u0660"), "Ana"),
    "blanks outside": (Span(" Tigers ", bold=True), "**Tigers**"),
}


@pytest.mark.parametrize(("span", "shown"), SPANNED.values(), ids=SPANNED)
def test_spans(span: Span, shown: str) -> None:
    assert described(span) == shown


TOGETHER: dict[str, tuple[tuple[Span | str, ...], str]] = {
    "bold inside a link": (
        (Span("chain of ", URL), Span("thought", URL, bold=True), Span(" works", URL)),
        f"[chain of **thought** works]({URL})",
    ),
    "a link beside another": ((Span("a", URL), Span("b", URL + "2")), f"[a]({URL})[b]({URL}2)"),
    "neighbours that look alike": (
        (Span("a", bold=True), Span("b", bold=True), Span("@every"), Span("one")),
        r"**ab**\@everyone",
    ),
    "stars beside bold": ((Span("a*", URL), Span("*b*", URL, bold=True)), rf"[a\***\*b\***]({URL})"),
    "brackets over spans": (
        (Span("[a ", URL), Span("b]", URL, bold=True), Span(" [c", URL)),
        f"[(a **b)** (c]({URL})",
    ),
    "blanks at the ends": (
        ("by", Span(" a ", URL), Span("b ", URL, bold=True), "c"),
        f"by [a **b**]({URL}) c",
    ),
    "a script": ((Span("a ", "javascript:x"), Span("b", "javascript:x", bold=True)), "a **b**"),
    "a person among words": (("Shared by ", Span("Ana", person="2001"), "."), "Shared by <@2001>."),
    "a person in a link": ((Span("Ana", URL, person="2001"),), "<@2001>"),
    "a mention in pieces": ((Span("<@"), Span("2001", bold=True), Span(">")), r"\<@**2001**\>"),
}


@pytest.mark.parametrize(("parts", "shown"), TOGETHER.values(), ids=TOGETHER)
def test_spans_side_by_side(parts: tuple[Span | str, ...], shown: str) -> None:
    assert described(*parts) == shown


def test_a_long_link_of_several_spans_is_cut_as_one() -> None:
    words = tuple(Span("word " * 10, URL, bold=bool(number % 2)) for number in range(8))
    shown = rows([line(*words)] * 20, 4096)
    assert shown.count(f"…**]({URL})") == shown.count("\n") + 1 == 20
    assert shown.count("[word word") == 20


def test_a_cut_inside_brackets_leaves_a_link() -> None:
    bold = Span("[inside ", URL, bold=True)
    shown = rows([line(Span("a ", URL), bold, Span("of many words " * 30 + "]", URL))] * 20, 4096)
    assert shown.count(f"…]({URL})") == 20
    assert shown.count("[") == 20


CODE = {
    "a caret": ("a tilte:x\n  ^^^^^ unknown", "```\na tilte:x\n  ^^^^^ unknown\n```"),
    "blanks at the beginning": ("   x\n   ^", "```\n   x\n   ^\n```"),
    "backticks": ("``` @everyone\n  ^", "```\n''' @everyone\n  ^\n```"),
    "many backticks": ("`````\n    ^", "```\n'''``\n    ^\n```"),
    "overrides": ("a\u202eb\n ^", "```\na b\n ^\n```"),
    "nothing": (" \n ", "…"),
    "too long": ("x" * 4090, "…"),
}


@pytest.mark.parametrize(("code", "shown"), CODE.values(), ids=CODE)
def test_code(code: str, shown: str) -> None:
    [embed] = render(Message(code=code))["embeds"]
    assert embed["description"] == shown


@patient
@given(TEXTS | st.text("`\n x", max_size=40))
def test_nothing_breaks_out_of_code(text: str) -> None:
    shown = code_block(text, 10_000)
    assert shown == "" or re.fullmatch(r"```\n(?:(?!```)[^\x00])*\n```", shown)


def test_code_gives_way_to_lines() -> None:
    [embed] = render(Message(lines=(line("word " * 800),), code="x" * 200))["embeds"]
    assert embed["description"] == ("word " * 800).strip()


def test_gaps_stand_between_lines_only() -> None:
    a, b = line("a"), line("b")
    assert rows([GAP, a, GAP, GAP, line("\u200b"), b, b, GAP], 100) == "a\n\nb\nb"


def test_small_print_with_a_person_becomes_a_line() -> None:
    [embed] = render(Message("Found", note=line("Shared by ", Span("Ana", person="2001"))))["embeds"]
    assert embed["description"] == "**Found**\n-# Shared by <@2001>"


def test_blanks_between_spans_stay() -> None:
    assert described("a ", Span("b", bold=True), " ", "c\u200b", "\u200b", " d") == "a **b** c d"


def test_lines_that_are_too_long_get_shorter_but_keep_their_links() -> None:
    long = tuple(line(Span("a title of many words " * 30, URL), " · 3 upvotes") for _ in range(20))
    shown = rows(long, 4096)
    assert len(shown) <= 4096
    assert shown.count(f"…]({URL}) · 3 upvotes") == 20


def test_summaries_are_cut_before_titles_and_facts() -> None:
    card = Card(Span("Paper Tigers " * 10, URL), "A sentence of the summary. " * 200, (line("12 upvotes"),))
    embeds = render(Message(cards=(card,) * 5))["embeds"]
    assert len(embeds) == 5
    for embed in embeds:
        assert embed["title"].count("Paper Tigers") == 10
        assert embed["description"].endswith("…\n12 upvotes")
    assert sum(len(embed["title"]) + len(embed["description"]) for embed in embeds) > 5500


def test_long_lines_leave_room_for_cards() -> None:
    lines = tuple(line(Span("a title of many words " * 10, URL)) for _ in range(20))
    found = (Card(Span("Tigers", URL), "They fold. " * 30),) * 5
    head, *cards = render(Message("Found", URL, lines, cards=found))["embeds"]
    assert head["description"].count(URL) == 20
    assert all(len(card["description"]) > 250 for card in cards)


def test_a_whole_message() -> None:
    message = Message(
        "Daily Papers",
        URL,
        (line("one line"),),
        "tilte:vision\n^^^^^",
        (Card(Span("Tigers", URL), "They fold.", (line("12 upvotes"),), "https://example.org/i.png"),),
        line("set up by Ana"),
        tuple(Button(f"Day {number}", f"day {number}") for number in range(6)),
    )
    body = render(message, "d.0")
    head, card = body["embeds"]
    assert (head["title"], head["url"], head["description"]) == (
        "Daily Papers",
        f"{URL}#:~:key=d.0",
        "one line\n```\ntilte:vision\n^^^^^\n```",
    )
    assert (card["title"], card["url"], card["description"]) == ("Tigers", URL, "They fold.\n12 upvotes")
    assert card["thumbnail"] == {"url": "https://example.org/i.png"}
    assert card["footer"] == {"text": "set up by Ana"}
    assert [len(row["components"]) for row in body["components"]] == [5, 1]
    assert body["components"][1]["components"][0]["custom_id"] == "papers:day 5"
    assert body["allowed_mentions"] == {"parse": []}


def test_small_print_with_a_link_becomes_a_line() -> None:
    [embed] = render(Message("Help", note=line("See ", Span("the page", URL))))["embeds"]
    assert embed["description"] == f"**Help**\n-# See [the page]({URL})"


def posted(url: str | None, *, bot: bool = True, nonce: str | None = None) -> dict[str, Any]:
    return {"author": {"bot": bot}, "embeds": [{"url": url}] if url else [], "nonce": nonce}


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (posted(f"{URL}#:~:key=d.1"), True),
        (posted(f"{URL}#part:~:key=d.1"), True),
        (posted(f"{URL}#:~:key=d.10"), False),
        (posted(f"{URL}#:~:key=ad.1"), False),
        (posted(f"{URL}#:~:key=d.1", bot=False), False),
        (posted(None, nonce="d.1"), True),
        (posted(None), False),
        ({}, False),
        ({"author": None}, False),
        ({"author": {"bot": True}, "embeds": None}, False),
        ({"author": {"bot": True}, "embeds": [None, 7, {"url": 7}]}, False),
        (None, False),
        ([], False),
    ],
)
def test_the_key_of_a_message_is_found_again(message: Any, found: bool) -> None:
    assert carries(message, "d.1") is found


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Daily", "Daily"),
        ("a\nb", "a b"),
        ("x" * 200, "x" * 99 + "…"),
        ("\u200b", "Papers"),
        ("**a**", "**a**"),
    ],
)
def test_thread_names(title: str, name: str) -> None:
    assert thread_name(title) == name
