"""Links in mails that say by themselves who may do what: signed, so that nobody can make one up. Pure.

    confirm       an opt-in, for 48 hours
    manage        a mailbox, until its generation is another
    unsubscribe   some subscriptions of a mailbox, for good

Each purpose has a key of its own. To open a link does nothing yet, because mail programs and scanners open
links by themselves: the page behind it asks with a form, and only POST acts. The one POST that comes without
a person is RFC 8058's, to `unsubscribe`.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from bot.keys import key_for
from bot.places import Place, parse_place

CONFIRM = "/mail/confirm"
MANAGE = "/mail/manage"
UNSUBSCRIBE = "/mail/unsubscribe"
"""Paths under the public address; the token stands behind them as one more step."""
ASKED = "q"
"""What a `manage` link calls the command that its page is opened for: `pause 3`."""
CONFIRM_WITHIN = timedelta(hours=48)
"""How long an opt-in can be confirmed, from when it was asked for."""
_CLOCKS_DIFFER = timedelta(minutes=1)
"""How far the clocks of two processes may be apart."""
LONGEST_TOKEN = 1024
"""Characters of a token that is looked at; one for `bot.subscribing.MOST` subscriptions is shorter."""
_SIGNED = {"key_derivation": "hmac", "digest_method": sha256}


class LinkError(Exception):
    """A link that is none of ours, or not valid any more. The text says what helps."""


class LinkExpired(LinkError):
    """It was one of ours, and works no more: too much time has passed, or another has taken its place."""


@dataclass(frozen=True, slots=True)
class Managed:
    """What a `manage` link names.

    Args:
        generation: of the mailbox when the link was made; see `storage.models.Mailbox`.
    """

    place: Place
    generation: int


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """What an `unsubscribe` link names: subscriptions of a mailbox by their numbers.

    Args:
        generation: as of `Managed`. With another one the link still ends them, and nothing else.
    """

    place: Place
    generation: int
    numbers: tuple[int, ...]


class Links:
    """Makes and reads links.

    Args:
        public_url: where the page is reached, without a slash at the end.
        secret: the same in all processes; another one ends all links.
    """

    def __init__(self, public_url: str, secret: str) -> None:
        self.public_url = public_url
        self._marks = key_for(secret, "marks of mailboxes")
        self._links = key_for(secret, "links in mails")

    def confirm(self, opt_in: str, asked_at: datetime) -> str:
        """Confirms an opt-in, within `CONFIRM_WITHIN` of `asked_at` (UTC)."""
        return f"{self.public_url}{CONFIRM}/{self._timed('confirm', asked_at).dumps(opt_in)}"

    def manage(self, place: Place, generation: int, command: str = "") -> str:
        """Shows the subscriptions of a mailbox; or asks whether `/papers <command>` is meant."""
        asked = f"?{urlencode({ASKED: command})}" if command else ""
        token = self._signed("manage").dumps([str(place), generation])
        return f"{self.public_url}{MANAGE}/{token}{asked}"

    def succession(self, managed: Managed, generation: int) -> str:
        """What a form holds that makes `generation` the next one of a mailbox, once, if sent twice too."""
        return str(self._signed("renew").dumps([str(managed.place), managed.generation, generation]))

    def unsubscribe(self, place: Place, generation: int, numbers: Collection[int]) -> str:
        """Ends these subscriptions."""
        token = self._signed("unsubscribe").dumps([str(place), generation, sorted(numbers)])
        return f"{self.public_url}{UNSUBSCRIBE}/{token}"

    def opt_in(self, token: str, now: datetime) -> str:
        """The opt-in that a token confirms at `now` (UTC). Raises LinkError."""
        found = _read(
            self._timed("confirm", now + _CLOCKS_DIFFER),
            token,
            max_age=(CONFIRM_WITHIN + _CLOCKS_DIFFER).total_seconds(),
        )
        if not isinstance(found, str):
            raise _foreign()
        return found

    def managed(self, token: str) -> Managed:
        """Raises LinkError."""
        match _read(self._signed("manage"), token):
            case [str(place), int(generation)]:
                return Managed(parse_place(place), generation)
        raise _foreign()

    def successor(self, managed: Managed, succession: str) -> int:
        """The generation that a form for this mailbox and generation names. Raises LinkError."""
        match _read(self._signed("renew"), succession):
            case [str(place), managed.generation, int(generation)] if place == str(managed.place):
                return generation
        raise _foreign()

    def unsubscribed(self, token: str) -> Unsubscribed:
        """Raises LinkError."""
        match _read(self._signed("unsubscribe"), token):
            case [str(place), int(generation), [*numbers]]:
                return Unsubscribed(parse_place(place), generation, tuple(map(int, numbers)))
        raise _foreign()

    def mark(self, text: str) -> str:
        """What stands for a text that is counted and not to be read: 32 hexadecimal digits."""
        return hmac.new(self._marks, text.encode(), sha256).hexdigest()[:32]

    def _signed(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._links, salt=purpose, signer_kwargs=_SIGNED)

    def _timed(self, purpose: str, moment: datetime) -> URLSafeTimedSerializer:
        class Signer(TimestampSigner):
            """Its clock stands at `moment`."""

            def get_timestamp(self) -> int:
                return int(moment.timestamp())

        return URLSafeTimedSerializer(self._links, salt=purpose, signer=Signer, signer_kwargs=_SIGNED)


def _read(serializer: URLSafeSerializer | URLSafeTimedSerializer, token: str, **how: Any) -> Any:
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
        raise _foreign()
    try:
        return serializer.loads(token, **how)
    except SignatureExpired:
        raise LinkExpired("This link is too old. Please ask for a new one.") from None
    except BadData:
        raise _foreign() from None


def _foreign() -> LinkError:
    return LinkError(
        "This link is not complete, or I did not make it. Please copy all of it from the mail, "
        "which may have broken it over two lines."
    )
