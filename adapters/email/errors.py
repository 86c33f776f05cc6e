"""What a mail server answers → our errors. Pure.

    answer                            where              ours
    4xx, no answer, no connection     anywhere before    Temporary
                                      the mail is given
    530 534 535 538, no STARTTLS,     connecting,        InstallationGone: nothing passes until a person
    a certificate, our own address    MAIL FROM          mends the settings
    5xx with x.1.7 x.1.8 x.7.27       anywhere           InstallationGone: EMAIL_FROM is no address of ours
    5xx with x.2.2 (mailbox full)     RCPT TO, DATA      Temporary: its owner may make room within the day
    5xx with x.3.4 x.6.x x.7.x        RCPT TO, DATA      Rejected: it is the mail, not the mailbox
    550 551 553, 5xx with x.1.x       RCPT TO, DATA      PlaceGone
    552 554 and other 5xx             RCPT TO            PlaceGone for x.2.x and x.4.x, else Rejected
                                      DATA               Rejected
    no answer once the mail is given, the end of DATA    Ambiguous
    or one that is no 2xx, 4xx, 5xx

The codes with dots are those of RFC 3463; a relay that is set up wrong refuses everybody with x.7.1, so that
these pause no subscription. Among those for mailboxes (section 3.2) x.1.7 and x.1.8 are for the sender's, and
x.7.27 of RFC 7505 is too. Postfix says them only once the mailbox is named; Exim says "Sender verify failed"
there, without such a code.
"""

import re
from enum import StrEnum

from bot.adapter import AdapterError, InstallationGone, PlaceGone, Rejected, Temporary
from bot.text import cut, one_line

_ENHANCED = re.compile(r"\s*[245]\.(\d{1,3}\.\d{1,3})\b")
_LOGIN = (530, 534, 535, 538)
_SENDER = ("1.7", "1.8", "7.27")
_SENDER_WORDS = re.compile(r"\bsender verif(?:y|ication) failed", re.IGNORECASE)
_NO_SUCH_MAILBOX = (550, 551, 553)
_NAMES = re.compile(r"[^\s<>@]+@")
"""Whose mailbox it is, which most servers repeat: it is known where it must be, and reasons are logged."""
_WORDS = 120


class Step(StrEnum):
    """What was being done."""

    CONNECT = "connecting"
    SENDER = "naming the sender"
    RECIPIENT = "naming the mailbox"
    CONTENT = "taking the mail"


def refusal(step: Step, code: int, words: str) -> AdapterError:
    """What an answer that is no success means.

    Args:
        words: what stands behind the code; foreign.
    """
    named = cut(one_line(words), 4 * _WORDS)  # to look for names in a long text takes long
    said = f"{code} {cut(_NAMES.sub('…@', named), _WORDS)}".rstrip()
    found = _ENHANCED.match(words)
    detail = found[1] if found else ""
    if code < 500:
        return Temporary(f"The mail server is not ready ({step}: {said}).")
    if detail in _SENDER or (not detail and _SENDER_WORDS.search(named)):
        return InstallationGone(
            f"The mail server does not take our address ({step}: {said}); check EMAIL_FROM."
        )
    if code in _LOGIN or step in (Step.CONNECT, Step.SENDER):
        if detail == "3.4":
            return Rejected(f"The mail is too large for the server ({said}).")
        return InstallationGone(f"The mail server takes nothing from us ({step}: {said}); check SMTP_URL.")
    if detail == "2.2":
        return Temporary(f"The mailbox is full ({said}).")
    if _is_about_the_mail(detail):
        return Rejected(f"The mail server does not pass this on ({said}).")
    if _is_about_the_mailbox(step, code, detail):
        return PlaceGone(f"The mailbox takes no mail ({said}).")
    return Rejected(f"The mail server does not take this mail ({said}).")


def _is_about_the_mail(detail: str) -> bool:
    """Its size, its form, or the policy of somebody on its way."""
    return detail == "3.4" or detail.startswith(("6.", "7."))


def _is_about_the_mailbox(step: Step, code: int, detail: str) -> bool:
    if detail.startswith("1.") or (code in _NO_SUCH_MAILBOX and not detail.startswith("3.")):
        return True
    return step is Step.RECIPIENT and detail.startswith(("2.", "4."))
