"""What a mail looks like, in HTML and without, and what foreign text cannot do in it."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest

from adapters.email import PLATFORM
from adapters.email.envelope import envelope
from adapters.email.render import SUBJECT, render
from bot.digest import arrange
from bot.links import Links
from bot.mail import MailSender
from bot.markup import GAP, Button, Card, Message, Span, line
from bot.messages import thread
from bot.messages.thread import Served
from bot.places import Place
from bot.ways import Ways
from storage.models import Style
from tests.factories import make_paper, make_subscription
from tests.fakes.smtp import html_text, plain_text

SENDER = MailSender("Daily Papers", "papers@example.com")
NOON = datetime(2026, 7, 29, 12, tzinfo=UTC)
ANN = Place("email", "ann@example.org")
WAYS = Ways(Links("https://papers.example.org", "s" * 32), ANN, 7)
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


class Seen(HTMLParser):
    """What a mail program makes of HTML: its words, its tags, where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._skipped = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._skipped += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def links(self) -> list[str]:
        return [value or "" for name, value in self.attributes if name == "href"]


def digest(style: Style = Style.THREAD, count: int = 3, **changes: object) -> Message:
    """A digest for one subscription of Ann's."""
    papers = [make_paper(number, upvotes=number, **changes) for number in range(1, count + 1)]
    content = arrange(papers)
    own = make_subscription(id=3, place=str(ANN), filter="numbers")
    served = Served((own,), {paper.id: [3] for paper in papers}, True, "0123456789abcdef")
    said = thread.whole(content.papers, content, style, served, PLATFORM.limits.cards)
    return WAYS.linked(said, [3])


def mailed(message: Message, name: str = "d1.0") -> EmailMessage:
    return message_from_bytes(envelope(message, SENDER, ANN.address, name, NOON), policy=default)


def test_a_whole_digest_is_one_mail() -> None:
    mail = mailed(digest())
    assert mail["Subject"] == "Daily Papers · Wed 29 Jul: Paper 3"
    for text in (plain_text(mail), Seen(html_text(mail)).text):
        for number in (1, 2, 3):
            assert f"Paper {number}" in text
            assert f"Shows that {number} is enough." in text
        assert "Ada Lovelace, Alan Turing" in text
        assert "Example Institute" in text
        assert "Subscription 3" in text
        assert "Unsubscribe" in text
    assert "https://github.com/example/numbers" in plain_text(mail)


def test_the_small_print_keeps_its_addresses_in_plain_text() -> None:
    note = (Span("Subscription 3 · "), Span("Open on the web", "https://papers.example.org/"))
    text = plain_text(mailed(Message("Hello", note=note)))
    assert "Subscription 3 · Open on the web\nhttps://papers.example.org/\n" in text


def test_compact_is_a_line_for_each_paper() -> None:
    text = plain_text(mailed(digest(Style.COMPACT)))
    assert "Paper 2 · 2 upvotes\nhttps://huggingface.co/papers/2607.00002\n" in text
    assert "is enough" not in text


def test_beyond_what_mail_programs_show_whole_cards_get_short() -> None:
    long = digest(count=120, summary="Sums up. " * 30)
    text = Seen(render(long).html).text
    assert [f"Paper {number} " in text for number in range(1, 121)] == [True] * 120
    assert text.count("Sums up. Sums up.") >= PLATFORM.limits.cards
    assert text.count("Sums up.") < 31 * PLATFORM.limits.cards
    assert len(envelope(long, SENDER, ANN.address, "d1.0", NOON)) < 2 * 102_000
    assert len(render(digest(count=25, summary="Sums up. " * 30)).html) < 102_000  # Gmail cuts what is longer


def test_buttons_lead_to_pages_and_without_a_page_are_left_out() -> None:
    html = render(digest()).html
    seen = Seen(html)
    manage = "https://papers.example.org/mail/manage/"
    asked = [url.rpartition("?q=")[2] for url in seen.links() if url.startswith(manage)]
    assert asked == ["pause+3", "why", "subscriptions"]
    bare = Message("Hello", buttons=(Button("Pause", "pause 3"),))
    assert "Pause" not in render(bare).html + render(bare).text


def test_a_mail_loads_nothing() -> None:
    html = render(digest(thumbnail_url="https://cdn.example.org/x.png")).html
    seen = Seen(html)
    assert not {"img", "link", "script", "iframe", "form", "object", "base"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name in ("src", "srcset", "background", "action")]
    assert not re.search(r"url\(|@import", html)


def test_it_says_that_it_knows_the_dark() -> None:
    html = render(digest()).html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html


