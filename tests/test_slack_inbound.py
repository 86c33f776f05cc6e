"""What Slack sends, read as requests: escapes, payloads that are none of ours, ways back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.inbound import answer_origin, click, command, typed
from bot.places import Place


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
    ("api_url", "origin"),
    [
        ("https://slack.com/api", "https://hooks.slack.com"),
        ("https://www.slack.com/api/", "https://hooks.slack.com"),
        ("http://127.0.0.1:4000/api", "http://127.0.0.1:4000"),
    ],
)
def test_answers_go_to_slack_or_to_what_stands_in_for_it(api_url: str, origin: str) -> None:
    assert answer_origin(api_url) == origin


NOW = datetime(2026, 7, 29, 8, tzinfo=UTC)
HOOKS = "https://hooks.slack.com"
CLICK = {
    "user": {"id": "U0READER", "team_id": "T0PAPERS"},
    "team": {"id": "T0PAPERS"},
    "channel": {"id": "C0PAPERS"},
    "container": {"is_ephemeral": True},
    "response_url": f"{HOOKS}/actions/1",
    "actions": [{"type": "button", "action_id": "papers:3", "value": "save &amp; 1"}],
}


def test_a_click_is_its_command_as_it_was_set() -> None:
    asked = click(CLICK, NOW, HOOKS)
    assert asked
    assert (asked.request.text, asked.request.now) == ("save &amp; 1", NOW)
    assert asked.request.place == Place("slack", "C0PAPERS")
    assert asked.replace


def test_a_command_and_a_click_come_from_the_same_person() -> None:
    typed_by = {"channel_id": "C0PAPERS", "team_id": "T0PAPERS", "user_id": "U0READER", "text": None}
    asked, clicked = command(typed_by | {"response_url": f"{HOOKS}/1"}, NOW, HOOKS), click(CLICK, NOW, HOOKS)
    assert asked
    assert clicked
    assert asked.request.person == clicked.request.person == "T0PAPERS:U0READER"
    assert asked.request.text == ""


def test_in_an_organisation_the_team_is_the_persons_own() -> None:
    asked = click(CLICK | {"team": None}, NOW, HOOKS)
    assert asked
    assert asked.request.person == "T0PAPERS:U0READER"


@pytest.mark.parametrize(
    "odd",
    [
        {"actions": []},
        {"actions": None},
        {"actions": ["papers:1"]},
        {"actions": [{"type": "button", "action_id": "papers:1", "value": None}]},
        {"user": None},
        {"channel": "C0PAPERS"},
        {"team": None, "user": {"id": "U0READER"}},
        {"response_url": None},
        {"response_url": f"{HOOKS}.evil.example/"},
        {"response_url": "http://hooks.slack.com/"},
    ],
    ids=str,
)
def test_an_odd_click_is_no_request(odd: dict[str, Any]) -> None:
    assert click(CLICK | odd, NOW, HOOKS) is None


def test_an_empty_command_is_no_request() -> None:
    assert command({}, NOW, HOOKS) is None
