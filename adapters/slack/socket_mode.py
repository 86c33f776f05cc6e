"""Socket Mode: the connection through which Slack says what people do, without a public address."""

import asyncio
from collections.abc import Callable

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.api import Api, quiet_logger, unusable, words
from bot.adapter import AdapterError, InstallationGone, RateLimited, Temporary

_PATIENCE = 20.0


class Socket(SocketModeClient):
    """Slack's client, which tries again for ever, made to say when that is in vain.

    Made inside a running event loop.

    Args:
        ended: called with the reason when Slack lets the app in no more.
    """

    def __init__(self, app: AsyncApp, api: Api, token: str, ended: Callable[[AdapterError], None]) -> None:
        super().__init__(app_token=token, logger=quiet_logger(), web_client=api.web, proxy=api.web.proxy)
        self._app = app
        self._api = api
        self._ended = ended
        self.socket_mode_request_listeners.append(self._receive)

    async def open(self) -> None:
        """Connect for the first time. Raises an AdapterError where that fails."""
        self.wss_uri = await self.issue_new_wss_url()
        try:
            await self.connect()
        except TimeoutError as problem:
            raise Temporary("Slack's Socket Mode cannot be reached; try again later.") from problem

    async def connect(self) -> None:
        """Connect to the address that was issued last.

        Slack's client would try that address for ever, although it can be used only once. Given up here,
        its monitor asks for a new one; but only if it finds reconnecting switched on, as `connect` leaves
        it only when it succeeds.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                await super().connect()  # type: ignore[no-untyped-call]  # the client annotates no results
        finally:
            self.auto_reconnect_enabled = self.default_auto_reconnect_enabled

    async def issue_new_wss_url(self) -> str:
        """Ask for an address that can be used once. Slack's client calls this to connect again."""
        while True:
            try:
                call = self._api.web.apps_connections_open(app_token=self.app_token)
                url = words(await self._api.ask(call), "url")
                if not url.startswith(("wss://", "ws://")):
                    raise unusable()
                return url
            except RateLimited as limit:
                await asyncio.sleep(limit.retry_after)
            except InstallationGone as refused:
                gone = InstallationGone(f"Slack refuses SLACK_APP_TOKEN, or Socket Mode is off. ({refused})")
                self._ended(gone)
                raise gone from refused

    async def end(self) -> None:
        """Disconnect, and see the client's tasks to their end, which it does not do itself."""
        await self.close()  # type: ignore[no-untyped-call]  # the client annotates no results
        tasks = (self.message_processor, self.current_session_monitor, self.message_receiver)
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)

    async def _receive(self, client: AsyncBaseSocketModeClient, asked: SocketModeRequest) -> None:
        await send_async_response(client, asked, await run_async_bolt_app(self._app, asked), 0)
