"""Forms that were filled in, as Slack sends them: read as requests, and what is none of ours."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack import inbound
from adapters.slack.back import Back, remembered
from adapters.slack.forms import FORM
from adapters.slack.inbound import Asked, as_colleague
from adapters.slack.installation import Installation
from bot.places import Place

NOW = datetime(2026, 7, 29, 8, tzinfo=UTC)
HOOKS = "https://hooks.slack.com"
HERE = Installation("T0PAPERS", "B0BOT", HOOKS, "https://files.slack.com", "E0RESEARCH")
DIRECT = Place("slack", "@U0READER")

VIEW = {
    "type": "modal",
    "callback_id": FORM,
    "bot_id": "B0BOT",
    "private_metadata": remembered("edit 3", Back("C0PAPERS", f"{HOOKS}/actions/1", replace=True)),
    "state": {
        "values": {
            "filter": {"value": {"type": "plain_text_input", "value": "cats"}},
            "style": {"value": {"type": "static_select", "selected_option": None}},
            "zone": {"value": {"type": "static_select", "selected_option": {"text": {}, "value": "UTC"}}},
        }
    },
}
SUBMISSION = {
    "type": "view_submission",
    "user": {"id": "U0READER", "team_id": "T0PAPERS"},
    "team": {"id": "T0PAPERS"},
    "trigger_id": "1.2.3",
    "view": VIEW,
}


def submission(payload: dict[str, Any]) -> Asked | None:
    return inbound.submission(payload, NOW, HERE)


def test_a_form_is_its_command_with_what_stands_in_it() -> None:
    asked = submission(SUBMISSION)
    assert asked
    assert asked.request.text == "edit 3"
    assert asked.request.fields == {"filter": "cats", "style": "", "zone": "UTC"}
    assert asked.request.place == Place("slack", "C0PAPERS")
    assert (asked.request.person, asked.request.direct) == ("T0PAPERS:U0READER", DIRECT)
    assert asked.back == Back("C0PAPERS", f"{HOOKS}/actions/1", replace=True)


def test_a_form_of_the_home_tab_leads_back_there() -> None:
    asked = submission(SUBMISSION | {"view": VIEW | {"private_metadata": remembered("x", Back(home=True))}})
    assert asked
    assert asked.back.home
    assert asked.request.place == DIRECT


def kept(**odd: Any) -> dict[str, str]:
    good = {"command": "edit 3", "channel": "C0PAPERS", "url": f"{HOOKS}/1", "replace": True, "home": False}
    return {"private_metadata": json.dumps(good | odd)}


@pytest.mark.parametrize(
    "odd",
    [
        {"callback_id": "other"},
        {"callback_id": None},
        {"bot_id": "B0OTHER"},
        {"state": None},
        {"state": {}},
        {"state": {"values": []}},
        {"private_metadata": None},
        {"private_metadata": ""},
        {"private_metadata": "{"},
        {"private_metadata": "[" * 3000},
        {"private_metadata": "[1]"},
        kept(command=""),
        kept(command=7),
        kept(channel="C0\nX"),
        kept(channel="", home="yes"),
        kept(channel=None),
        kept(url="https://evil.example/"),
        kept(url=f"{HOOKS}.evil.example/"),
        kept(url=""),
    ],
    ids=lambda odd: str(odd)[:60],
)
def test_an_odd_form_is_no_request(odd: dict[str, Any]) -> None:
    assert submission(SUBMISSION | {"view": VIEW | odd}) is None


@pytest.mark.parametrize(
    "odd",
    [{"user": None}, {"view": None}, {"view": "x"}, {"user": {"id": "U0READER", "team_id": "../T0"}}],
    ids=str,
)
def test_an_odd_submission_is_no_request(odd: dict[str, Any]) -> None:
    assert submission(SUBMISSION | odd) is None


@pytest.mark.parametrize(
    "value",
    [None, "x", [], {}, {"value": None}, {"value": {"type": "plain_text_input", "value": 7}}],
    ids=str,
)
def test_an_odd_value_is_an_empty_one(value: Any) -> None:
    asked = submission(SUBMISSION | {"view": VIEW | {"state": {"values": {"filter": value}}}})
    assert asked
    assert asked.request.fields == {"filter": ""}


def test_a_field_of_no_name_of_ours_is_left_out() -> None:
    values = {"b/1": {"value": {"value": "x"}}, "fi\0lter": {"value": {"value": "x"}}, "a" * 65: {}}
    asked = submission(SUBMISSION | {"view": VIEW | {"state": {"values": values}}})
    assert asked
    assert asked.request.fields == {}


def test_who_is_in_our_workspace_too_is_one_of_ours() -> None:
    asked = submission(SUBMISSION | {"user": {"id": "U0READER", "team_id": "T0SISTER"}})
    assert asked
    ours = as_colleague(asked, HERE)
    assert ours == submission(SUBMISSION)
    assert ours.request.direct == DIRECT
    assert ours.request.fields == {"filter": "cats", "style": "", "zone": "UTC"}


@pytest.mark.parametrize(
    ("pasted", "file"),
    [("{}", "{}"), ("no JSON", "no JSON"), ("", ""), ("x" * 100_000, "x" * 100_000), ("x" * 100_001, "")],
    ids=lambda part: f"{len(part)} characters",
)
def test_what_is_pasted_into_a_form_is_a_file(pasted: str, file: str) -> None:
    values = {"file": {"value": {"type": "plain_text_input", "value": pasted or None}}}
    asked = submission(SUBMISSION | {"view": VIEW | {"state": {"values": values}}})
    assert asked
    assert asked.request.file == file
    assert as_colleague(asked, HERE).request.file == file


def test_a_form_without_one_hands_in_no_file() -> None:
    asked = submission(SUBMISSION)
    assert asked
    assert asked.request.file is None
