"""Mail addresses and the way to a mail server, as a person writes them. Pure; nothing is looked up."""

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

LONGEST_ADDRESS = 254
"""Characters of an address: what an SMTP path holds between its brackets. RFC 5321, 4.5.3.1.3."""
LONGEST_NAME = 100
"""Characters of the name beside the sender's address."""
_ROUTING = re.compile(r"[%!/]|=\?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SENDER = re.compile(r"(?P<name>[^<>\x00-\x1f\x7f]*)<(?P<address>[^<>]+)>")
_HOW = "write smtps://user:password@host:465, or smtp://user:password@host:587"


class Security(StrEnum):
    """How a connection is kept from listeners: from its first byte, after STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our mail.

    Args:
        user, password: both or neither.
    """

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class MailSender:
    """Who our mail is from.

    Args:
        name: plain text; may be empty.
    """

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def address_of(text: str) -> str:
    """One plain address, `ann@example.org`, with its domain in small ASCII letters.

    No quotes, comments, names, lists, addresses of machines, or routes (`%`, `!`, `/`) before the @.
    Raises ValueError that says in a sentence what is wrong.
    """
    if len(text) > LONGEST_ADDRESS:
        raise ValueError(f"A mail address has at most {LONGEST_ADDRESS} characters.")
    if _ROUTING.search(text.partition("@")[0]):
        raise ValueError("The part before the @-sign has %, !, / or =? in it, which I do not take.")
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as problem:
        raise ValueError(str(problem)) from None
    address = found.ascii_email or ""
    if not 0 < len(address) <= LONGEST_ADDRESS:
        raise ValueError(f"A mail address has at most {LONGEST_ADDRESS} characters.")
    return address


def mailbox_of(text: str) -> str:
    """The address by which a mailbox is known as a place: all in small letters, so that `Ann@` and `ann@`
    get one digest and not two.

    A server may tell them apart (RFC 5321, 2.4), and the same paragraph advises against it; no large provider
    does. What was kept in capitals before is still mailed as it stands.

    Raises ValueError as `address_of` does.
    """
    return address_of(text).lower()


def sender_of(text: str) -> MailSender:
    """`Daily Papers <papers@example.org>`, or the address alone. Raises ValueError."""
    found = _SENDER.fullmatch(text.strip())
    name, address = (found["name"].strip().strip('"'), found["address"]) if found else ("", text.strip())
    if len(name) > LONGEST_NAME or (found is None and re.search(r"[\s<>]", address)):
        raise ValueError("write a name and an address, for example Daily Papers <papers@example.org>")
    return MailSender(name, address_of(address))


def relay_of(url: str) -> Relay:
    """The mail server that `SMTP_URL` names. Raises ValueError, which shows nothing of the address.

    Without TLS only where nothing secret passes: there is no login, and the server is on this machine or
    `?tls=never` says that nobody listens in between.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(_HOW) from None
    user, password = (_decoded(parts.username), _decoded(parts.password))
    if parts.scheme not in ("smtp", "smtps") or not host or parts.path not in ("", "/") or parts.fragment:
        raise ValueError(_HOW)
    if bool(user) != bool(password):
        raise ValueError("write both a user and a password before the @, or neither")
    if port == 0 or any(_CONTROL.search(text) for text in (host, user, password) if text):
        raise ValueError(_HOW)
    security = _security(parts.scheme, parts.query, host, bool(user))
    usual = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}
    return Relay(host, port or usual[security], security, user or None, password or None)


def _security(scheme: str, query: str, host: str, login: bool) -> Security:
    asked = dict(parse_qsl(query, keep_blank_values=True))
    if asked not in ({}, {"tls": "never"}):
        raise ValueError("nothing may stand behind the question mark but tls=never")
    if asked and (login or scheme == "smtps"):
        raise ValueError("tls=never is for smtp:// without a login; a password is never sent in plain text")
    if scheme == "smtps":
        return Security.TLS
    return Security.NONE if asked or (not login and _is_here(host)) else Security.STARTTLS


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _decoded(text: str | None) -> str:
    return unquote(text) if text else ""
