"""The mail adapter: sends what it is given, and cannot look at what it sent."""

import asyncio
import re
import ssl
from datetime import datetime

from adapters.email import PLATFORM
from adapters.email.envelope import envelope, reference
from adapters.email.pool import IDLE_SECONDS, Pool
from bot.adapter import Gate, InstallationGone, PlaceGone, Rejected, Thread, Untraceable
from bot.clock import Clock, utc_now
from bot.mail import address_of, relay_of, sender_of
from bot.markup import Message
from bot.places import Place
from bot.request import Handler, Suggest
from bot.settings import Settings

_REFERENCE = re.compile(r"<[!-;=?-~]{1,300}>")


class EmailAdapter:
    """Mailboxes, over one mail server. See `bot.adapter.Adapter` for what each method promises.

    Nothing is heard back: a mail that the server has taken may still come back as a bounce to the sender's
    address, which whoever runs the bot reads.

    Args:
        gate: waited for before each mail.
        clock: the time (UTC), for the mail's date.
        context: which certificates are trusted; those of the machine if None.
        idle: seconds that a connection is kept without a mail.
    """

    name = PLATFORM.name
    limits = PLATFORM.limits
    routes = ()

    def __init__(
        self,
        settings: Settings,
        gate: Gate | None = None,
        clock: Clock = utc_now,
        context: ssl.SSLContext | None = None,
        idle: float = IDLE_SECONDS,
    ) -> None:
        if settings.smtp_url is None or settings.email_from is None:
            raise InstallationGone("email is not set up: set SMTP_URL and EMAIL_FROM")
        self._sender = sender_of(settings.email_from)
        self._gate = gate
        self._clock = clock
        relay, context = (
            relay_of(settings.smtp_url.get_secret_value()),
            context or ssl.create_default_context(),
        )
        self._pool = Pool(relay, context, self._sender.domain, idle)
        self._ended = asyncio.Event()

    async def start(self, handle: Handler | None, suggest: Suggest | None = None) -> None:
        """Nothing yet: the server is called for the first mail, where its failure counts as one of sending,
        so that a server that is down is left alone for a while. Nothing is listened to."""

    async def wait(self) -> None:
        """Return when it is stopped: there is nothing to listen to."""
        await self._ended.wait()

    async def stop(self) -> None:
        """Say goodbye to the server."""
        self._ended.set()
        await self._pool.close()

    async def send(self, place: Place, message: Message, key: str, thread: Thread | None = None) -> str:
        """Send one mail; its reference is its Message-ID."""
        recipient = _address(place)
        answers = thread.ref if thread and _REFERENCE.fullmatch(thread.ref) else None
        content = envelope(message, self._sender, recipient, key, self._clock(), answers)
        if self._gate is not None:
            await self._gate()
        await self._pool.send(self._sender.address, recipient, content)
        return reference(key, self._sender)

    async def edit(self, place: Place, ref: str, message: Message) -> None:
        """Raises Rejected: what was mailed stays as it is."""
        _address(place)
        raise Rejected("A mail that was sent cannot be changed.")

    async def find(
        self, place: Place, key: str, thread: Thread | None = None, since: datetime | None = None
    ) -> str | None:
        """Raises Untraceable: a mail server does not tell what it has taken."""
        _address(place)
        raise Untraceable("A mail server does not tell whether it took a mail.")


def _address(place: Place) -> str:
    """Raises PlaceGone for what is no mailbox."""
    try:
        return address_of(place.address)
    except ValueError as problem:
        raise PlaceGone(f"This is no mailbox: {problem}") from None
