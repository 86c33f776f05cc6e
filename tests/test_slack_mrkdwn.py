"""Lines become mrkdwn that shows their words and looks, and nothing that is in them works as markup."""

import re

import pytest

from adapters.slack.render import render
from bot.markup import Message, Span, line


def section(*spans: str | Span) -> str:
    """The mrkdwn of a single line."""
    (block,) = render(Message(lines=(line(*spans),)))[1]
    return str(block["text"]["text"])


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<!channel>", "&lt;!channel\u200b&gt;"),
        ("<@U1>", "&lt;@U1\u200b&gt;"),
        ("<https://evil.example|hf.co>", "&lt;https://evil.example|hf.co\u200b&gt;"),
        ("*bold*", "\u2060*\u200bbold\u2060*\u200b"),
        ("_it_", "\u2060_\u200bit\u2060_\u200b"),
        ("~no~", "\u2060~\u200bno\u2060~\u200b"),
        ("`code`", "\u2060`\u200bcode\u2060`\u200b"),
        ("> quote", "\u200b&gt; quote"),
        ("AT&T", "AT&amp;T"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
        (":fire: up", ":\u200bfire: up"),
        ("BERT: again", "BERT: again"),
        ("@everyone, @channel", "@\u200beveryone, @\u200bchannel"),
        ("a@b.org", "a@b.org"),
        ("a\nb\x00c", "a b c"),
        ("a\u202eb", "ab"),
    ],
    ids=lambda text: ascii(text)[1:20],
)
def test_foreign_text_stays_text(written: str, sent: str) -> None:
    assert section(written) == sent


@pytest.mark.parametrize(
    ("span", "sent"),
    [
        (Span("a|b", url="https://x.org/"), "<https://x.org/|a¦b>"),
        (Span("a", url="https://x.org/a|b>c d"), "<https://x.org/a%7Cb%3Ec%20d|a>"),
        (Span("a", url="https://x.org/é\ud800"), "<https://x.org/%C3%A9%3F|a>"),
        (Span("a", url="javascript:alert(1)"), "a"),
        (Span("a", url="https://"), "a"),
        (Span("a", url="https://x.org/" + "a" * 3000), "a"),
        (Span("", url="https://x.org/"), "<https://x.org/|https://x.org/>"),
        (Span("a ", bold=True), "*a* "),
        (Span("a", italic=True, bold=True), "*_a_*"),
        (Span("a*b`c<", code=True), "`a*bˋc&lt;`"),
    ],
    ids=[
        "pipe",
        "url with marks",
        "url outside ASCII",
        "script",
        "no host",
        "url too long",
        "no label",
        "blank outside",
        "two looks",
        "code",
    ],
)
def test_spans(span: Span, sent: str) -> None:
    assert section(Span("x: "), span).removeprefix("x: ") == sent.rstrip()


def test_a_mark_next_to_a_word_gets_a_gap() -> None:
    assert section("votes", Span("12", bold=True), "!") == "votes\u200b*12*\u200b!"


TITLE, OTHER = "https://hf.co/papers/1", "https://hf.co/papers/2"


def title(*words: str, url: str = TITLE) -> list[Span]:
    """A title as a link whose words between stars are bold."""
    return [Span(word.strip("*"), url, bold=word.startswith("*")) for word in words]


@pytest.mark.parametrize(
    ("spans", "sent"),
    [
        (title("Chain of ", "thought"), f"<{TITLE}|Chain of thought>"),
        (
            title("Chain of ", "*thought*", " prompts"),
            f"<{TITLE}|Chain of> *<{TITLE}|thought>* <{TITLE}|prompts>",
        ),
        (title("*Chain*", " ", "*of*", " thought"), f"*<{TITLE}|Chain of>* <{TITLE}|thought>"),
        (title("Fine-", "*tuning*", "!"), f"<{TITLE}|Fine->\u200b*<{TITLE}|tuning>*\u200b<{TITLE}|!>"),
        ([*title("One"), *title("Two", url=OTHER)], f"<{TITLE}|One><{OTHER}|Two>"),
        ([*title("One"), Span(" "), *title("Two")], f"<{TITLE}|One> <{TITLE}|Two>"),
        ([Span(" ", TITLE), *title("*Two*")], f" *<{TITLE}|Two>*"),
        (title("Chain ", "*of*", url="javascript:x"), "Chain *of*"),
    ],
    ids=[
        "one look",
        "bold inside",
        "bold side by side",
        "in a word",
        "two links",
        "apart",
        "blank",
        "no link",
    ],
)
def test_a_link_is_divided_only_for_its_bold_words(spans: list[Span], sent: str) -> None:
    assert section("x: ", *spans).removeprefix("x: ") == sent


