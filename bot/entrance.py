"""The one web server of a process: whoever has something to serve gives it routes.

What holds hostile clients off: aiohttp refuses a request line or a header of more than 8 KB, more than 128
headers and a body of more than `MOST_BYTES`; a connection on which no whole request has come for
`IDLE_SECONDS`, its body included, is closed; and of more than `MOST_CONNECTIONS` at a time, the newest are.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from bot.settings import OFF

if TYPE_CHECKING:
    from aiohttp.web import AppRunner, Request, RouteDef, StreamResponse

MOST_BYTES = 1024 * 1024
IDLE_SECONDS = 75.0
"""Longer than a reverse proxy keeps an idle connection (nginx: 60), so that it is never the server who closes
one that a request is just coming on."""
MOST_CONNECTIONS = 200
"""A process may often have 1,024 files open, and needs them for the database and the platforms."""
STOP_SECONDS = 5.0
"""How long answers under way may take when it closes."""


class EntranceError(Exception):
    """Nothing can be served. The text says in one sentence why and what to do."""


class Entrance:
    """Serves routes on one address. Used by one event loop; imports aiohttp when it is made.

    Args:
        address: `host:port`, or `off`.
        routes: of everybody, no path and method twice.
    """

    def __init__(self, address: str, routes: "Iterable[RouteDef]") -> None:
        from aiohttp import web

        self._address = address
        site = web.Application(client_max_size=MOST_BYTES, middlewares=[web.middleware(_in_time)])
        site.router.add_routes(routes)
        self._runner: AppRunner = web.AppRunner(
            site,
            access_log=None,
            logger=_logger(),
            keepalive_timeout=IDLE_SECONDS,
            shutdown_timeout=STOP_SECONDS,
        )
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """`host:port` as bound; the port is known even if 0 was asked for."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def open(self) -> None:
        """Listen. Raises EntranceError where the address is taken, not this machine's, or `off`."""
        if self._address == OFF:
            raise EntranceError(
                "DAILY_PAPERS_HTTP is off; set it to a host and a port to be reached over HTTP."
            )
        host, _, port = self._address.rpartition(":")
        await self._runner.setup()
        try:
            self._server = await asyncio.get_running_loop().create_server(
                self._connection, host.strip("[]"), int(port)
            )
        except OSError as problem:
            *_, reason = (problem.strerror or type(problem).__name__).split(": ")  # asyncio names the address
            raise EntranceError(
                f"Cannot listen on {self._address} ({reason}); choose another port in DAILY_PAPERS_HTTP."
            ) from problem

    async def close(self) -> None:
        """Stop listening, and let answers under way end. Safe to call twice, and after a failed `open`."""
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()

    def _connection(self) -> asyncio.BaseProtocol:
        """What speaks on a new connection."""
        serve = self._runner.server
        if serve is None or len(serve.connections) >= MOST_CONNECTIONS:
            return _Refusal()
        return serve()


async def _in_time(
    request: "Request", handler: "Callable[[Request], Awaitable[StreamResponse]]"
) -> "StreamResponse":
    """Lets nobody wait for a body any longer than `IDLE_SECONDS`: reading it raises TimeoutError then, which
    is answered with 408 unless the handler does, and makes aiohttp hang up."""
    from aiohttp.web import HTTPRequestTimeout

    body, late = request.content, TimeoutError()
    if body.is_eof():
        return await handler(request)

    def give_up() -> None:
        if not body.is_eof():
            body.set_exception(late)

    timer = asyncio.get_running_loop().call_later(IDLE_SECONDS, give_up)
    try:
        return await handler(request)
    except TimeoutError as problem:
        if problem is late:
            raise HTTPRequestTimeout from None
        raise
    finally:
        timer.cancel()


def _logger() -> logging.Logger:
    """For aiohttp, which would log a traceback for each malformed request: strangers must not fill a log."""
    from aiohttp.http_exceptions import HttpProcessingError

    def is_ours(record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))

    logger = logging.Logger(__name__)
    logger.parent = logging.getLogger()
    logger.addFilter(is_ours)
    return logger


class _Refusal(asyncio.Protocol):
    """Hangs up at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
