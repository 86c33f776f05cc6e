"""Why something did not happen, in one sentence: what is the case, and what comes next."""

from bot.digest import Nothing, Wait
from bot.messages.words import day_name
from bot.text import counted
from storage.models import Subscription


def nothing(outcome: Nothing) -> str:
    """Why a subscription gets no digest today."""
    day = day_name(outcome.day)
    if not outcome.read:
        return f"The list of {day} could not be read; its papers come with the next digest."
    if outcome.listed:
        return f"Nothing new for {day}: {counted(outcome.listed, 'paper')} listed, all posted here before."
    return f"No papers were listed on {day}."


def again(problem: str) -> str:
    """A delivery that failed for now."""
    return f"{_clause(problem)}; the next run tries again."


def given_up(problem: str) -> str:
    """A delivery that failed for good: our own mistake, or a platform that failed for a day."""
    return f"{_clause(problem)}; this digest is given up, the next one comes as planned."


def paused(problem: str) -> str:
    """A subscription whose place has closed its door."""
    return f"{_clause(problem)}; the subscription is paused until `daily-papers resume`."


def waiting(subscription: Subscription, wait: Wait) -> str:
    """A subscription that is due while its edition still grows."""
    return (
        f"Subscription {subscription.id} ({subscription.place}) waits for the list of {day_name(wait.day)} "
        f"to settle, at the latest until {wait.until:%H:%M} UTC."
    )


def shown_before(reason: str) -> str:
    """The demo, when its terminal has seen everything."""
    return f"{reason} Delete demo.db to begin anew."


def _clause(sentence: str) -> str:
    return sentence.removesuffix(".")
