"""Bolt, Slack's framework, set up so that it only acknowledges and hands on."""

from re import compile as pattern
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import inbound
from adapters.slack.api import quiet_logger
from adapters.slack.reception import Reception


def bolt_app(web: AsyncWebClient, reception: Reception) -> AsyncApp:
    """A Bolt app that asks nobody anything before it acknowledges, neither Slack nor the database.

    Signatures are verified at the entrance. Which workspace a request is for, and with which token it is
    answered, is found out behind the acknowledgement; so Bolt gets no token. The listeners return at once,
    and their acknowledgement need not be waited for in a task of its own; but for a filled-in form, which is
    told what is wrong with it, and for a removal, which Slack tells again unless it is written down.

    Args:
        reception: told of every command, click, shortcut, form, look at the Home tab and removal.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)

    app = AsyncApp(
        name="daily-papers",
        logger=quiet_logger(),
        client=web,
        authorize=authorize,
        request_verification_enabled=False,
        process_before_response=True,
    )
    _register(app, reception)
    return app


def _register(app: AsyncApp, reception: Reception) -> None:
    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        reception.begin(body, inbound.command)

    async def on_click(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        reception.begin(body, inbound.click)

    async def on_shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        reception.begin(body, inbound.shortcut)

    async def on_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**await reception.submitted(body))

    async def on_home(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        reception.begin(body, inbound.home_opened)

    async def on_removal(ack: AsyncAck, body: dict[str, Any]) -> None:
        await reception.removed(body)
        await ack()

    async def on_anything_else(ack: AsyncAck) -> None:
        # What is not acknowledged, Slack sends again, and in the end it sends no more events at all.
        await ack()

    app.command("/papers")(on_command)
    app.message_shortcut(pattern(""))(on_shortcut)
    app.block_action(pattern(""))(on_click)
    app.view(pattern(""))(on_form)
    app.event("app_home_opened")(on_home)
    app.event("app_uninstalled")(on_removal)
    app.event("tokens_revoked")(on_removal)
    app.event(pattern(""))(on_anything_else)
