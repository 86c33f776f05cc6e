"""Slack's texts, read as what people wrote: escapes, links that Slack made, messages without a text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.reading import said, typed
from tests.fakes.slack_payloads import escaped


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("search llm", "search llm"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("<https://arxiv.org/abs/2607.1>", "https://arxiv.org/abs/2607.1"),
        ("<https://arxiv.org/abs/2607.1|arxiv.org>", "https://arxiv.org/abs/2607.1"),
        ("see <https://a.org/?x=1&amp;y=2|a>, <http://b.org>", "see https://a.org/?x=1&y=2, http://b.org"),
        ("<mailto:a@b.org|a@b.org>", "a@b.org"),
        ("<@U012|ada> <@U012>", "@ada @U012"),
        ("<#C012|papers> <#C012>", "#papers #C012"),
        ("<!here> <!channel|channel> <!subteam^S1|group>", "@here @channel @subteam"),
        ("<unclosed", "<unclosed"),
        ("", ""),
    ],
    ids=[
        "plain", "entities", "once", "link", "labelled", "several", "mail", "person", "channel", "everybody",
        "unclosed", "empty",
    ],
)  # fmt: skip
def test_text_is_read_as_it_was_typed(sent: str, meant: str) -> None:
    assert typed(sent) == meant


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("diffusion upvotes&gt;=20 stars&lt;5", "diffusion upvotes>=20 stars<5"),
        ("upvotes<5 stars>3", "upvotes<5 stars>3"),
        ('"chain of thought" title:reasoning', '"chain of thought" title:reasoning'),
        ("“chain of thought” –survey", "“chain of thought” –survey"),
        ("id:<https://arxiv.org/abs/2607.1>", "id:https://arxiv.org/abs/2607.1"),
        ("id:<http://arxiv.org/abs/2607.1|arxiv.org/abs/2607.1>", "id:arxiv.org/abs/2607.1"),
        ("<http://node.js|node.js> OR <http://c.ai|c.ai>", "node.js OR c.ai"),
        ("&lt;https://arxiv.org/abs/2607.1&gt;", "<https://arxiv.org/abs/2607.1>"),
        ("quant* -*bold* (a | b)", "quant* -*bold* (a | b)"),
        ("search\xa0graph\xa0neural", "search graph neural"),
        ("<", "<"),
        ("a <> b", "a <> b"),
    ],
    ids=[
        "comparisons", "comparisons unescaped", "phrase", "typographic", "link", "link without scheme",
        "words that look like hosts", "brackets typed", "stars", "hard blanks", "one bracket", "no name",
    ],
)  # fmt: skip
def test_a_filter_is_read_as_it_was_typed(sent: str, meant: str) -> None:
    assert typed(sent) == meant


@given(st.text())
def test_whatever_is_typed_is_read_back(text: str) -> None:
    assert typed(escaped(text)) == text.replace("\xa0", " ")


def rich(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    """What the composer of a client makes of a message."""
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*elements]}]}]


BUTTON = {
    "type": "button",
    "text": {"type": "plain_text", "text": "Save"},
    "action_id": "a",
    "value": "save 1",
}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"text": "scaling  laws\nand more"}, "scaling laws and more"),
        ({"text": "R&amp;D: a &lt; b"}, "R&D: a < b"),
        ({"text": "<@U012> <!here> read this, <#C012|papers>"}, "read this, #papers"),
        (
            {"text": "see <https://hf.co/1?a=1&amp;b=2|TinyKettle> now"},
            "see TinyKettle https://hf.co/1?a=1&b=2 now",
        ),
        ({"text": "words", "blocks": rich({"type": "text", "text": "more"})}, "words"),
        (
            {"text": "", "blocks": rich({"type": "text", "text": "graph"}, {"type": "emoji", "name": "x"})},
            "graph",
        ),
        (
            {"blocks": rich({"type": "link", "url": "https://hf.co/1", "text": "Tigers"})},
            "Tigers https://hf.co/1",
        ),
        (
            {
                "text": "",
                "blocks": [
                    {"type": "header", "text": {"type": "plain_text", "text": "Head"}},
                    {
                        "type": "section",
                        "text": {"type": "mrkdwn", "text": "*Body* &amp; <https://hf.co/1|soul>"},
                    },
                    {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]},
                    {"type": "actions", "elements": [BUTTON]},
                ],
            },
            "Head *Body* & soul https://hf.co/1 small",
        ),
        (
            {
                "text": "",
                "attachments": [
                    {"pretext": "From a friend", "title": "TinyKettle", "text": "boils", "fallback": "no"},
                    {"fallback": "Only this"},
                    {"fields": [{"title": "Venue", "value": "ICLR", "short": True}]},
                ],
            },
            "From a friend TinyKettle boils Only this Venue ICLR",
        ),
        (
            {
                "text": "<https://arxiv.org/abs/2607.1>",
                "attachments": [{"title": "TinyKettle", "text": "We boil tea.", "title_link": "https://x.org"}],
            },
            "https://arxiv.org/abs/2607.1 TinyKettle We boil tea.",
        ),
        ({"text": "", "attachments": [{"message_blocks": [{"message": 1}], "text": "quoted"}]}, "quoted"),
        ({}, ""),
        ({"text": None, "blocks": None, "attachments": 7}, ""),
        ({"text": ["x"], "blocks": "y", "attachments": [[["z"]]]}, "y z"),
    ],
    ids=[
        "lines", "entities", "people", "labelled link", "text alone", "composer", "link", "blocks",
        "attachments", "a link and its preview", "quoted", "empty", "nothing", "odd",
    ],
)  # fmt: skip
def test_a_message_says(message: dict[str, Any], words: str) -> None:
    assert said(message) == words


def test_a_part_without_end_is_given_up() -> None:
    deep: Any = "words"
    for _ in range(500):
        deep = {"elements": [deep]}
    assert said({"blocks": [deep]}) == ""
