"""A mail server on loopback: aiosmtpd, which reads SMTP strictly, with TLS of a certificate authority made
for the test, logins, and faults on request."""

import asyncio
import ssl
import warnings
from collections import deque
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Literal, Self, cast

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.places import Place
from tests.fakes import Posted

Security = Literal["none", "starttls", "tls"]
USER, PASSWORD = "papers", "open/sesame@1"


class FakeSmtp:
    """Takes mail. What it took is in `mails` and, as other platforms keep it, in `transcript`.

    `fake.refuse("RCPT", "550 5.1.1 no such user")` answers the next such step so; steps are EHLO, MAIL, RCPT,
    DATA (before the mail) and TAKEN (after it). `drop` for an answer hangs up instead; `lost` keeps the mail,
    then hangs up.

    Attributes:
        connections: how many were opened so far.
        said: each command that came, in order, but for logins.
    """

    place = Place("email", "ann@example.org")
    direct = place
    token = PASSWORD

    def __init__(self, security: Security = "none", login: bool = False) -> None:
        self.security = security
        self.login = login
        self.authority = trustme.CA()
        self.mails: list[EmailMessage] = []
        self.contents: list[bytes] = []
        self.recipients: list[str] = []
        self.said: list[str] = []
        self.connections = 0
        self.port = 0
        self._answers: dict[str, deque[str]] = {}
        self._open: set[asyncio.BaseTransport] = set()

    @property
    def url(self) -> str:
        """How the bot is led here. The password is written as an address has it."""
        scheme = "smtps" if self.security == "tls" else "smtp"
        login = f"{USER}:{PASSWORD.replace('/', '%2F').replace('@', '%40')}@" if self.login else ""
        return f"{scheme}://{login}{'127.0.0.1' if self.security == 'none' else 'localhost'}:{self.port}"

    @property
    def context(self) -> ssl.SSLContext:
        """What trusts this server, and no other."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    @property
    def transcript(self) -> list[Posted]:
        return [_posted(mail, recipient) for mail, recipient in zip(self.mails, self.recipients, strict=True)]

    @property
    def open_connections(self) -> int:
        return sum(not transport.is_closing() for transport in self._open)

    def refuse(self, step: str, *answers: str) -> None:
        """Answer the next `step`s so."""
        self._answers.setdefault(step, deque()).extend(answers)

    def take(self, step: str) -> str | None:
        """What to answer to a step other than the truth."""
        waiting = self._answers.get(step)
        return waiting.popleft() if waiting else None

    def hang_up(self) -> None:
        """Close every connection, as a server does that has had enough of waiting."""
        for transport in list(self._open):
            transport.close()

    async def __aenter__(self) -> Self:
        context = None
        if self.security != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.authority.issue_cert("localhost").configure_cert(context)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Protocol(self, context),
            "127.0.0.1",
            self.port,
            ssl=context if self.security == "tls" else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.hang_up()
        for _turn in range(20):  # what was closed gets some turns of the loop to end
            await asyncio.sleep(0)

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        given = data if isinstance(data, LoginPassword) else None
        right = given is not None and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.take("TAKEN")
        if answer not in (None, "lost"):
            if answer == "drop":
                cast("_Protocol", server).hang_up()
            return answer or ""
        content = bytes(envelope.original_content or b"")
        self.contents.append(content)
        self.mails.append(message_from_bytes(content, policy=default))
        self.recipients.append(envelope.rcpt_tos[0])
        if answer == "lost":
            cast("_Protocol", server).hang_up()
        return "250 2.0.0 taken"


class _Protocol(SMTP):
    """One connection."""

    def __init__(self, fake: FakeSmtp, context: ssl.SSLContext | None) -> None:
        starttls = fake.security == "starttls"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a login without STARTTLS, where TLS is there already
            super().__init__(
                fake,
                hostname="localhost",
                tls_context=context if starttls else None,
                require_starttls=starttls,
                authenticator=fake.authenticate if fake.login else None,
                auth_required=fake.login,
                auth_require_tls=starttls,
                loop=asyncio.get_running_loop(),
            )
        self._fake = fake
        self._raw: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._raw is None:
            self._raw = transport
            self._fake.connections += 1
            self._fake._open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        if self._raw is not None:
            self._fake._open.discard(self._raw)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()

    async def _or(self, step: str, arg: str, usual: Any) -> None:
        self._fake.said.append(f"{step} {arg}".strip())
        answer = self._fake.take(step)
        if answer is None:
            await usual(arg)
        elif answer == "drop":
            self.hang_up()
        else:
            await self.push(answer)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        await self._or("EHLO", hostname, super().smtp_EHLO)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        await self._or("MAIL", arg, super().smtp_MAIL)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        await self._or("RCPT", arg, super().smtp_RCPT)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        await self._or("DATA", arg or "", super().smtp_DATA)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        await self._or("QUIT", arg or "", super().smtp_QUIT)


def _posted(mail: EmailMessage, recipient: str) -> Posted:
    answers = mail["In-Reply-To"]
    reference = str(mail["Message-ID"])
    return Posted(
        place=recipient,
        thread=str(answers) if answers else None,
        id=reference,
        text=f"{mail['Subject']}\n{plain_text(mail)}",
        key=reference[1:].partition("@")[0],
        body={},
    )


def plain_text(mail: EmailMessage) -> str:
    """The part that is read without HTML."""
    return _part(mail, "plain")


def html_text(mail: EmailMessage) -> str:
    return _part(mail, "html")


def _part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")
