"""The app manifest is what Slack's published schema asks for, and asks for no more than is used."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from adapters.slack.manifest import LIKE_THIS, manifest
from bot.markup import Attachment, Message
from bot.places import Place
from bot.request import Reply
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office

SCHEMA = Path(__file__).parents[2] / "shared/contracts/slack-manifest/schemas/manifest.schema.2.0.0.json"
SCOPES = {
    "chat:write", "commands", "im:write", "channels:history", "groups:history", "im:history", "channels:read",
    "groups:read", "users:read", "files:write",
}  # fmt: skip
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
    for word in ("search", "subscribe", "subscriptions", "channel", "help"):
        assert word in command["usage_hint"]
    assert len(command["usage_hint"]) <= 1000
    assert set(made["oauth_config"]["scopes"]["bot"]) == SCOPES


@pytest.mark.parametrize("made", MODES.values(), ids=MODES)
def test_the_app_has_a_home_and_is_told_when_somebody_looks_at_it(made: dict[str, Any]) -> None:
    assert made["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert "app_home_opened" in made["settings"]["event_subscriptions"]["bot_events"]


@pytest.mark.parametrize("made", MODES.values(), ids=MODES)
def test_it_is_told_when_a_workspace_removes_it(made: dict[str, Any]) -> None:
    assert {"app_uninstalled", "tokens_revoked"} <= set(made["settings"]["event_subscriptions"]["bot_events"])


@pytest.mark.parametrize(
    ("made", "urls"),
    [
        (MODES["socket"], None),
        (MODES["http"], ["https://papers.example.org/slack/oauth_redirect"]),
        (
            manifest(True, None, "https://public.example.org"),
            ["https://public.example.org/slack/oauth_redirect"],
        ),
        (manifest(True, None, "http://localhost:8080"), None),
    ],
    ids=["socket", "http", "socket with a public address", "an address that Slack would refuse"],
)
def test_it_names_where_slack_leads_back_to(made: dict[str, Any], urls: list[str] | None) -> None:
    assert made["oauth_config"].get("redirect_urls") == urls
    if SCHEMA.exists():
        assert list(Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(made)) == []


async def test_what_it_asks_for_is_enough() -> None:
    async with FakeSlack() as slack:
        slack.scopes.intersection_update(MODES["socket"]["oauth_config"]["scopes"]["bot"])
        office = Office(slack, "socket")
        office.reply = Reply((Message("One"),), attachment=Attachment("subscriptions.json", "{}"))
        await office.start()
        await slack.command("/papers export")
        assert [file.place for file in slack.files.shared] == ["@U0READER"]
        office.reply = Reply((Message("One"),))
        await slack.open_home()
        await slack.until(lambda: "U0READER" in slack.views.homes)
        for place in (slack.place, slack.direct, Place("slack", "G0SECRET")):
            ref = await office.adapter.send(place, Message("One"), "d1.0")
            assert await office.adapter.find(place, "d1.0") == ref
        asker = office.asked[0].asker
        assert await asker.zone() == "Europe/Berlin"
        assert await asker.sees(["C0PAPERS"]) == {"C0PAPERS"}
        for channel in ("C0PAPERS", "G0SECRET"):
            await slack.command("/papers channel", "U0WRITER", channel)
            assert await office.asked[-1].asker.manages()
        await office.stop()


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
    assert made["settings"]["event_subscriptions"]["request_url"] == url


@pytest.mark.parametrize("url", [None, "", "papers.example.org", "http://papers.example.org"])
def test_http_mode_without_an_https_address_says_so(url: str | None) -> None:
    with pytest.raises(ValueError, match="https://"):
        manifest(False, url)
