"""Secrets that are kept: only who has DAILY_PAPERS_SECRET opens them, and only where they belong."""

import base64
import json
from datetime import timedelta

from pydantic import SecretStr

from bot.keys import key_for

NO_SECRET = "set DAILY_PAPERS_SECRET first; `openssl rand -hex 32` gives one, and all processes need the same"  # noqa: S105 - a sentence


class SealError(Exception):
    """What was sealed does not open. The text says in one sentence why and what helps."""


class Sealer:
    """Seals with Fernet (AES-128-CBC and HMAC-SHA256, github.com/fernet/spec), and opens again.

    Args:
        secret: `Settings.secret`.
        purpose: what is sealed; what was sealed for one purpose does not open for another.
    """

    def __init__(self, secret: SecretStr, purpose: str) -> None:
        from cryptography.fernet import Fernet

        self._fernet = Fernet(base64.urlsafe_b64encode(key_for(secret.get_secret_value(), purpose)))

    def seal(self, text: str, owner: str) -> str:
        """Seal a text for its owner: the row, or whoever else, that it may be opened for."""
        return self._fernet.encrypt(json.dumps([owner, text]).encode()).decode()

    def open(self, sealed: str, owner: str, within: timedelta | None = None) -> str:
        """The text that was sealed for `owner`.

        Args:
            within: how long ago it may have been sealed at the most.

        Raises SealError.
        """
        from cryptography.fernet import InvalidToken

        seconds = None if within is None else int(within.total_seconds())
        try:
            whose, text = json.loads(self._fernet.decrypt(sealed.encode(), seconds))
        except (InvalidToken, ValueError) as problem:
            raise SealError(
                "it was sealed with another DAILY_PAPERS_SECRET; set that one again, or install anew"
            ) from problem
        if whose != owner:
            raise SealError(f"it was sealed for {whose}, not for {owner}; install anew")
        return str(text)
