"""One mail over one connection: each step once, its failure as one of our errors."""

import asyncio
import re
import ssl

import aiosmtplib
from aiosmtplib import SMTP, SMTPResponseException

from adapters.email.errors import Step, refusal
from bot.adapter import Ambiguous, InstallationGone, Temporary
from bot.mail import Relay, Security

CONNECT_SECONDS = 20.0
"""For the connection, TLS, and each answer before a mail is begun."""
STEP_SECONDS = 60.0
"""For an answer before the mail is given."""
OFFER_SECONDS = 90.0
"""For all that comes before the mail is given: connections that have ended, a new one, each answer."""
TAKEN_SECONDS = 180.0
"""For the answer that the mail was taken: RFC 5321 (4.5.3.2.6) allows ten minutes, but a claim lasts five,
and the offer has had its part of them."""
_DOTS = re.compile(rb"(?m)^\.")
_LOST = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError)


class StaleError(Exception):
    """A connection that was kept is not there any more, and nothing was sent over it."""


async def connect(relay: Relay, context: ssl.SSLContext, name: str) -> SMTP:
    """A connection that is ready for a mail. Raises InstallationGone, Temporary.

    Args:
        name: what we call ourselves.
    """
    smtp = SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.user,
        password=relay.password,
        local_hostname=name,
        timeout=CONNECT_SECONDS,
        use_tls=relay.security is Security.TLS,
        start_tls=relay.security is Security.STARTTLS,
        tls_context=None if relay.security is Security.NONE else context,
    )
    try:
        await smtp.connect()
    except SMTPResponseException as problem:
        raise refusal(Step.CONNECT, problem.code, problem.message) from None
    except (aiosmtplib.SMTPException, OSError) as problem:
        smtp.close()
        raise _unconnected(problem) from None
    return smtp


def _unconnected(problem: Exception) -> InstallationGone | Temporary:
    cause = problem.__cause__ or problem
    if isinstance(cause, ssl.SSLCertVerificationError):
        return InstallationGone(
            f"The mail server's certificate is not trusted ({cause.verify_message}); check SMTP_URL."
        )
    lost = isinstance(problem, (*_LOST, aiosmtplib.SMTPConnectError))
    if isinstance(problem, aiosmtplib.SMTPException) and not lost:
        # No STARTTLS, or no way to log in that is safe: said by the library in words of its own.
        return InstallationGone(f"The mail server cannot be used: {problem.message} Check SMTP_URL.")
    return Temporary(f"The mail server is out of reach ({type(cause).__name__}).")


async def begin(smtp: SMTP, sender: str, kept: bool) -> None:
    """Name the sender. Raises an AdapterError, and StaleError on a kept connection that has ended.

    Args:
        kept: other mails were sent over this connection before.
    """
    try:
        await smtp.mail(sender, timeout=STEP_SECONDS)
    except SMTPResponseException as problem:
        if kept and problem.code == 421:
            raise StaleError from None
        raise refusal(Step.SENDER, problem.code, problem.message) from None
    except _LOST as problem:
        if kept:
            raise StaleError from None
        raise _lost(Step.SENDER, problem) from None


async def offer(smtp: SMTP, recipient: str) -> None:
    """Name the mailbox, after `begin`, until the server waits for the mail. Raises an AdapterError."""
    try:
        await smtp.rcpt(recipient, timeout=STEP_SECONDS)
    except SMTPResponseException as problem:
        raise refusal(Step.RECIPIENT, problem.code, problem.message) from None
    except _LOST as problem:
        raise _lost(Step.RECIPIENT, problem) from None
    try:
        ready = await smtp.execute_command(b"DATA", timeout=STEP_SECONDS)
    except _LOST as problem:
        raise _lost(Step.CONTENT, problem) from None
    if ready.code != 354:
        raise refusal(Step.CONTENT, ready.code, ready.message)


async def give(smtp: SMTP, content: bytes) -> None:
    """Give the mail, after `offer`. Raises an AdapterError.

    Args:
        content: lines that end with CR and LF.
    """
    protocol = smtp.protocol
    if protocol is None:
        raise Temporary("The mail server hung up before it took the mail.")
    # From here on the server may have all of it, whatever we hear: the library's own `data` does not tell
    # this from a failure before.
    try:
        protocol.write(_DOTS.sub(b"..", content) + b".\r\n")
        taken = await protocol.read_response(timeout=TAKEN_SECONDS)
    except (*_LOST, aiosmtplib.SMTPException) as problem:
        smtp.close()
        raise Ambiguous(f"The mail server did not say whether it took the mail ({_name(problem)}).") from None
    except asyncio.CancelledError:
        smtp.close()
        raise
    if 400 <= taken.code < 600:
        raise refusal(Step.CONTENT, taken.code, taken.message)
    if not 200 <= taken.code < 300:  # nothing that may be answered here (RFC 5321, 4.3.2)
        smtp.close()
        raise Ambiguous(f"The mail server did not say whether it took the mail ({taken.code}).")


def _lost(step: Step, problem: Exception) -> Temporary:
    return Temporary(f"The mail server gave no answer ({step}: {_name(problem)}).")


def _name(problem: Exception) -> str:
    return type(problem).__name__
