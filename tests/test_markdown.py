"""Messages as Markdown, read back by a CommonMark parser."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.markdown import markdown
from bot.markup import GAP, Card, Message, Span, line
from bot.text import one_line

PAPER = "https://huggingface.co/papers/2607.00001"
HOSTILE = [
    "**bold** _italic_ ~~gone~~ `code`",
    "[link](https://evil.example) ![image](https://evil.example/x.png)",
    "<script>alert(1)</script> <b>bold</b> &lt;b&gt; &copy;",
    "# heading\n\n> quote\n---\n===",
    "1. one\n- two\n+ three",
    "| a | b |\n|---|---|\n| c | d |",
    "https://evil.example www.evil.example ada@example.org",
    "@everyone <!channel> <@U0123> :tada:",
    "$x_1$ and $$\\frac{a}{b}$$",
    "[^1]: note [x] \\[y\\] \\",
    "```\nfence\n```",
    "a\u202eb\u0000c",
    "*",
]


class Seen(HTMLParser):
    """What a reader sees of a page: its words, its links, and the tags it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()
        self.links: list[str | None] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self.links.append(dict(attrs).get("href"))

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(message: Message) -> Seen:
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return Seen(reader.render(markdown(message)))


def test_a_whole_message() -> None:
    message = Message(
        title="Daily Papers · Wed 29 Jul 2026",
        title_url="https://huggingface.co/papers/date/2026-07-29",
        lines=(line(Span("First", PAPER), " · 3 upvotes"), line(Span("Second", bold=True))),
        cards=(Card(Span("Third", PAPER), "A summary.", (line("Ada"), line(Span("Code", PAPER)))),),
        note=line("Mon–Fri at 09:00"),
    )

    assert markdown(message) == (
        "## [Daily Papers · Wed 29 Jul 2026](<https://huggingface.co/papers/date/2026-07-29>)\n"
        f"- [First](<{PAPER}>) · 3 upvotes\n"
        "- **Second**\n"
        f"### [Third](<{PAPER}>)\n\nA summary.\n\nAda\n\n[Code](<{PAPER}>)\n\n"
        "*Mon–Fri at 09:00*"
    )
    page = seen(message)
    assert page.tags == {"h2", "h3", "a", "ul", "li", "p", "strong", "em"}


def test_what_is_empty_leaves_nothing() -> None:
    assert markdown(Message()) == ""
    assert markdown(Message(cards=(Card(Span("Only a title")),))) == "### Only a title"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_formats_nothing_wherever_it_stands(text: str) -> None:
    shown = [
        (Message(title=text), {"h2"}),
        (Message(lines=(line(text),)), {"ul", "li"}),
        (Message(lines=(line(Span(text, PAPER, bold=True)),)), {"ul", "li", "a", "strong"}),
        (Message(cards=(Card(Span(text, PAPER)),)), {"h3", "a"}),
        (Message(cards=(Card(Span("Title"), text),)), {"h3", "p"}),
        (Message(cards=(Card(Span("Title"), "", (line(text),)),)), {"h3", "p"}),
        (Message(note=line(text)), {"p", "em"}),
    ]
    for message, tags in shown:
        assert seen(message).tags <= tags, message
        assert one_line(text) in " ".join(seen(message).text.split()), message


@given(st.text())
@example("a\\")
@example("&amp;")
def test_every_text_reads_as_it_was(text: str) -> None:
    page = seen(Message(lines=(line("before ", Span(text, PAPER), " after"),)))

    assert page.tags == {"ul", "li", "a"}
    assert page.links == [PAPER]
    assert " ".join(page.text.split()) == " ".join(f"before {one_line(text)} after".split())


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.org/a?b=1&copy=2#c", "https://example.org/a?b=1&copy=2#c"),
        ("https://example.org/a?b=1&copy;2", "https://example.org/a?b=1&copy;2"),
        ("https://example.org/(a)_*b*", "https://example.org/(a)_*b*"),
        (
            "https://example.org/a> [x](https://evil.example",
            "https://example.org/a%3E%20%5Bx%5D(https://evil.example",
        ),
        ("https://example.org/<a>\\", "https://example.org/%3Ca%3E%5C"),
        ("https://example.org/a\nb", "https://example.org/a%0Ab"),
    ],
)
def test_an_address_leads_where_it_says_and_nowhere_else(url: str, address: str) -> None:
    page = seen(Message(lines=(line(Span("x", url)),)))

    assert page.links == [address]
    assert page.text.strip() == "x"


@pytest.mark.parametrize("code", ["title:x\n ^^^", "```\n<b>&amp;", "a ` b ```` c"])
def test_code_keeps_its_rows_and_means_nothing(code: str) -> None:
    page = seen(Message(lines=(line("before"),), code=code))

    assert page.tags == {"ul", "li", "pre", "code"}
    assert page.text.strip() == f"before\n\n{code}".strip()


def test_a_gap_is_no_item_and_a_person_is_the_text_there() -> None:
    message = Message(lines=(line(Span("somebody", person="T1:U1"), " shares"), GAP, line("more")))
    assert markdown(message) == "- somebody shares\n- more"
