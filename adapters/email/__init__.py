"""Mail: what it costs nothing to know of it. The libraries are imported by `create` and `preview`."""

import re
from typing import Any

from bot.adapter import Adapter, Limits, Platform, Shared
from bot.mail import mailbox_of
from bot.markup import Message
from bot.settings import Settings

CONNECTIONS = 4
"""To the mail server at a time. Most relays allow one client ten or more; each gives a few mails a second."""
PER_SECOND = 10.0
"""Mails, over all processes. Relays that are rented take some ten a second (Amazon SES: 14) and slow down who
sends more."""


def _missing(settings: Settings) -> list[str]:
    return [
        name
        for name, value in (("SMTP_URL", settings.smtp_url), ("EMAIL_FROM", settings.email_from))
        if not value
    ]


def _create(settings: Settings, shared: Shared) -> Adapter:
    from adapters.email.app import EmailAdapter

    return EmailAdapter(settings, shared.budget("email", PER_SECOND))


def _preview(message: Message) -> Any:
    from adapters.email.render import render

    rendered = render(message)
    return {"subject": rendered.subject, "text": rendered.text, "html": rendered.html}


PLATFORM = Platform(
    name="email",
    address=re.compile(r"[^\s@]+@[^\s@]+"),
    example="email:ann@example.org",
    # Gmail cuts a mail at 102 KB; a card with its summary takes 2 KB, a line or a short card less than 1.
    limits=Limits(lines=60, cards=25, whole=True, at_once=CONNECTIONS),
    missing=_missing,
    create=_create,
    preview=_preview,
    normal=mailbox_of,
    listens=False,
)