def test_headers() -> None:
    mail = mailed(digest())
    assert mail["From"] == "Daily Papers <papers@example.com>"
    assert mail["To"] == "ann@example.org"
    assert mail["Date"] == "Wed, 29 Jul 2026 12:00:00 +0000"
    assert mail["Message-ID"] == "<d1.0@example.com>"
    assert mail["List-Id"] == "Daily Papers <daily-papers.example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https://papers\.example\.org/mail/unsubscribe/[\w.-]+>", mail["List-Unsubscribe"])
    assert mail["Content-Type"].startswith("multipart/alternative")


def test_one_click_needs_https_and_a_subscription() -> None:
    here = Ways(Links("http://localhost:8080", "s" * 32), ANN, 7)
    for message in (here.linked(Message("Hello"), [3]), WAYS.linked(Message("Hello")), Message("Hello")):
        mail = mailed(message)
        assert mail["List-Unsubscribe"] is None
        assert mail["List-Unsubscribe-Post"] is None


def test_a_long_link_stays_whole_in_its_header() -> None:
    numbers = range(1, 51)
    raw = envelope(WAYS.linked(Message("Hello"), numbers), SENDER, ANN.address, "d1.0", NOON)
    [header] = [row for row in raw.split(b"\r\n") if row.startswith(b"List-Unsubscribe: ")]
    url = WAYS.links.unsubscribe(ANN, 7, numbers)
    assert header == f"List-Unsubscribe: <{url}>".encode()
    assert max(map(len, raw.split(b"\r\n"))) < 998


INJECTIONS = [
    "Hello\r\nBcc: eve@evil.example",
    "Hello\nBcc: eve@evil.example",
    "Hello\rBcc: eve@evil.example",
    "Hello\u2028Bcc: eve@evil.example",
    "Hello\x00\x0b\x0c\x85Bcc: eve@evil.example",
    "\r\n\r\n<html>",
    "=?utf-8?q?Hello=0D=0ABcc:_eve@evil.example?=",
    "Hello \ud800 \u202e olleH",
    "🦊" * 400,
    "x" * 5_000,
    "",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_header_can_be_put_in(text: str) -> None:
    usual = {name.lower() for name in mailed(Message("Hello")).keys()}  # noqa: SIM118
    for message in (
        Message(subject=text),
        Message(title=text),
        Message(lines=(line(text),)),
        Message("Hello", unsubscribe=f"https://example.org/{text}"),
    ):
        raw = envelope(message, SENDER, ANN.address, "d1.0", NOON)
        mail = message_from_bytes(raw, policy=default)
        got = {name.lower() for name in mail.keys()}  # noqa: SIM118
        assert got - {"list-unsubscribe", "list-unsubscribe-post"} == usual
        assert 0 < len(mail["Subject"]) <= SUBJECT
        assert all(len(row) <= 998 for row in raw.split(b"\r\n"))
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
        assert raw.isascii()


@pytest.mark.parametrize("name", ["Daily \r\nBcc: x@y.org", "=?utf-8?q?x?=", 'A "B" <c>', "Tägliche Papiere"])
def test_a_sender_s_name_is_only_a_name(name: str) -> None:
    raw = envelope(Message("Hello"), MailSender(name, SENDER.address), ANN.address, "d1.0", NOON)
    mail = message_from_bytes(raw, policy=default)
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["From"].addresses] == [SENDER.address]


@pytest.mark.parametrize(
    "hostile",
    [
        digest(title=EVIL, abstract=EVIL, summary=EVIL, authors=[EVIL], organization_name=EVIL),
        Message(EVIL, "javascript:alert(1)", (line(EVIL, Span(EVIL, "javascript:alert(1)")), GAP)),
        Message(
            "x", lines=(line(Span(EVIL, 'https://e.org/"onclick="x', bold=True), Span(EVIL, code=True)),)
        ),
        Message("x", code=EVIL, note=line(EVIL), buttons=(Button(EVIL, "x", url="data:text/html,x"),)),
        Message("x", cards=(Card(Span(EVIL, "vbscript:x"), EVIL, (line(EVIL),), "https://e.org/i.png"),)),
        Message(
            "x", buttons=(Button(EVIL, "x", url="https://e.org/'onmouseover='x"),), unsubscribe="file:///x"
        ),
        Message("{{ 7 * 7 }}{% raw %}", lines=(line("{{ message }}"),)),
    ],
)
def test_foreign_text_is_only_text(hostile: Message) -> None:
    seen = Seen(render(hostile).html)
    assert not {"script", "img"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert all(re.match(r"https?://", url) for url in seen.links())
    if "{{" in hostile.title:
        assert "49" not in seen.text
        assert "{{ message }}" in seen.text


def test_a_preview_shows_what_is_sent() -> None:
    preview = PLATFORM.preview(digest())
    assert set(preview) == {"subject", "text", "html"}
    assert preview["subject"] == "Daily Papers · Wed 29 Jul: Paper 3"
