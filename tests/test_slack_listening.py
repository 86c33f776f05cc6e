"""Stories of people who type and click in Slack, through Socket Mode and over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from adapters.slack.app import SlackAdapter
from bot.adapter import InstallationGone, Temporary
from bot.markup import Button, Card, Message, Span
from bot.places import Place
from bot.request import Reply
from bot.settings import read_settings
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office
from tests.logs import captured_logs
from tests.shared import NO_WORKSPACES

pytestmark = pytest.mark.parametrize("mode", ["socket", "http"])


@pytest.fixture
async def office(mode: str) -> AsyncIterator[Office]:
    async with FakeSlack() as slack:
        office = Office(slack, mode)
        await office.start()
        yield office
        await office.stop()


async def test_a_command_is_answered_to_the_person_alone(office: Office) -> None:
    before = datetime.now(UTC)
    (answer,) = await office.slack.command("/papers search llm", user="U0WRITER", channel="C0OTHERS")
    (request,) = office.asked
    assert request.text == "search llm"
    assert request.place == Place("slack", "C0OTHERS")
    assert request.person == "T0PAPERS:U0WRITER"
    assert before <= request.now <= datetime.now(UTC)
    assert (answer["response_type"], answer["replace_original"]) == ("ephemeral", False)
    assert answer["blocks"][0]["text"]["text"] == answer["text"] == "Here you are."


async def test_a_public_reply_is_for_the_channel(office: Office) -> None:
    office.reply = Reply(office.reply.messages, private=False)
    (answer,) = await office.slack.command("/papers today")
    assert answer["response_type"] == "in_channel"


async def test_what_is_typed_arrives_as_typed(office: Office) -> None:
    await office.slack.command('/papers search "a < b" & c > d')
    assert office.asked[0].text == 'search "a < b" & c > d'


async def test_in_a_direct_message_the_place_is_the_person(office: Office) -> None:
    await office.slack.command("/papers today", user="U0WRITER", channel="D0ABC")
    assert office.asked[0].place == Place("slack", "@U0WRITER")


async def test_slack_is_acknowledged_while_the_handler_still_works(office: Office) -> None:
    office.open.clear()
    await office.slack.command("/papers search llm", answers=0)
    await office.slack.click("save 1", answers=0)
    assert len(office.slack.acknowledged) == 2
    assert office.slack.answers == []
    office.open.set()
    assert len(await office.slack.wait_for_answers(2)) == 2


async def test_nothing_is_asked_of_slack_before_the_acknowledgement(office: Office) -> None:
    at_start = list(office.slack.calls)
    for _ in range(3):
        await office.slack.command("/papers today")
    assert at_start.count("auth.test") == 1
    assert office.slack.calls == at_start


async def test_a_click_in_a_private_answer_replaces_it(office: Office) -> None:
    office.reply = Reply((Message(title="Page 2", buttons=(Button("Next", "search llm --page 3"),)),))
    (answer,) = await office.slack.click("search llm --page 2", ephemeral=True)
    assert office.asked[0].text == "search llm --page 2"
    assert office.asked[0].person == "T0PAPERS:U0READER"
    assert answer["replace_original"] is True
    assert answer["blocks"][-1]["elements"][0]["value"] == "search llm --page 3"


async def test_a_click_in_the_channel_leaves_the_message_to_the_others(office: Office) -> None:
    (answer,) = await office.slack.click("save 2607.1", ephemeral=False)
    assert (answer["response_type"], answer["replace_original"]) == ("ephemeral", False)


async def test_only_the_first_of_several_messages_replaces(office: Office) -> None:
    office.reply = Reply(tuple(Message(title=f"Part {n}") for n in range(3)))
    answers = await office.slack.click("today", answers=3)
    assert [answer["replace_original"] for answer in answers] == [True, False, False]


async def test_too_many_messages_end_by_saying_so(office: Office) -> None:
    office.reply = Reply(tuple(Message(title=f"Part {n}") for n in range(7)))
    answers = await office.slack.command("/papers today", answers=5)
    assert [answer["text"] for answer in answers[:4]] == [f"Part {n}" for n in range(4)]
    assert "more (3 messages)" in answers[4]["text"]


async def test_a_broken_image_costs_the_answer_only_its_image(office: Office) -> None:
    office.slack.broken_images.add("https://cdn.hf.co/broken.png")
    card = Card(Span("Tigers"), image_url="https://cdn.hf.co/broken.png")
    office.reply = Reply((Message(cards=(card,)),))
    (answer,) = await office.slack.command("/papers today")
    assert answer["blocks"][0]["text"]["text"] == "*Tigers*"
    assert "accessory" not in answer["blocks"][0]


async def test_a_message_that_cannot_be_rendered_still_means_one_kind_sentence(office: Office) -> None:
    office.reply = Reply((Message(lines=("private words",)),))  # type: ignore[arg-type]  # the bug that is meant
    with captured_logs() as logs:
        (answer,) = await office.slack.command("/papers today")
    assert answer["text"].startswith("Sorry, that went wrong")
    (entry,) = logs
    assert (entry["event"], entry["error"]) == ("answer_failed", "AttributeError")
    assert "in render" in entry["stack"]
    assert "private words" not in str(logs)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/commands/1",
        "http://169.254.169.254/latest/meta-data/",
        "{root}.evil.example/commands/1",
        "{root}@evil.example/commands/1",
        "https://hooks.slack.com.evil.example/x",
        "",
    ],
    ids=["foreign", "metadata service", "prefix of host", "as a user", "lookalike", "none"],
)
async def test_a_forged_response_url_gets_neither_work_nor_answer(office: Office, url: str) -> None:
    forged = url.format(root=office.slack.root)
    await office.slack.command("/papers today", answers=0, response_url=forged)
    await office.slack.click("today", answers=0, response_url=forged)
    await office.slack.command("/papers help")
    assert [request.text for request in office.asked] == ["help"]
    assert len(office.slack.acknowledged) == 3


async def test_an_answer_follows_nobody_elsewhere(office: Office) -> None:
    office.slack.redirect_answers = f"{office.slack.root}/api/elsewhere"
    with captured_logs() as logs:
        await office.slack.command("/papers today", answers=0)
        await office.stop()
    assert "elsewhere" not in office.slack.calls
    assert [entry["event"] for entry in logs] == ["answer_lost"]


@pytest.mark.parametrize(
    "forged",
    [
        {"action_id": "other:0"},
        {"action_id": "papers:0; rm"},
        {"actions": [{"type": "static_select", "action_id": "papers:0"}]},
        {"actions": [{"type": "button", "action_id": "papers:0"}]},
        {"user": {"id": "../x", "team_id": "T0PAPERS"}},
        {"channel": {"id": "C0\nX"}},
    ],
    ids=["foreign", "forged", "another kind", "without value", "bad user", "bad channel"],
)
async def test_a_foreign_action_is_acknowledged_and_ignored(
    office: Office, forged: dict[str, object]
) -> None:
    await office.slack.click("save 1", answers=0, **forged)  # type: ignore[arg-type]  # forged on purpose
    await office.slack.command("/papers help")
    assert [request.text for request in office.asked] == ["help"]


async def test_stopping_lets_an_answer_end(office: Office) -> None:
    office.open.clear()
    await office.slack.command("/papers today", answers=0)
    stopping = asyncio.create_task(office.stop())
    office.open.set()
    await stopping
    assert len(office.slack.answers) == 1


async def test_stopping_does_not_wait_for_ever(mode: str) -> None:
    async with FakeSlack() as slack:
        office = Office(slack, mode, grace=0)
        await office.start()
        office.open.clear()
        await slack.command("/papers today", answers=0)
        async with asyncio.timeout(10):
            await office.stop()
            await office.stop()
        assert slack.answers == []


async def test_it_sends_while_it_listens_and_starts_again(office: Office) -> None:
    await office.adapter.send(office.slack.place, Message(title="One"), "d1.0")
    await office.stop()
    await office.start()
    await office.slack.command("/papers today")
    assert len(office.asked) == 1


async def test_wait_ends_when_it_is_stopped(office: Office) -> None:
    waiting = asyncio.create_task(office.adapter.wait())
    await office.slack.command("/papers today")
    assert not waiting.done()
    await office.stop()
    await waiting


async def test_a_refused_token_stops_the_start(mode: str) -> None:
    async with FakeSlack() as slack:
        office = Office(slack, mode)
        slack.token = "xoxb-new"
        with pytest.raises(InstallationGone, match="SLACK_BOT_TOKEN"):
            await office.start()
        with pytest.raises(RuntimeError):
            await office.adapter.find(slack.place, "d1.0")


async def test_slack_out_of_reach_is_temporary(mode: str) -> None:
    async with FakeSlack() as slack:
        office = Office(slack, mode)
    with pytest.raises(Temporary):
        await office.start()


async def test_without_a_way_to_listen_it_says_what_to_set(mode: str) -> None:
    async with FakeSlack() as slack:
        office = Office(slack, mode)
        adapter = SlackAdapter(
            read_settings(SLACK_BOT_TOKEN=slack.token, SLACK_API_URL=slack.url), NO_WORKSPACES
        )
        with pytest.raises(InstallationGone, match="SLACK_SIGNING_SECRET"):
            await adapter.start(office.handle)
        assert slack.calls == []
        await adapter.stop()


async def test_a_lost_way_of_listening_is_named(mode: str) -> None:
    if mode == "http":
        pytest.skip("an address that is taken is the entrance's to name")
    async with FakeSlack() as slack:
        office = Office(slack, mode)
        await office.start()
        await slack.disconnect()
        await slack.connected()
        await slack.command("/papers today")
        slack.app_token = "xapp-new"
        await slack.disconnect()
        with pytest.raises(InstallationGone, match="SLACK_APP_TOKEN"):
            await asyncio.wait_for(office.adapter.wait(), 10)
        await office.stop()


async def test_a_socket_that_never_opens_is_given_up(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if mode == "http":
        pytest.skip("there is no socket in HTTP mode")
    monkeypatch.setattr("adapters.slack.socket_mode._PATIENCE", 0.05)
    async with FakeSlack() as slack:
        slack.refuse_sockets = True
        with pytest.raises(Temporary, match="Socket Mode cannot be reached"):
            await Office(slack, mode).start()
