"""Why something did not happen, in one sentence: what is the case, and what comes next."""

from collections.abc import Sequence
from datetime import date

from bot.digest import Nothing, TooFew, Wait
from bot.messages.asked import filter_name
from bot.messages.words import day_name
from bot.places import parse_place
from bot.text import counted
from storage.plans import DueSubscription

CLAIM_LOST = "Another process has taken this digest over."
STOPPING = "The bot is stopping"
ENDED = "The subscription has ended."
NO_THREAD = "The first message of the thread that this was to join did not arrive."
_ASKED = 120
"""Characters of a filter in words."""
NO_LINKS = "The link that the mail asks with needs PUBLIC_URL and DAILY_PAPERS_SECRET."
PAUSED = "The subscription was paused."
REMOVED = "The bot was removed from this workspace; installed anew, it goes on."
NO_PLATFORM = (
    "no platform is set up: set SLACK_BOT_TOKEN, DISCORD_BOT_TOKEN, or SMTP_URL and EMAIL_FROM, see "
    ".env.example; `daily-papers run --console` needs none of them"
)


def nothing(outcome: Nothing, wanted: str | None = None) -> str:
    """Why a subscription gets no digest today.

    Args:
        wanted: the filter, canonical, where it is not named beside this.
    """
    day = day_name(outcome.day)
    if not outcome.read:
        return f"The list of {day} has not been read yet; its papers come with the next digest."
    if outcome.unmatched:
        asked = "" if wanted is None else f" {filter_name(wanted, _ASKED)}"
        return f"{counted(outcome.unmatched, 'new paper')}, and none matches{asked}."
    if outcome.listed:
        listed = counted(outcome.listed, "paper")
        return f"Nothing new for {day}: an earlier digest has looked through its {listed}."
    return f"No papers were listed on {day}."


def growing(day: date) -> str:
    """Why there is nothing to send now of a list that is not final."""
    return f"The list of {day_name(day)} is still growing; its papers come with the next digest."


def posted_before(outcome: Nothing) -> str:
    """Why an edition that somebody posts by hand has nothing left for a place."""
    listed = counted(outcome.listed, "paper")
    return f"Nothing new for {day_name(outcome.day)}: {listed} listed, all posted here before."


def too_few(few: TooFew) -> str:
    """Why papers wait for the next digest."""
    return f"{counted(few.papers, 'paper')} so far, fewer than {few.least}; the next digest has them."


def again(problem: str) -> str:
    """A delivery that failed for now."""
    return f"{_clause(problem)}; the next run tries again."


def given_up(problem: str) -> str:
    """A delivery that failed for good: our own mistake, or a platform that failed for a day."""
    return f"{_clause(problem)}; this digest is given up, the next one comes as planned."


def refused(parts: int) -> str:
    """A delivery whose other parts were sent."""
    return f"The platform refused {counted(parts, 'part')}; the log says which and why."


def doubtful(parts: int) -> str:
    """A delivery of which nobody can tell whether all of it arrived."""
    verb = "is" if parts == 1 else "are"
    return f"{counted(parts, 'part')} {verb} in doubt: the platform does not tell whether it took them."


def mishap(problem: Exception) -> str:
    """Our own mistake, while one delivery was sent."""
    return f"an unexpected problem ({type(problem).__name__}), which the log shows"


def paused(problem: str, subscriptions: Sequence[int]) -> str:
    """A place that has closed its door, and which subscriptions that stops."""
    if not subscriptions:
        return problem
    which = ", ".join(map(str, subscriptions))
    verb = "subscription {} is" if len(subscriptions) == 1 else "subscriptions {} are"
    return f"{_clause(problem)}; {verb.format(which)} paused: resume when that is mended."


def door_closed(place: str, subscriptions: Sequence[int], problem: str, direct: bool) -> str:
    """What the one who can act is told of a place that has closed its door.

    Args:
        subscriptions: the numbers of those that are paused by it.
        direct: the place is that person's direct messages.
    """
    where = "your direct messages" if direct and not parse_place(place).is_mailbox else place
    which = ", ".join(map(str, subscriptions))
    paused = f"subscription {which} is" if len(subscriptions) == 1 else f"subscriptions {which} are"
    way = "/papers subscriptions" if direct else "/papers channel, asked there,"
    return (
        f"I cannot post to {where}: {_clause(problem)}. So {paused} paused; once it is mended, {way} resumes."
    )


def waiting(subscription: DueSubscription, wait: Wait) -> str:
    """A subscription that is due while its edition still grows."""
    what = " to settle" if wait.read else ", which has not been read yet"
    who = f"Subscription {subscription.id} ({subscription.place})"
    until = f"at the latest until {wait.until:%H:%M} UTC"
    return f"{who} waits for the list of {day_name(wait.day)}{what}; {until}."


def shown_before(reason: str) -> str:
    """The demo, when its terminal has seen everything."""
    return f"{reason}\nDelete demo.db to begin anew."


def _clause(sentence: str) -> str:
    return sentence.removesuffix(".")
