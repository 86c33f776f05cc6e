"""Bolt, Slack's framework, set up so that it only acknowledges and hands on."""

from datetime import UTC, datetime
from re import compile as pattern
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack import inbound
from adapters.slack.answers import Answers
from adapters.slack.api import Api, quiet_logger
from adapters.slack.installation import Installation


def bolt_app(api: Api, me: dict[str, Any], answers: Answers, here: Installation) -> AsyncApp:
    """A Bolt app that asks Slack nothing before it acknowledges.

    Signatures are verified at the entrance. The listeners return at once, so their acknowledgement need not
    be waited for in a task of its own; but for a filled-in form, which is told what is wrong with it.

    Args:
        me: what `auth.test` said, which was called once, at the start.
        answers: told of every command, click, shortcut, form and look at the Home tab.
    """
    known = AuthorizeResult(
        enterprise_id=me.get("enterprise_id"),
        team_id=me.get("team_id"),
        bot_id=me.get("bot_id"),
        bot_user_id=me.get("user_id"),
        bot_token=api.web.token,
    )

    async def authorize() -> AuthorizeResult:
        return known

    app = AsyncApp(
        name="daily-papers",
        logger=quiet_logger(),
        client=api.web,
        authorize=authorize,
        request_verification_enabled=False,
        process_before_response=True,
    )
    _register(app, answers, here)
    return app


def _register(app: AsyncApp, answers: Answers, here: Installation) -> None:
    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        answers.begin(inbound.command(body, datetime.now(UTC), here))

    async def on_click(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        answers.begin(inbound.click(body, datetime.now(UTC), here))

    async def on_shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        answers.begin(inbound.shortcut(body, datetime.now(UTC), here))

    async def on_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**await answers.submitted(inbound.submission(body, datetime.now(UTC), here)))

    async def on_home(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        answers.begin(inbound.home_opened(body, datetime.now(UTC), here))

    async def on_anything_else(ack: AsyncAck) -> None:
        # What is not acknowledged, Slack sends again, and in the end it sends no more events at all.
        await ack()

    app.command("/papers")(on_command)
    app.message_shortcut(pattern(""))(on_shortcut)
    app.block_action(pattern(""))(on_click)
    app.view(pattern(""))(on_form)
    app.event("app_home_opened")(on_home)
    app.event(pattern(""))(on_anything_else)
