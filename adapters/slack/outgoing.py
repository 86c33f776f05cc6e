"""The ways to a person: a response_url, their direct messages, their Home tab, a form that opens."""

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp

from adapters.slack.api import Api
from adapters.slack.forms import modal
from adapters.slack.inbound import Asked
from adapters.slack.posting import post
from adapters.slack.render import Block, has_images, home_blocks, without_images
from bot.adapter import AdapterError
from bot.forms import Form
from bot.logs import log

Post = tuple[str, list[Block]]
"""One message as it is sent: its text for notifications, and its blocks."""

# A trigger opens a form within three seconds of the click (docs.slack.dev/surfaces/modals).
_TRIGGER_SECONDS = 3.0


class Outgoing:
    """Says to people what is said to them. Nothing raises: an answer that cannot be given is logged."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def open(self, asked: Asked, form: Form) -> bool:
        """Show a form; whether it is shown."""
        view = modal(form, asked.back) if asked.trigger else None
        if view is None:
            return False
        try:
            async with asyncio.timeout(_TRIGGER_SECONDS):
                await self._api.ask(self._api.web.views_open(trigger_id=asked.trigger, view=view))
        except (AdapterError, TimeoutError) as refused:
            log.warning("form_refused", platform="slack", reason=type(refused).__name__)
            return False
        return True

    async def say(self, asked: Asked, posts: Sequence[Post], private: bool, replace: bool = False) -> None:
        """Answer where it was asked. The first message replaces the one that was clicked, if it shall."""
        for text, blocks in posts:
            refused = await self._respond(asked.back.url, text, blocks, private, replace)
            replace = False
            # A form may be filled in when the half hour of its response_url is over.
            late = refused.startswith("404 ") and asked.request.fields is not None
            if late and asked.request.direct:
                refused = await self._tell(asked.request.direct.person, text, blocks)
            if refused:
                log.warning("answer_lost", platform="slack", reason=refused[:80])

    async def publish(self, person: str, news: Sequence[Post], home: Sequence[Post]) -> None:
        """Show a Home tab, with what has just happened at its top."""
        top, rest = ([block for _, blocks in posts for block in blocks] for posts in (news, home))

        def body(blocks: list[Block]) -> dict[str, Any]:
            return {"user_id": person, "view": {"type": "home", "blocks": blocks}}

        try:
            await post(self._api, "views.publish", home_blocks(top, rest), body)
        except AdapterError as refused:
            log.warning("answer_lost", platform="slack", reason=type(refused).__name__)

    async def _tell(self, person: str, text: str, blocks: list[Block]) -> str:
        """Answer in a person's direct messages; empty if Slack took it, else why not."""

        def body(blocks: list[Block]) -> dict[str, Any]:
            message = {"channel": channel, "text": text, "blocks": blocks}
            return message | {"unfurl_links": False, "unfurl_media": False}

        try:
            channel = await self._api.direct_channel(person)
            await post(self._api, "chat.postMessage", blocks, body)
        except AdapterError as refused:
            return type(refused).__name__
        return ""

    async def _respond(self, url: str, text: str, blocks: list[Block], private: bool, replace: bool) -> str:
        """Answer to a response_url; empty if Slack took it, else why not."""
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
        return refused

    async def _refused(self, url: str, body: dict[str, Any]) -> str:
        """Post an answer; empty if Slack took it, else the status and its word for why."""
        async with self._api.http.post(
            url, json=body, proxy=self._api.web.proxy, allow_redirects=False
        ) as response:
            if response.status == 200:
                return ""
            return f"{response.status} {(await response.text(errors='replace'))[:60]}"
