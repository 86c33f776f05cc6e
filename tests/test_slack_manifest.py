"""The app manifest is what Slack's published schema asks for, and asks for no more than is used."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from adapters.slack.manifest import LIKE_THIS, manifest

SCHEMA = Path(__file__).parents[2] / "shared/contracts/slack-manifest/schemas/manifest.schema.2.0.0.json"
MODES = {"socket": manifest(True), "http": manifest(False, "https://papers.example.org/")}


@pytest.mark.parametrize("made", MODES.values(), ids=MODES)
def test_slack_accepts_it(made: dict[str, Any]) -> None:
    if not SCHEMA.exists():
        pytest.skip("../shared/contracts/slack-manifest is not here")
    problems = Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(made)
    assert [problem.message for problem in problems] == []


@pytest.mark.parametrize("made", MODES.values(), ids=MODES)
def test_it_fits_and_asks_for_little(made: dict[str, Any]) -> None:
    about = made["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    (command,) = made["features"]["slash_commands"]
    assert command["command"] == "/papers"
    assert "search" in command["usage_hint"]
    assert made["oauth_config"]["scopes"] == {
        "bot": ["chat:write", "commands", "im:write", "channels:history", "groups:history", "im:history"]
    }
    assert made["features"]["app_home"]["messages_tab_enabled"]


@pytest.mark.parametrize("made", MODES.values(), ids=MODES)
def test_a_message_has_a_shortcut(made: dict[str, Any]) -> None:
    (shortcut,) = made["features"]["shortcuts"]
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", LIKE_THIS)
    assert shortcut["name"] == "Find papers like this"
    assert made["settings"]["interactivity"]["is_enabled"]


def test_socket_mode_needs_no_address() -> None:
    made = MODES["socket"]
    assert made["settings"]["socket_mode_enabled"]
    assert "https://" not in json.dumps(made)


def test_http_mode_names_its_addresses() -> None:
    made = MODES["http"]
    assert not made["settings"]["socket_mode_enabled"]
    url = "https://papers.example.org/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == url
    assert made["settings"]["interactivity"] == {"is_enabled": True, "request_url": url}


@pytest.mark.parametrize("url", [None, "", "papers.example.org", "http://papers.example.org"])
def test_http_mode_without_an_https_address_says_so(url: str | None) -> None:
    with pytest.raises(ValueError, match="https://"):
        manifest(False, url)
