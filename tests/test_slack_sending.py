"""Stories of posting to Slack: what arrives, what happens when it does not, and how it is found again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from adapters.slack.app import SlackAdapter
from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    InstallationRemoved,
    PlaceGone,
    RateLimited,
    Rejected,
    Temporary,
    Thread,
)
from bot.markup import Card, Message, Span, line
from bot.places import Place
from bot.settings import read_settings
from tests.fakes import Fault
from tests.fakes.slack import FakeSlack
from tests.logs import captured_logs
from tests.shared import NO_WORKSPACES

HEAD = Message(title="Daily Papers", lines=(line(Span("Tigers", url="https://hf.co/1"), " · 3 upvotes"),))
IMAGE = "https://cdn.hf.co/broken.png"
CARD = Message(cards=(Card(Span("Tigers", url="https://hf.co/1"), "Summed up.", image_url=IMAGE),))


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


@pytest.fixture
async def adapter(slack: FakeSlack) -> AsyncIterator[SlackAdapter]:
    sender = SlackAdapter(read_settings(SLACK_BOT_TOKEN=slack.token, SLACK_API_URL=slack.url), NO_WORKSPACES)
    await sender.start(None)
    yield sender
    await sender.stop()


async def test_sending_alone_calls_nothing_before_it_must(slack: FakeSlack, adapter: SlackAdapter) -> None:
    assert slack.calls == []
    await adapter.send(slack.place, HEAD, "d1.0")
    assert slack.calls == ["chat.postMessage"]


async def test_a_message_carries_its_key_and_unfurls_nothing(slack: FakeSlack, adapter: SlackAdapter) -> None:
    ref = await adapter.send(slack.place, HEAD, "d1.0")
    (posted,) = slack.transcript
    assert ref == f"C0PAPERS:{posted.id}"
    assert posted.key == "d1.0"
    assert posted.body["metadata"] == {
        "event_type": "daily_papers_part",
        "event_payload": {"key": "d1.0"},
    }
    assert (posted.body["unfurl_links"], posted.body["unfurl_media"]) == (False, False)
    assert posted.body["text"] == "Daily Papers\nTigers · 3 upvotes"


async def test_the_client_message_id_depends_on_the_key_alone(
    slack: FakeSlack, adapter: SlackAdapter
) -> None:
    for key in ("d1.0", "d1.0", "d1.1"):
        await adapter.send(slack.place, HEAD, key)
    first, again, other = (posted.body["client_msg_id"] for posted in slack.transcript)
    assert first == again != other


async def test_the_api_address_may_end_in_a_slash_or_not(slack: FakeSlack) -> None:
    for url in (slack.url, slack.url.rstrip("/")):
        sender = SlackAdapter(read_settings(SLACK_BOT_TOKEN=slack.token, SLACK_API_URL=url), NO_WORKSPACES)
        await sender.start(None)
        await sender.send(slack.place, HEAD, "d1.0")
        await sender.find(slack.place, "d1.0")
        await sender.stop()
    assert len(slack.transcript) == 2


async def test_a_direct_conversation_is_opened_once(slack: FakeSlack, adapter: SlackAdapter) -> None:
    head = await adapter.send(slack.direct, HEAD, "d1.0")
    await adapter.send(slack.direct, CARD, "d1.1", Thread(head, "Daily Papers"))
    await adapter.send(slack.direct, HEAD, "d2.0")
    assert slack.calls.count("conversations.open") == 1
    assert [posted.place for posted in slack.transcript] == ["@U0READER"] * 3
    assert slack.transcript[1].thread == slack.transcript[0].id


async def test_a_person_who_is_not_there_is_gone(slack: FakeSlack, adapter: SlackAdapter) -> None:
    with pytest.raises(PlaceGone, match="no such person"):
        await adapter.send(Place("slack", "@U0NOBODY"), HEAD, "d1.0")


async def test_nothing_is_sent_where_there_is_no_token(slack: FakeSlack, adapter: SlackAdapter) -> None:
    """A person's id may there be that of one of ours, who must not get it."""
    with pytest.raises(InstallationRemoved):
        await adapter.send(Place("slack", "T0OTHERS/@U0READER"), HEAD, "d1.0")
    assert slack.transcript == []


