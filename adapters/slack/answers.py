"""Answers to people: each in a task of its own, so that Slack's three seconds never depend on the work."""

import asyncio
import traceback
from dataclasses import replace
from typing import Any

from adapters.slack.api import Api
from adapters.slack.files import hand_over
from adapters.slack.forms import IMPORT, complaints, lacks_file, modal
from adapters.slack.inbound import HOME, Asked, as_colleague
from adapters.slack.installation import Installation
from adapters.slack.outgoing import Outgoing, Post
from adapters.slack.people import People
from adapters.slack.render import MOST_IN_HOME, render, render_file
from adapters.slack.tasks import Tasks
from bot.logs import log
from bot.markup import Message, line
from bot.messages.answers import mishap
from bot.request import Handler, Reply

# Slack takes five posts to one response_url within half an hour.
_MOST_MESSAGES = 5


class Answers:
    """Runs the handler for each request of one workspace and says what it says.

    Args:
        handle: answers a request.
        patience: seconds that Slack is kept waiting for what is wrong in a form; it waits for three.
        tasks: where each answer is a task.
    """

    def __init__(
        self, handle: Handler, api: Api, people: People, here: Installation, patience: float, tasks: Tasks
    ) -> None:
        self._handle = handle
        self._api = api
        self._people = people
        self._here = here
        self._patience = patience
        self._outgoing = Outgoing(api)
        self._start = tasks.start

    def begin(self, asked: Asked | None) -> None:
        """Start to answer and return at once. What is no request of ours is let pass."""
        if asked is None:
            log.info("request_ignored", platform="slack")
        else:
            self._start(self._answer(asked, self._start(self._work(asked))))

    async def submitted(self, asked: Asked | None) -> dict[str, Any]:
        """Start to answer a form that was filled in; what Slack shall do with the form, nothing to close it.

        Waits `patience` seconds for the answer; one that takes longer is said when it comes.
        """
        if asked is None:
            log.info("request_ignored", platform="slack")
            return {}
        work = self._start(self._work(asked))
        done, _ = await asyncio.wait([work], timeout=self._patience)
        if done and not work.cancelled() and not work.exception():
            known, reply = work.result()
            if known and (kept_open := _kept_open(known, reply)):
                return kept_open
        self._start(self._answer(asked, work))
        return {}

    async def _work(self, asked: Asked) -> tuple[Asked | None, Reply]:
        """Who asks, as far as that could not be told at once, and what they are answered."""
        team, enterprise = self._here.team, self._here.enterprise
        if asked.team != team and enterprise and await self._people.belongs(asked.user, team, enterprise):
            asked = as_colleague(asked, self._here)
        if asked.back.home and not asked.request.direct:
            return None, Reply(())
        if lacks_file(asked.request) and await self._outgoing.open(asked, IMPORT):
            return asked, Reply(())
        return asked, await self._handle(asked.request)

    async def _answer(self, asked: Asked, work: asyncio.Task[tuple[Asked | None, Reply]]) -> None:
        try:
            known, reply = await work
            if known is None:
                log.info("request_ignored", platform="slack")
            elif not (reply.form and await self._outgoing.open(known, reply.form)):
                await self._say(known, reply)
        except Exception as bug:
            # The handler never raises, so a message could not be rendered. The error's own words may quote
            # what the person typed; the lines of code do not.
            stack = "".join(traceback.format_tb(bug.__traceback__))
            log.error("answer_failed", platform="slack", error=type(bug).__name__, stack=stack)
            await self._show(asked, [render(mishap())], [], private=True)

    async def _say(self, asked: Asked, reply: Reply) -> None:
        """Show the messages. What everybody sees leaves alone what this person alone saw."""
        posts = await self._posts(asked, reply)
        if not asked.back.home:
            await self._show(asked, posts, [], reply.private, asked.back.replace and reply.private)
            if reply.later and len(posts) < _MOST_MESSAGES and (more := await reply.later()):
                await self._show(asked, [render(more)], [], reply.private)
        elif asked.request.text == HOME:
            await self._show(asked, [], posts, private=True)
        else:
            home = await self._handle(replace(asked.request, text=HOME, fields=None))
            await self._show(asked, posts, _rendered(asked, home.messages), private=True)

    async def _show(
        self, asked: Asked, news: list[Post], home: list[Post], private: bool, instead: bool = False
    ) -> None:
        if asked.back.home:
            await self._outgoing.publish(asked.user, news, home)
        else:
            await self._outgoing.say(asked, news, private, instead)

    async def _posts(self, asked: Asked, reply: Reply) -> list[Post]:
        """The messages as they are sent, and their file: handed over, or if that is refused, its text."""
        messages, file, direct = reply.messages, reply.attachment, asked.request.direct
        if file and direct and await hand_over(self._api, direct.person, file, self._here.uploads):
            *before, last = messages or (Message(),)
            said = line(f"The file {file.name} is in your direct messages with me.")
            messages, file = (*before, replace(last, lines=(*last.lines, said))), None
        posts = _rendered(asked, _within(messages, _MOST_MESSAGES - (file is not None)))
        return [*posts, render_file(file)] if file else posts


def _kept_open(asked: Asked, reply: Reply) -> dict[str, Any]:
    """What keeps a form open: errors under its fields, or the form that follows it."""
    if errors := complaints(reply.errors, asked.request.fields or {}):
        return {"response_action": "errors", "errors": errors}
    if reply.form and (view := modal(reply.form, asked.back)):
        return {"response_action": "update", "view": view}
    return {}


def _rendered(asked: Asked, messages: tuple[Message, ...]) -> list[Post]:
    """Messages as they are sent; in the Home tab there is room for more of each."""
    if asked.back.home:
        return [render(message, MOST_IN_HOME) for message in messages]
    return [render(message) for message in messages]


def _within(messages: tuple[Message, ...], most: int) -> tuple[Message, ...]:
    """As many messages as Slack takes; if that is not all, the last says so."""
    if len(messages) <= most:
        return messages
    left = len(messages) - most + 1
    rest = f"There is more ({left} messages) than Slack lets me answer at once; ask for less to see it."
    return (*messages[: most - 1], Message(lines=(line(rest),)))
