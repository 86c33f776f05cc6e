"""What Slack sends, read as requests: payloads that are none of ours, ways back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.inbound import answer_origin, click, command, shortcut
from bot.places import Place


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


SHORTCUT = {
    "type": "message_action",
    "callback_id": "papers_like_this",
    "user": {"id": "U0READER", "team_id": "T0PAPERS"},
    "team": {"id": "T0PAPERS"},
    "channel": {"id": "C0PAPERS"},
    "response_url": f"{HOOKS}/app/1",
    "message": {"type": "message", "text": "fine-tuning &amp; *distillation*\nof &lt;models&gt;"},
}


def test_a_shortcut_is_the_command_with_what_the_message_says() -> None:
    asked = shortcut(SHORTCUT, NOW, HOOKS)
    assert asked
    assert asked.request.text == "like fine-tuning & *distillation* of <models>"
    assert asked.request.place == Place("slack", "C0PAPERS")
    assert (asked.request.person, asked.request.now) == ("T0PAPERS:U0READER", NOW)
    assert (asked.answer_url, asked.replace) == (f"{HOOKS}/app/1", False)


def test_of_a_long_message_the_beginning_is_looked_at() -> None:
    asked = shortcut(SHORTCUT | {"message": {"text": "word " * 8000}}, NOW, HOOKS)
    assert asked
    assert len(asked.request.text) == 2000


@pytest.mark.parametrize(
    "odd",
    [
        {"callback_id": "other"},
        {"callback_id": None},
        {"message": None},
        {"message": "words"},
        {"user": None},
        {"user": {"id": "../x", "team_id": "T0PAPERS"}},
        {"channel": None},
        {"channel": {"id": "C0\nX"}},
        {"team": None, "user": {"id": "U0READER"}},
        {"response_url": None},
        {"response_url": f"{HOOKS}.evil.example/"},
        {"response_url": "http://hooks.slack.com/"},
    ],
    ids=str,
)
def test_an_odd_shortcut_is_no_request(odd: dict[str, Any]) -> None:
    assert shortcut(SHORTCUT | odd, NOW, HOOKS) is None