@pytest.mark.parametrize(
    ("fault", "error", "posted"),
    [
        ("429", RateLimited, 0),
        ("500", Temporary, 0),
        ("html", Temporary, 0),
        ("drop", Ambiguous, 0),
        ("lost", Ambiguous, 1),
        ("gone", PlaceGone, 0),
        ("revoked", InstallationGone, 0),
        ("invalid", Rejected, 0),
    ],
)
async def test_every_fault_has_its_error_and_nothing_is_sent_twice(
    slack: FakeSlack, adapter: SlackAdapter, fault: Fault, error: type[AdapterError], posted: int
) -> None:
    slack.fail_next(fault)
    with pytest.raises(error) as raised:
        await adapter.send(slack.place, CARD, "d1.0")
    assert slack.calls == ["chat.postMessage"]
    assert len(slack.transcript) == posted
    assert slack.token not in str(raised.value)


async def test_a_refusal_says_how_long_to_wait(slack: FakeSlack, adapter: SlackAdapter) -> None:
    slack.fail_next("429")
    with pytest.raises(RateLimited) as raised:
        await adapter.send(slack.place, HEAD, "d1.0")
    assert raised.value.retry_after == 1


async def test_a_second_message_within_a_second_waits_for_the_clock() -> None:
    now = 100.0
    async with FakeSlack(limits=True, clock=lambda: now) as slack:
        sender = SlackAdapter(
            read_settings(SLACK_BOT_TOKEN=slack.token, SLACK_API_URL=slack.url), NO_WORKSPACES
        )
        await sender.start(None)
        await sender.send(slack.place, HEAD, "d1.0")
        with pytest.raises(RateLimited) as limit:
            await sender.send(slack.place, HEAD, "d1.1")
        now += limit.value.retry_after
        await sender.send(slack.place, HEAD, "d1.1")
        await sender.stop()
    assert [posted.key for posted in slack.transcript] == ["d1.0", "d1.1"]


async def test_nobody_listening_means_nothing_was_sent() -> None:
    async with FakeSlack() as slack:
        gone = slack.url
    sender = SlackAdapter(read_settings(SLACK_BOT_TOKEN="xoxb-fake", SLACK_API_URL=gone), NO_WORKSPACES)
    await sender.start(None)
    with pytest.raises(Temporary, match="cannot be reached"):
        await sender.send(slack.place, HEAD, "d1.0")
    with pytest.raises(Temporary):
        await sender.find(slack.place, "d1.0")
    await sender.stop()


@pytest.fixture(params=["text", "list", "not ok", "closes"])
async def stranger(request: pytest.FixtureRequest) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that answers 200 with what is no answer of Slack's: its address, and what it was asked."""
    asked: list[str] = []

    async def answer(question: web.Request) -> web.Response:
        asked.append(question.path)
        if request.param == "closes":
            assert question.transport
            question.transport.abort()
        bodies = {"list": "[1]", "not ok": "{}"}
        kind = "application/json" if request.param in bodies else "text/plain"
        return web.Response(text=bodies.get(request.param, "hello"), content_type=kind)

    site = web.Application()
    site.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    yield f"http://{host}:{port}/api", asked
    await runner.cleanup()


async def test_a_lost_answer_to_a_question_leaves_no_doubt(stranger: tuple[str, list[str]]) -> None:
    """A question posts nothing; a message perhaps did. Neither is repeated."""
    url, asked = stranger
    sender = SlackAdapter(read_settings(SLACK_BOT_TOKEN="xoxb-fake", SLACK_API_URL=url), NO_WORKSPACES)
    await sender.start(None)
    with pytest.raises(Temporary):
        await sender.find(Place("slack", "C0PAPERS"), "d1.0")
    with pytest.raises(Ambiguous):
        await sender.send(Place("slack", "C0PAPERS"), HEAD, "d1.0")
    await sender.stop()
    assert asked.count("/api/chat.postMessage") == 1
    assert len(asked) <= 3, "aiohttp itself repeats a GET once when the connection closes"


