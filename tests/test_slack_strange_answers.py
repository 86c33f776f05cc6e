"""Answers that Slack does not give, and what the adapter makes of them."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from adapters.slack.app import SlackAdapter
from bot.adapter import AdapterError, Ambiguous, Temporary, Thread
from bot.markup import Message
from bot.places import Place
from bot.request import Reply, Request
from bot.settings import read_settings
from tests.shared import NO_WORKSPACES

HEAD = Message(title="Daily Papers")
CHANNEL, PERSON = Place("slack", "C0PAPERS"), Place("slack", "@U0READER")
STRANGE = ["{}", "null", "[]", "7", '{"ok": true}', '{"ok": true, "channel": null, "ts": [], "messages": {}}']


@asynccontextmanager
async def sender_to(text: str, kind: str = "application/json") -> AsyncIterator[SlackAdapter]:
    """An adapter whose Slack answers every call with the same words."""
    site = web.Application()

    async def answer(_question: web.Request) -> web.Response:
        return web.Response(text=text, content_type=kind)

    site.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "http://{}:{}/api".format(*runner.addresses[0][:2])
    sender = SlackAdapter(
        read_settings(SLACK_BOT_TOKEN="xoxb-fake", SLACK_APP_TOKEN="xapp-fake", SLACK_API_URL=url),
        NO_WORKSPACES,
    )
    await sender.start(None)
    try:
        yield sender
    finally:
        await sender.stop()
        await runner.cleanup()


async def listen(sender: SlackAdapter) -> None:
    async def handle(_request: Request) -> Reply:
        return Reply(())

    await sender.stop()
    await sender.start(handle)


CALLS: dict[str, tuple[Callable[[SlackAdapter], Awaitable[object]], type[AdapterError]]] = {
    "send": (lambda sender: sender.send(CHANNEL, HEAD, "d1.0"), Ambiguous),
    "send to a person": (lambda sender: sender.send(PERSON, HEAD, "d1.0"), Temporary),
    "find": (lambda sender: sender.find(CHANNEL, "d1.0"), Temporary),
    "find in a thread": (
        lambda sender: sender.find(CHANNEL, "d1.0", Thread("C0PAPERS:1.2", "Papers")),
        Temporary,
    ),
    "listen": (listen, Temporary),
}


@pytest.mark.parametrize(("call", "error"), CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("answer", STRANGE)
async def test_a_strange_answer_has_its_error(
    call: Callable[[SlackAdapter], Awaitable[object]], error: type[AdapterError], answer: str
) -> None:
    async with sender_to(answer) as sender:
        with pytest.raises(error):
            await call(sender)


@pytest.mark.parametrize(("call", "error"), CALLS.values(), ids=CALLS)
async def test_plain_text_in_place_of_json_has_its_error(
    call: Callable[[SlackAdapter], Awaitable[object]], error: type[AdapterError]
) -> None:
    async with sender_to("hello", "text/plain") as sender:
        with pytest.raises(error):
            await call(sender)


@pytest.mark.parametrize("answer", STRANGE[:4])
async def test_a_change_in_doubt_is_made_again(answer: str) -> None:
    async with sender_to(answer) as sender:
        with pytest.raises(Temporary):
            await sender.edit(CHANNEL, "C0PAPERS:1.2", HEAD)


ODD_MESSAGES: list[object] = [
    None,
    7,
    "x",
    [],
    {},
    {"metadata": 1},
    {"metadata": {"event_type": [], "event_payload": 1}},
]


async def test_odd_messages_in_a_history_are_passed_over() -> None:
    ours = {"metadata": {"event_type": "daily_papers_part", "event_payload": {"key": "d1.0"}}}
    page = {"ok": True, "messages": [*ODD_MESSAGES, ours, ours | {"ts": "1.2"}], "response_metadata": []}
    async with sender_to(json.dumps(page)) as sender:
        assert await sender.find(CHANNEL, "d1.0") == "C0PAPERS:1.2"
        assert await sender.find(CHANNEL, "d1.1") is None
