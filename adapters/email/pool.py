"""The connections to the mail server: a few, kept for the next mail, closed when none comes."""

import asyncio
import ssl
from contextlib import suppress

import aiosmtplib
from aiosmtplib import SMTP

from adapters.email import CONNECTIONS, posting
from adapters.email.posting import StaleError, begin, connect, give, offer
from bot.adapter import AdapterError, Temporary
from bot.mail import Relay

IDLE_SECONDS = 30.0
"""How long one is kept without a mail; servers hang up after some minutes (RFC 5321: five at least)."""
_BYE_SECONDS = 2.0


class Pool:
    """Used by one event loop.

    Args:
        name: what we call ourselves to the server.
        idle: seconds that a connection is kept without a mail.
    """

    def __init__(self, relay: Relay, context: ssl.SSLContext, name: str, idle: float = IDLE_SECONDS) -> None:
        self._relay = relay
        self._context = context
        self._name = name
        self._idle_seconds = idle
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[SMTP] = []
        self._used = asyncio.Event()
        self._closing: asyncio.Task[None] | None = None
        self._closed = False

    async def send(self, sender: str, recipient: str, content: bytes) -> None:
        """Send one mail. Raises an AdapterError."""
        async with self._turns:
            if self._closed:
                raise Temporary("The bot is stopping.")
            smtp: SMTP | None = None
            now = asyncio.get_running_loop().time
            end = now() + posting.OFFER_SECONDS
            try:
                async with asyncio.timeout_at(end):
                    smtp = await self._begun(sender)
                    await offer(smtp, recipient)
                if now() > end:  # an answer at the very end hides from the timeout that it is over
                    raise TimeoutError
                await give(smtp, content)
            except AdapterError:
                if smtp:
                    await self._put_back(smtp, clean=False)
                raise
            except BaseException as problem:
                if smtp:
                    smtp.close()
                if isinstance(problem, TimeoutError):
                    raise Temporary("The mail server is too slow to be given a mail.") from None
                raise
            await self._put_back(smtp, clean=True)

    async def close(self) -> None:
        """Say goodbye. Safe to call twice."""
        self._closed = True
        if self._closing is not None:
            self._closing.cancel()
            await asyncio.wait({self._closing})
            self._closing = None
        idle, self._idle = self._idle, []
        await asyncio.gather(*map(_quit, idle))

    async def _begun(self, sender: str) -> SMTP:
        """A connection over which a mail was begun: a kept one, or where those have ended a new one."""
        while self._idle:
            kept = self._idle.pop()
            if not kept.is_connected:
                continue
            try:
                await begin(kept, sender, kept=True)
            except StaleError:
                kept.close()
            except BaseException:
                kept.close()
                raise
            else:
                return kept
        smtp = await connect(self._relay, self._context, self._name)
        try:
            await begin(smtp, sender, kept=False)
        except BaseException:
            smtp.close()
            raise
        return smtp

    async def _put_back(self, smtp: SMTP, clean: bool) -> None:
        """Keep a connection for the next mail.

        Args:
            clean: no mail is begun on it.
        """
        if smtp.is_connected and not clean:
            try:
                await smtp.rset(timeout=_BYE_SECONDS)
            except (aiosmtplib.SMTPException, OSError):
                smtp.close()
        if not smtp.is_connected:
            return
        if self._closed:
            await _quit(smtp)
            return
        self._idle.append(smtp)
        self._used.set()
        if self._closing is None:
            self._closing = asyncio.create_task(self._close_idle())

    async def _close_idle(self) -> None:
        """Say goodbye to what was kept, when no mail has come for a while."""
        while True:
            self._used.clear()
            try:
                async with asyncio.timeout(self._idle_seconds):
                    await self._used.wait()
            except TimeoutError:
                idle, self._idle = self._idle, []
                self._closing = None
                await asyncio.gather(*map(_quit, idle))
                return


async def _quit(smtp: SMTP) -> None:
    with suppress(aiosmtplib.SMTPException, OSError):
        await smtp.quit(timeout=_BYE_SECONDS)
    smtp.close()
