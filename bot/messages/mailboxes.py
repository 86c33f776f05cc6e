"""What is said of mail: that it must be confirmed, that it was, that it ends; and the mail that asks."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.links import CONFIRM_WITHIN
from bot.markup import GAP, Button, Line, Message, Span, line
from bot.messages.asked import filter_name
from bot.messages.receipts import tried_first
from bot.messages.subscriptions import card, options, title
from bot.messages.words import day_name, schedule_name
from bot.places import Place, parse_place
from bot.receipts import Trial
from bot.text import counted, cut
from storage.models import Subscription

_HOURS = int(CONFIRM_WITHIN.total_seconds() // 3600)
_SHOWN = 80
_ECHO = 200
_HARMLESS = re.compile(r"[\w\s\"'“”(),:<>=*+-]+")
"""Words that can be no address of anything: whoever typed them may have meant them for a stranger's eyes."""


def asked(place: Place) -> Message:
    """A mail asks for a confirmation, or none does: what is answered never tells which."""
    return Message(
        title="Please look into your mail",
        lines=(
            line(
                "A mail is on its way to ",
                Span(place.address, bold=True),
                " with a link that confirms this.",
            ),
            line(
                f"The link works for {_HOURS} hours; until then nothing is set up, and nothing else is sent. "
                "If no mail comes, please look among the unwanted ones, or try again tomorrow."
            ),
        ),
    )


def no_mail(problem: str) -> Message:
    """This bot sends no mail, or could not make the links that mail needs."""
    return Message(
        lines=(line(f"I cannot send mail here: {problem}. Whoever runs me can change that (docs/email.md)."),)
    )


def too_many_mails(most: int) -> Message:
    """The limit of who asks."""
    return Message(
        lines=(
            line(
                f"{counted(most, 'confirmation')} have been asked for from here within a day, and that is "
                "the most. Please try again tomorrow."
            ),
        )
    )


def too_many_in_all() -> Message:
    """The limit of all together, which says nothing of whoever comes next."""
    return Message(
        lines=(
            line(
                "So many people have asked for mail today that I can ask no more. Please try again tomorrow."
            ),
        )
    )


def sentence(draft: Subscription) -> str:
    """What a mail asks, as it is kept with the delivery.

    Args:
        draft: what would be set up.
    """
    what, when = _what(draft.filter), schedule_name(draft)
    return f"Somebody, probably you, has asked for {what} by mail. When: {when}. Is that right?"


def confirmation(asks: str, place: Place, asked_at: datetime, url: str) -> Message:
    """The mail that asks the owner of a mailbox. It says nothing that a stranger could have put into it.

    Args:
        asks: as `sentence` gives it.
        asked_at: UTC.
    """
    until = asked_at + CONFIRM_WITHIN
    return Message(
        title="Daily Papers by mail",
        subject="Please confirm: Daily Papers by mail",
        lines=(
            line(asks),
            line(
                "If you do nothing, nothing more is sent to ",
                Span(place.address, bold=True),
                ", and in three days the address is forgotten.",
            ),
        ),
        buttons=(Button("Yes, send it to me", "", url=url),),
        note=line(f"The link confirms once, until {until:%H:%M} UTC on {day_name(until.date())}."),
    )


def _what(filter_text: str) -> str:
    if not filter_text:
        return "a list of each day's papers"
    words = filter_name(filter_text, _SHOWN)
    return words if _HARMLESS.fullmatch(words) else "papers that match some words"


def opened(draft: Subscription, trial: Trial) -> Message:
    """The page that a mail leads to which asks: what is to be set up, and what it would have sent.

    Args:
        draft: what is to be set up.
    """
    asked = filter_name(draft.filter)
    to = Span(parse_place(draft.place).address, bold=True)
    beside = options(draft)
    return Message(
        title="Shall this come by mail?",
        lines=(
            line(Span(asked[:1].upper() + asked[1:], bold=True)),
            line(f"{schedule_name(draft)}, to ", to),
            *([line(beside)] if beside else []),
            GAP,
            *tried_first(trial, draft),
        ),
        note=line("If you have not asked for this, close the page: nothing is sent without your yes."),
    )


def leaving(named: Sequence[Subscription], place: Place) -> Message:
    """The page that a link to unsubscribe leads to; without a button where all of it has ended."""
    if not named:
        return replace(unsubscribed(()), buttons=())
    return Message(
        title="Unsubscribe?",
        lines=(
            line("Nothing more of this would be sent to ", Span(place.address, bold=True), ":"),
            *(line(title(one)) for one in named),
        ),
    )


_VERBS = {
    "pause": "Pause this subscription?",
    "resume": "Go on with this subscription?",
    "delete": "Delete this subscription?",
    "now": "Send this now?",
}
_QUESTIONS = {"undo": "Take this change back?", "feed": "Show the address of your own feed?"}


def really(command: str, name: str, subscription: Subscription | None) -> Message:
    """The page that a link to a command leads to which does more than look.

    Args:
        command: what stands behind `/papers`.
        name: what it does to `subscription`; empty where that is None.
    """
    if subscription is not None:
        return Message(title=_VERBS[name], cards=(replace(card(subscription), buttons=()),))
    question = _QUESTIONS.get(command.partition(" ")[0].casefold())
    written = Span(f"/papers {cut(command, _ECHO)}", code=True)
    return Message(title=question or "Is this meant?", lines=() if question else (line(written),))


def confirmed_before() -> Message:
    """A link that was used already."""
    return Message(
        title="Confirmed already",
        lines=(line("This was confirmed before, so that there is nothing to do."),),
        buttons=(Button("My subscriptions", "subscriptions"),),
    )


def not_kept() -> Message:
    """A link to something that has been forgotten."""
    return Message(
        lines=(line("What this link was to confirm is not kept any more. Please subscribe once more."),)
    )


def link_is_void(problem: str) -> Message:
    """A link that does nothing."""
    return Message(title="This link does nothing", lines=(line(problem),))


def unsubscribed(gone: Sequence[tuple[Subscription, str]]) -> Message:
    """Subscriptions have ended by a click, now or before.

    Args:
        gone: those that ended now, each with the token that undoes it.
    """
    lines: tuple[Line, ...] = tuple(line(f"Deleted: {title(one)}.") for one, _ in gone)
    several = len(gone) > 1
    undo = (Button(f"Undo {one.id}" if several else "Undo", f"undo {token}") for one, token in gone)
    return Message(
        title="Unsubscribed",
        lines=(*lines, line("Nothing more comes of it." if gone else "Nothing comes of this any more.")),
        buttons=(*undo, Button("My subscriptions", "subscriptions")),
    )


def renewed() -> Message:
    """All links that manage a mailbox are void but this one."""
    return Message(
        lines=(
            line("The links in mails that were sent before no longer show or change your subscriptions."),
            line("Those that unsubscribe still do. The next mail has new links."),
        ),
        buttons=(Button("My subscriptions", "subscriptions"),),
    )


def void_generation() -> str:
    """A link that its owner has made void."""
    return (
        "This link was replaced by a newer one, or the mailbox was forgotten. Please take the link in the "
        "latest mail."
    )


def stays_where_it_is() -> str:
    """`/papers edit 3 … by email …`."""
    return (
        "a subscription stays where it goes; to get one by mail too, write /papers subscribe … by email "
        "ann@example.org"
    )
