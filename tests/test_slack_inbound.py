"""What Slack sends, read as requests: payloads that are none of ours, ways back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack import inbound
from adapters.slack.back import Back
from adapters.slack.inbound import Asked
from adapters.slack.installation import Installation, installation
from adapters.slack.people import Colleague
from bot.adapter import Temporary
from bot.places import Place
from bot.request import Asker, Unknown


def nobody(user: str, channel: str) -> Asker:
    return Unknown()


@pytest.mark.parametrize(
    ("api_url", "answers", "uploads"),
    [
        ("https://slack.com/api", "https://hooks.slack.com", "https://files.slack.com"),
        ("https://www.slack.com/api/", "https://hooks.slack.com", "https://files.slack.com"),
        ("http://127.0.0.1:4000/api", "http://127.0.0.1:4000", "http://127.0.0.1:4000"),
    ],
)
def test_answers_and_files_go_to_slack_or_to_what_stands_in_for_it(
    api_url: str, answers: str, uploads: str
) -> None:
    here = installation({"team_id": "T0PAPERS", "bot_id": "B0BOT"}, api_url, nobody)
    assert (here.answers, here.uploads) == (answers, uploads)
    assert (here.team, here.bot, here.enterprise) == ("T0PAPERS", "B0BOT", "")


@pytest.mark.parametrize("me", [{}, {"team_id": None}, {"team_id": 7}], ids=str)
def test_without_a_workspace_nobody_could_be_told_from_a_stranger(me: dict[str, Any]) -> None:
    with pytest.raises(Temporary):
        installation(me, "https://slack.com/api", nobody)


NOW = datetime(2026, 7, 29, 8, tzinfo=UTC)
HOOKS = "https://hooks.slack.com"


def ask(user: str, channel: str) -> Asker:
    return Colleague(None, user, channel)  # type: ignore[arg-type]  # nothing is asked here


HERE = Installation("T0PAPERS", "B0BOT", HOOKS, "https://files.slack.com", "E0RESEARCH", ask)


def command(payload: dict[str, Any]) -> Asked | None:
    return inbound.command(payload, NOW, HERE)


def click(payload: dict[str, Any]) -> Asked | None:
    return inbound.click(payload, NOW, HERE)


def shortcut(payload: dict[str, Any]) -> Asked | None:
    return inbound.shortcut(payload, NOW, HERE)


CLICK = {
    "user": {"id": "U0READER", "team_id": "T0PAPERS"},
    "team": {"id": "T0PAPERS"},
    "channel": {"id": "C0PAPERS"},
    "container": {"is_ephemeral": True},
    "response_url": f"{HOOKS}/actions/1",
    "actions": [{"type": "button", "action_id": "papers:3", "value": "save &amp; 1"}],
}


def test_a_click_is_its_command_as_it_was_set() -> None:
    asked = click(CLICK)
    assert asked
    assert (asked.request.text, asked.request.now) == ("save &amp; 1", NOW)
    assert asked.request.place == Place("slack", "C0PAPERS")
    assert asked.back.replace


def test_a_command_and_a_click_come_from_the_same_person() -> None:
    typed_by = {"channel_id": "C0PAPERS", "team_id": "T0PAPERS", "user_id": "U0READER", "text": None}
    asked, clicked = command(typed_by | {"response_url": f"{HOOKS}/1"}), click(CLICK)
    assert asked
    assert clicked
    assert asked.request.person == clicked.request.person == "T0PAPERS:U0READER"
    assert asked.request.text == ""


def test_in_an_organisation_the_team_is_the_persons_own() -> None:
    asked = click(CLICK | {"team": None})
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
        {"user": {"id": "C0PAPERS", "team_id": "T0PAPERS"}},
        {"user": {"id": "U0READER", "team_id": "T0/../X"}},
        {"response_url": None},
        {"response_url": f"{HOOKS}.evil.example/"},
        {"response_url": "http://hooks.slack.com/"},
        {"view": {"type": "modal"}, "channel": None, "response_url": None},
    ],
    ids=str,
)
def test_an_odd_click_is_no_request(odd: dict[str, Any]) -> None:
    assert click(CLICK | odd) is None


def test_an_empty_command_is_no_request() -> None:
    assert command({}) is None


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
    asked = shortcut(SHORTCUT)
    assert asked
    assert asked.request.text == "like fine-tuning & *distillation* of <models>"
    assert asked.request.place == Place("slack", "C0PAPERS")
    assert (asked.request.person, asked.request.now) == ("T0PAPERS:U0READER", NOW)
    assert (asked.back.url, asked.back.replace) == (f"{HOOKS}/app/1", False)


def test_of_a_long_message_the_beginning_is_looked_at() -> None:
    asked = shortcut(SHORTCUT | {"message": {"text": "word " * 8000}})
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
    assert shortcut(SHORTCUT | odd) is None


def direct(user: str = "U0READER") -> Place:
    return Place("slack", f"@{user}")


def stranger(team: str = "T0OTHERS") -> dict[str, Any]:
    return {"user": {"id": "U0READER", "team_id": team}}


def test_one_of_ours_has_direct_messages_and_can_be_asked_about() -> None:
    asked = click(CLICK)
    assert asked
    assert asked.request.direct == direct()
    assert isinstance(asked.request.asker, Colleague)
    assert (asked.user, asked.team) == ("U0READER", "T0PAPERS")


def test_in_their_direct_messages_the_place_is_the_person() -> None:
    asked = click(CLICK | {"channel": {"id": "D0ABC"}})
    assert asked
    assert asked.request.place == asked.request.direct == direct()


@pytest.mark.parametrize("team", ["T0OTHERS", "E0OTHERS"])
def test_a_person_of_another_workspace_is_nobody_of_ours(team: str) -> None:
    """In a shared channel `team` is ours whoever clicks, and their id may be that of one of ours."""
    asked = click(CLICK | stranger(team))
    assert asked
    assert asked.request.person == f"{team}:U0READER"
    assert asked.request.direct is None
    assert isinstance(asked.request.asker, Unknown)
    assert asked.request.place == Place("slack", "C0PAPERS")


def test_the_direct_messages_of_a_stranger_are_not_those_of_our_person_of_that_name() -> None:
    asked = click(CLICK | stranger() | {"channel": {"id": "D0ABC"}})
    typed = command({
        "channel_id": "D0ABC", "team_id": "T0OTHERS", "user_id": "U0READER", "response_url": f"{HOOKS}/1"
    })  # fmt: skip
    assert asked
    assert typed
    assert asked.request.place == typed.request.place == Place("slack", "T0OTHERS/@U0READER")
    assert asked.request.place.installation == "T0OTHERS"
    assert asked.request.direct is typed.request.direct is None


def test_a_trigger_comes_along() -> None:
    for asked in (
        click(CLICK | {"trigger_id": "1.2.3"}),
        shortcut(SHORTCUT | {"trigger_id": "1.2.3"}),
        command({
            "channel_id": "C0PAPERS", "team_id": "T0PAPERS", "user_id": "U0READER",
            "response_url": f"{HOOKS}/1", "trigger_id": "1.2.3",
        }),
    ):  # fmt: skip
        assert asked
        assert asked.trigger == "1.2.3"


HOME_CLICK = {
    "user": {"id": "U0READER", "team_id": "T0PAPERS"},
    "team": {"id": "T0PAPERS"},
    "container": {"type": "view", "view_id": "V1"},
    "view": {"type": "home"},
    "trigger_id": "1.2.3",
    "actions": [{"type": "button", "action_id": "papers:0", "value": "pause 3"}],
}
OPENED = {"team_id": "T0PAPERS", "event": {"type": "app_home_opened", "user": "U0READER", "tab": "home"}}


def test_a_click_in_the_home_tab_is_asked_in_direct_messages() -> None:
    asked = click(HOME_CLICK)
    assert asked
    assert (asked.request.text, asked.request.place, asked.request.direct) == ("pause 3", direct(), direct())
    assert asked.back == Back(home=True)


def test_who_opens_the_home_tab_asks_for_it() -> None:
    asked = inbound.home_opened(OPENED, NOW, HERE)
    assert asked
    assert (asked.request.text, asked.request.place, asked.request.direct) == ("home", direct(), direct())
    assert asked.back == Back(home=True)


@pytest.mark.parametrize(
    "odd",
    [
        {"event": None},
        {"event": {"user": "U0READER", "tab": "messages"}},
        {"event": {"tab": "home"}},
        {"team_id": 7},
    ],
    ids=str,
)
def test_another_tab_or_an_odd_event_is_no_request(odd: dict[str, Any]) -> None:
    assert inbound.home_opened(OPENED | odd, NOW, HERE) is None