def test_no_mark_ever_stands_inside_a_label() -> None:
    """`<https://…|*word*>` is no link on Slack's phones."""
    sent = section(*title("A ", "*bold*", " title with *stars*"))
    for label in re.findall(r"\|([^>]*)>", sent):
        assert not re.search(r"(?<!\u2060)[*_]", label)


def test_a_long_address_is_not_repeated_for_bold_words() -> None:
    far = "https://x.org/" + "a" * 500
    assert section(*title("Chain ", "*of*", " thought", url=far)) == f"<{far}|Chain of thought>"


@pytest.mark.parametrize(
    ("span", "sent"),
    [
        (Span("Ada", person="T0PAPERS:U0READER"), "<@U0READER>"),
        (Span("Ada", person="U0READER"), "<@U0READER>"),
        (Span("Ada", person="T1:W0GRID", bold=True), "*<@W0GRID>*"),
        (Span("Ada", url=TITLE, person="T1:U0READER"), "<@U0READER>"),
        (Span("Ada", person="123456"), "Ada"),
        (Span("Ada", person="T1:U0READER><!channel>"), "Ada"),
        (Span("Ada", person="T1:!channel"), "Ada"),
        (Span("Ada", person="T1:u0reader"), "Ada"),
        (Span("Ada", person="T1:"), "Ada"),
        (Span("<@U0READER>", person="no one"), "&lt;@U0READER\u200b&gt;"),
        (Span("<@U0READER>"), "&lt;@U0READER\u200b&gt;"),
    ],
    ids=[
        "workspace and user", "user", "bold", "linked", "another platform", "forged", "everybody",
        "small letters", "no user", "forged text", "text",
    ],
)  # fmt: skip
def test_a_person(span: Span, sent: str) -> None:
    assert section(span) == sent


def test_a_notification_has_a_persons_name() -> None:
    text, _ = render(Message(lines=(line("Shared by ", Span("Ada", person="T1:U0READER")),)))
    assert text == "Shared by Ada"


def code_block(code: str) -> str:
    """The mrkdwn of a message that is code alone."""
    (block,) = render(Message(code=code))[1]
    return str(block["text"]["text"])


POINTED = 'diffusion tilte:vision\n          ^^^^^ unknown field "tilte"'


def test_code_stands_behind_the_lines_in_columns() -> None:
    _, blocks = render(Message(lines=(line("I do not know that field."),), code=POINTED, note=line("Note")))
    said, code, note = blocks
    assert said["text"]["text"] == "I do not know that field."
    assert code["text"]["text"] == f"```\n{POINTED}\n```"
    assert note["type"] == "context"


@pytest.mark.parametrize(
    ("code", "sent"),
    [
        ("a\n ```*b*\n     ^", "a\n ˋˋˋ*b*\n     ^"),
        ("```", "ˋˋˋ"),
        ("a<b & <!here>\n ^", "a&lt;b &amp; &lt;!here&gt;\n ^"),
        ("a\tb\x00\n  ^", "a b\n  ^"),
        ("  a  \n\n  b", "  a\n\n  b"),
        ("a\u202eb", "ab"),
        ("a\u2028b", "a b"),
    ],
    ids=["fence", "fence alone", "commands", "tab", "blanks", "direction", "line separator"],
)
def test_code_never_breaks_out_and_keeps_its_columns(code: str, sent: str) -> None:
    assert code_block(code) == f"```\n{sent}\n```"


@pytest.mark.parametrize("code", ["", "\n", "  \n\x00"], ids=repr)
def test_code_of_blanks_is_nothing(code: str) -> None:
    assert render(Message(code=code)) == ("…", [])


@pytest.mark.parametrize(
    "code", ["word " * 2000, "row\n" * 2000, "&" * 3000], ids=["wide", "long", "escaped"]
)
def test_code_that_is_too_long_ends_as_code(code: str) -> None:
    text = code_block(code)
    assert 2900 < len(text) <= 3000
    assert text.startswith("```\n")
    assert text.endswith("\n```")
