"""What Slack's answers mean in our error tree: a table, and two functions that read it. Pure."""

import re
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    PlaceGone,
    RateLimited,
    Rejected,
    Temporary,
)
from bot.waiting import seconds_in

_NO_HINT = 30.0
_UNREADABLE_HINT = 1.0
_POINTER = re.compile(r"json-pointer:([\w/]+)")


class MissingScope(InstallationGone):
    """The app was installed without a permission that this call needs."""


class Revoked(InstallationGone):
    """The token is none, or none any more: the app was removed from the workspace."""


class Malformed(Rejected):
    """Slack calls the message malformed.

    Args:
        code: Slack's name of the error.
        pointers: where in the message, as JSON pointers; they hold no text of the message.
        image: whether an image may be the reason: Slack says so, or says nothing.
    """

    def __init__(self, code: str, complaints: list[str]) -> None:
        super().__init__(
            f"Slack calls the message malformed ({code}); this is a bug of ours, and it is logged."
        )
        self.code = code
        # Slack says most things twice.
        self.pointers = list(dict.fromkeys(_POINTER.findall(" ".join(complaints))))
        self.image = any("image" in text for text in complaints) or (
            code.startswith("invalid_blocks") and not complaints
        )


_NO_CHANNEL = (
    "Slack knows no such channel, or the bot cannot see it; check the id, and invite the bot with /invite."
)
_RESTRICTED = "Slack does not let the bot post in this channel; ask an admin, or choose another channel."
_REFUSED = "Slack refuses the token; reinstall the app and set SLACK_BOT_TOKEN and SLACK_APP_TOKEN anew."
_LATER = "Slack has a problem of its own; trying again later helps."
_UNKNOWN = "Slack failed in the middle; the message may have been posted."
_THREAD = "The message that this belongs to is no longer there."

# Names from docs.slack.dev/reference/methods (chat.postMessage, chat.update, conversations.*), grouped as
# PLATFORMS.md groups them.
_MEANING: dict[str, tuple[type[AdapterError], str]] = {
    "channel_not_found": (PlaceGone, _NO_CHANNEL),
    "is_archived": (PlaceGone, "The channel is archived; unarchive it or choose another."),
    "not_in_channel": (
        PlaceGone,
        "The bot is not in the channel; invite the bot to the channel with /invite.",
    ),
    "messages_tab_disabled": (
        PlaceGone,
        "The app's Messages tab is off, so it cannot send direct messages; turn it on in App Home.",
    ),
    "user_disabled": (PlaceGone, "This person's account is deactivated."),
    "user_not_found": (PlaceGone, "Slack knows no such person in this workspace."),
    "users_not_found": (PlaceGone, "Slack knows no such person in this workspace."),
    "user_not_visible": (PlaceGone, "The bot is not allowed to see this person."),
    "cannot_dm_bot": (PlaceGone, "Bots have no direct messages; name a person."),
    "account_inactive": (Revoked, "The bot's account is deactivated; reinstall the app."),
    "token_revoked": (Revoked, "The app was removed from the workspace; install it again."),
    "token_expired": (InstallationGone, _REFUSED),
    "invalid_auth": (Revoked, _REFUSED),
    "not_authed": (InstallationGone, _REFUSED),
    "not_allowed_token_type": (
        InstallationGone,
        "SLACK_BOT_TOKEN is no bot token; use the one that begins with xoxb-.",
    ),
    "app_access_restricted": (InstallationGone, "The workspace does not allow this app; ask an admin."),
    "team_access_not_granted": (
        InstallationGone,
        "The app has no access to the workspace; install it there.",
    ),
    "access_denied": (InstallationGone, "The workspace does not allow this app; ask an admin."),
    "ekm_access_denied": (InstallationGone, "Admins have suspended posting in this workspace; ask them."),
    "accesslimited": (
        InstallationGone,
        "The workspace does not accept calls from this network; ask an admin.",
    ),
    "service_unavailable": (Temporary, _LATER),
    "request_timeout": (Temporary, _LATER),
    "internal_error": (Temporary, _LATER),
    "team_added_to_org": (Temporary, "The workspace is being moved; trying again later helps."),
    "org_login_required": (Temporary, "The workspace is being moved; trying again later helps."),
    "message_limit_exceeded": (Temporary, "The workspace posts too much just now; trying again later helps."),
    "fatal_error": (Ambiguous, _UNKNOWN),
    "thread_not_found": (Rejected, _THREAD),
    "message_not_found": (Rejected, _THREAD),
    "cannot_reply_to_message": (Rejected, "Slack allows no reply under this message."),
    "cant_update_message": (Rejected, "Slack lets the bot change only its own messages."),
    "edit_window_closed": (Rejected, "The workspace no longer allows this message to be changed."),
    "no_text": (Malformed, ""),
}
_MALFORMED = ("invalid_", "msg_", "metadata_", "too_many_", "missing_", "attachment_", "markdown_")


def answer_error(status: int, answer: Mapping[str, Any], retry_after: str | None) -> AdapterError:
    """The error that an answer of the Web API stands for.

    Args:
        status: of HTTP.
        answer: the JSON object that came, or empty if none did.
        retry_after: the header of that name, in seconds.
    """
    code = answer.get("error")
    if status == 429 or code in ("ratelimited", "rate_limited"):
        pause = _seconds(retry_after)
        return RateLimited("Slack asks to wait before the next message.", pause, whole=True)
    if isinstance(code, str):
        return _named_error(code, answer)
    if status == 504:
        return Ambiguous("Slack's gateway waited in vain (504); the message may have been posted.")
    if status == 200:
        return Ambiguous("Slack's answer cannot be read; the message may have been posted.")
    return Temporary(f"Slack answered {status}; trying again later helps.")


def _named_error(code: str, answer: Mapping[str, Any]) -> AdapterError:
    if code == "missing_scope":
        needed = re.sub(r"[^\w:,. -]", "", str(answer.get("needed", "another scope")))[:100]
        return MissingScope(f"The app lacks a permission ({needed}); add it and reinstall the app.")
    if code.startswith("restricted_action"):
        return PlaceGone(_RESTRICTED)
    kind, sentence = _MEANING.get(code, (None, ""))
    if kind is Malformed or (kind is None and code.startswith(_MALFORMED)):
        return Malformed(code, _complaints(answer))
    if kind is None:
        return Temporary(
            f"Slack answered {re.sub(r'[^a-z_]', '', code)[:40]}; perhaps trying again later helps."
        )
    return kind(sentence)


def _complaints(answer: Mapping[str, Any]) -> list[str]:
    """Slack's own words for what is wrong with the message; they may quote it."""
    details = answer.get("response_metadata")
    found = [answer.get("errors"), details.get("messages") if isinstance(details, dict) else None]
    return [text for texts in found if isinstance(texts, list) for text in texts if isinstance(text, str)]


def _seconds(header: str | None) -> float:
    """How long to wait: what the header says, or a guess where it says nothing."""
    if header is None:
        return _NO_HINT
    said = seconds_in(header)
    return _UNREADABLE_HINT if said is None else said


def transport_error(problem: Exception) -> AdapterError:
    """The error that a failed exchange stands for; where there was no connection, nothing was sent."""
    if isinstance(problem, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Temporary("Slack cannot be reached; check the network, or try again later.")
    return Ambiguous(
        f"The connection to Slack broke ({type(problem).__name__}); the message may have been posted."
    )