async def test_a_broken_image_costs_the_image_not_the_message(
    slack: FakeSlack, adapter: SlackAdapter
) -> None:
    slack.broken_images.add(IMAGE)
    ref = await adapter.send(slack.place, CARD, "d1.0")
    (posted,) = slack.transcript
    assert "accessory" not in posted.body["blocks"][0]
    assert "Summed up." in posted.text
    assert slack.calls == ["chat.postMessage"] * 2
    await adapter.edit(slack.place, ref, CARD)
    assert slack.calls[2:] == ["chat.update"] * 2


async def test_a_rejected_message_is_logged_without_its_words(
    slack: FakeSlack, adapter: SlackAdapter
) -> None:
    slack.fail_next("invalid")
    with captured_logs() as logs, pytest.raises(Rejected, match="bug of ours"):
        await adapter.send(slack.place, CARD, "d1.0")
    (entry,) = logs
    assert entry == {
        "event": "message_rejected",
        "platform": "slack",
        "log_level": "error",
        "error": "invalid_blocks",
        "pointers": ["/blocks/0/text"],
        "blocks": ["section"],
    }


async def test_an_edit_replaces_the_message_and_keeps_its_key(
    slack: FakeSlack, adapter: SlackAdapter
) -> None:
    ref = await adapter.send(slack.place, HEAD, "d1.0")
    await adapter.edit(slack.place, ref, Message(title="Settled"))
    assert [posted.text for posted in slack.transcript] == ["Settled"]
    assert await adapter.find(slack.place, "d1.0") == ref
    with pytest.raises(Rejected, match="no longer there"):
        await adapter.edit(slack.place, "C0PAPERS:1.2", HEAD)


async def test_the_lost_message_is_found_by_its_key(slack: FakeSlack, adapter: SlackAdapter) -> None:
    slack.fail_next("lost")
    with pytest.raises(Ambiguous):
        await adapter.send(slack.place, HEAD, "d1.0")
    (posted,) = slack.transcript
    assert await adapter.find(slack.place, "d1.0") == f"C0PAPERS:{posted.id}"
    assert await adapter.find(slack.place, "d1.1") is None


async def test_the_last_reply_of_a_long_thread_is_found(slack: FakeSlack, adapter: SlackAdapter) -> None:
    """Slack shows a thread from its beginning, fifteen messages at a time."""
    thread = Thread(await adapter.send(slack.place, HEAD, "d1.0"), "Daily Papers")
    for number in range(1, 41):
        last = await adapter.send(slack.place, CARD, f"d1.{number}", thread)
    assert await adapter.find(slack.place, "d1.40", thread) == last
    assert slack.calls.count("conversations.replies") == 3
    assert await adapter.find(slack.place, "d1.41", thread) is None


async def test_a_message_of_another_app_is_not_ours(slack: FakeSlack, adapter: SlackAdapter) -> None:
    await adapter.send(slack.place, HEAD, "d1.0")
    stored = slack.stored("C0PAPERS")[0]
    for metadata in (None, {}, {"event_type": "other", "event_payload": {"key": "d1.0"}}):
        stored["metadata"] = metadata
        assert await adapter.find(slack.place, "d1.0") is None


async def test_many_at_once_all_arrive(slack: FakeSlack, adapter: SlackAdapter) -> None:
    refs = await asyncio.gather(*(adapter.send(slack.place, HEAD, f"d{n}.0") for n in range(30)))
    assert len(set(refs)) == 30
    assert sorted(posted.key or "" for posted in slack.transcript) == sorted(f"d{n}.0" for n in range(30))
