"""Discord's refusals as our errors: a table, and a pure function that reads it.

Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from collections.abc import Mapping
from typing import Any

from adapters.discord.invite import PERMISSIONS
from bot.adapter import AdapterError, InstallationGone, PlaceGone, RateLimited, Rejected, Temporary
from bot.text import cut
from bot.waiting import seconds_in

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_TAG = 10087
TAG_REQUIRED = 40067
MISSING_PERMISSION = 50013
ARCHIVED = 50083
THREAD_EXISTS = 160004
LOCKED = 160005

_DEVELOPERS = "https://discord.com/developers/applications"
TOKEN_REFUSED = (
    "Discord does not accept DISCORD_BOT_TOKEN; reset it on the Bot page of your application on "
    f"{_DEVELOPERS} and set the new one."
)
_PERMISSIONS = f"give its role {', '.join(PERMISSIONS)}"
_CLOSED_DM = (
    "This person takes no direct messages from the bot; they can allow them in the privacy settings of a "
    "server that they share with it."
)

CODES: dict[int, tuple[type[AdapterError], str]] = {
    10003: (PlaceGone, "The channel is not there any more, or the bot was removed from its server."),
    10004: (PlaceGone, "The bot is not in this server any more; invite it again."),
    10013: (PlaceGone, "Discord knows no such person."),
    40067: (
        PlaceGone,
        "This forum wants a tag on every post and has none for the bot; add one, or drop that rule.",
    ),
    50001: (PlaceGone, f"The bot may not see this channel; {_PERMISSIONS}."),
    50007: (PlaceGone, _CLOSED_DM),
    50008: (PlaceGone, "This channel holds no messages; choose a text channel, a forum or a thread."),
    50013: (PlaceGone, f"The bot lacks a permission in this channel; {_PERMISSIONS}."),
    50024: (PlaceGone, "This kind of channel does not take the bot's messages; choose a text channel."),
    50278: (PlaceGone, _CLOSED_DM),
    160005: (PlaceGone, "The thread is locked; a moderator can unlock it."),
    20028: (Temporary, "Too much was written in this channel for now."),
    30046: (Temporary, "Discord takes no more edits of an older message for now."),
    40003: (Temporary, "Too many direct messages were opened; Discord wants a pause."),
    40062: (Temporary, "Discord wants a pause."),
    50083: (Temporary, "The thread is archived and could not be opened again."),
    130000: (Temporary, "Discord is overloaded."),
    160006: (Temporary, "The server has as many open threads as Discord allows; archive some."),
    160007: (Temporary, "The server has as many open announcement threads as Discord allows; archive some."),
    10008: (Rejected, "The message is not there any more."),
    10062: (Rejected, "The answer came too late: Discord waits three seconds."),
    10087: (Temporary, "The tags of the forum have just changed."),
    40060: (Rejected, "This was answered already."),
    50027: (Rejected, "The answer came too late: Discord waits 15 minutes."),
}
"""What Discord's own error codes mean, whatever the HTTP status beside them."""

CLOSED_THREADS = {
    UNKNOWN_CHANNEL: "The thread of this digest is gone; the next digest opens one of its own.",
    LOCKED: "The thread of this digest is locked; a moderator can unlock it, the next digest opens its own.",
    ARCHIVED: "The thread of this digest is archived for good; the next digest opens one of its own.",
}
"""What the same codes mean for a thread that we opened: its digest is affected, its channel is not."""

_NO_HINT = 5.0
_NO_HINT_FROM_PROXY = 60.0
_UNREADABLE_HINT = 1.0
_PATHS_SHOWN = 300
_DEEPEST_PATH = 20


def error_for(status: int, headers: Mapping[str, str], body: object) -> AdapterError:
    """What an answer that is no success means for us.

    Args:
        status: the HTTP status; 300 and above.
        headers: the answer's headers, case-insensitive.
        body: the decoded JSON; anything else where the answer was not JSON, as a proxy's page is not.
    """
    known = body if isinstance(body, dict) else {}
    code = known.get("code") if isinstance(known.get("code"), int) else 0
    wait = _wait(headers, known)
    if status == 429:
        seconds = (_NO_HINT if known else _NO_HINT_FROM_PROXY) if wait is None else wait
        # Without a word of Discord's own it is the proxy that refuses the whole address.
        whole = not known or known.get("global") is True
        return RateLimited(f"Discord asks to wait {seconds:.1f} s.", seconds, whole=whole)
    if status == 401 and code != 50027:
        return InstallationGone(TOKEN_REFUSED)
    if code in CODES:
        kind, sentence = CODES[code]
        if kind is Temporary and wait is not None:
            return RateLimited(sentence, wait)
        return named_error(code)
    if status == 403 and known:
        return PlaceGone(f"Discord does not let the bot do this here; {_PERMISSIONS}. (Discord: {code})")
    if 400 <= status < 500 and status not in (403, 408):
        paths = cut(", ".join(error_paths(known.get("errors"))), _PATHS_SHOWN)
        return Rejected(f"Discord calls the message malformed ({status}, {code}{': ' * bool(paths)}{paths}).")
    return Temporary(f"Discord is out of order (HTTP {status}).")


def named_error(code: int) -> AdapterError:
    """The error that a code of `CODES` stands for."""
    kind, sentence = CODES[code]
    return kind(f"{sentence} (Discord: {code})")


def error_paths(errors: object, path: tuple[str, ...] = ()) -> list[str]:
    """Which fields Discord complains of: `embeds.0.title BASE_TYPE_BAD_LENGTH`, without their texts."""
    if not isinstance(errors, dict) or len(path) > _DEEPEST_PATH:
        return []
    found = []
    for name, inner in errors.items():
        if name == "_errors" and isinstance(inner, list):
            codes = [str(error.get("code")) for error in inner if isinstance(error, dict)]
            found.append(" ".join([".".join(path), *codes]).strip())
        else:
            found += error_paths(inner, (*path, str(name)))
    return found


def _wait(headers: Mapping[str, str], body: Mapping[str, Any]) -> float | None:
    """Seconds to wait: the body's number, which has fractions, then the headers; None if nothing is said."""
    hints = (body.get("retry_after"), headers.get("X-RateLimit-Reset-After"), headers.get("Retry-After"))
    said = [hint for hint in hints if hint is not None]
    readable = (seconds for seconds in map(seconds_in, said) if seconds is not None)
    return next(readable, _UNREADABLE_HINT if said else None)
