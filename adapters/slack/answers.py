"""Answers to people: each in a task of its own, so that Slack's three seconds never depend on the work."""

import asyncio
import traceback
from typing import Any

import aiohttp

from adapters.slack.inbound import Asked
from adapters.slack.render import has_images, render, without_images
from bot.logs import log
from bot.markup import Message, line
from bot.messages.answers import mishap
from bot.request import Handler, Reply

# Slack takes five posts to one response_url within half an hour.
_MOST_MESSAGES = 5


class Answers:
    """Runs the handler for each request and posts what it says.

    Args:
        handle: answers a request.
        http: the pool to post with; its timeout holds.
        proxy: address of a proxy, if one is used.
    """

    def __init__(self, handle: Handler, http: aiohttp.ClientSession, proxy: str | None) -> None:
        self._handle = handle
        self._http = http
        self._proxy = proxy
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, asked: Asked | None) -> None:
        """Start to answer and return at once. What is no request of ours is let pass."""
        if asked is None:
            log.info("request_ignored", platform="slack")
            return
        task = asyncio.create_task(self._answer(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, grace: float) -> None:
        """Let running answers end within `grace` seconds, then cancel them."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        rest = list(self._tasks)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _answer(self, asked: Asked) -> None:
        try:
            reply = await self._handle(asked.request)
            await self._say(asked, reply)
            if reply.later and len(reply.messages) < _MOST_MESSAGES and (more := await reply.later()):
                await self._post(asked.answer_url, more, reply.private, replace=False)
        except Exception as bug:
            # The handler never raises, so a message could not be rendered. The error's own words may quote
            # what the person typed; the lines of code do not.
            stack = "".join(traceback.format_tb(bug.__traceback__))
            log.error("answer_failed", platform="slack", error=type(bug).__name__, stack=stack)
            await self._post(asked.answer_url, mishap(), private=True, replace=False)

    async def _say(self, asked: Asked, reply: Reply) -> None:
        """Post the messages. What everybody sees leaves alone what this person alone saw."""
        replace = asked.replace and reply.private
        for message in _within(reply.messages):
            await self._post(asked.answer_url, message, reply.private, replace)
            replace = False

    async def _post(self, url: str, message: Message, private: bool, replace: bool) -> None:
        text, blocks = render(message)
        body = {
            "response_type": "ephemeral" if private else "in_channel",
            "replace_original": replace,
            "text": text,
            "blocks": blocks,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        try:
            refused = await self._refused(url, body)
            if refused.startswith("400 ") and "invalid_blocks" in refused and has_images(blocks):
                # One image that Slack cannot fetch spoils the whole message.
                refused = await self._refused(url, body | {"blocks": without_images(blocks)})
        except (aiohttp.ClientError, OSError) as problem:
            refused = type(problem).__name__
        if refused:
            log.warning("answer_lost", platform="slack", reason=refused[:80])

    async def _refused(self, url: str, body: dict[str, Any]) -> str:
        """Post an answer; empty if Slack took it, else the status and its word for why."""
        async with self._http.post(url, json=body, proxy=self._proxy, allow_redirects=False) as response:
            if response.status == 200:
                return ""
            return f"{response.status} {(await response.text(errors='replace'))[:60]}"


def _within(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """As many messages as Slack takes; if that is not all, the last says so."""
    if len(messages) <= _MOST_MESSAGES:
        return messages
    left = len(messages) - _MOST_MESSAGES + 1
    rest = f"There is more ({left} messages) than Slack lets me answer at once; ask for less to see it."
    return (*messages[: _MOST_MESSAGES - 1], Message(lines=(line(rest),)))
