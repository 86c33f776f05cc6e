"""A rendered message and its headers as the bytes that are sent. Pure."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from adapters.email.render import link, render
from bot.mail import MailSender
from bot.markup import Message
from bot.text import one_line

_ONE_CLICK = "List-Unsubscribe=One-Click"


class _Policy(EmailPolicy):
    """Leaves addresses whole: the library would break a long one, or write it as an encoded word."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.startswith("List-") or name in ("Message-ID", "In-Reply-To", "References"):
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")


def reference(key: str, sender: MailSender) -> str:
    """What a mail is called: the same for one key, so that one that came twice is one to its reader."""
    return f"<{key}@{sender.domain}>"


def envelope(
    message: Message, sender: MailSender, recipient: str, key: str, now: datetime, answers: str | None = None
) -> bytes:
    """A whole mail; every line ends with CR and LF.

    Args:
        now: UTC.
        answers: the reference of the mail under which it is shown.
    """
    rendered = render(message)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(_literal(sender.name), addr_spec=sender.address)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = _literal(rendered.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = reference(key, sender)
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail["List-Id"] = f"Daily Papers <daily-papers.{sender.domain}>"
    url = link(message.unsubscribe)
    if url and url == _literal(url) and url.startswith("https://"):  # RFC 8058 asks for https
        mail["List-Unsubscribe"] = f"<{url}>"
        mail["List-Unsubscribe-Post"] = _ONE_CLICK
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence note comes back
    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{sha256(key.encode()).hexdigest()[:32]}")
    return mail.as_bytes()


def _literal(text: str) -> str:
    """Text that begins no encoded word: the library would decode one, line breaks and all, and write those
    into the header."""
    return one_line(text).replace("=?", "= ?")
