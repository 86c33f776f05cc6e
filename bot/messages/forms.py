"""The forms that people fill in: a subscription, a channel's post, their settings."""

from bot.forms import Choice, Field, Form
from bot.request import LONGEST_FILE
from bot.schedule import parse_weekdays, quiet_days, short_weekdays
from storage.models import Cadence, Person, Style, Subscription

_STYLES = (Choice("compact", "Compact: one message"), Choice("thread", "Thread: a message for each paper"))
_EXPLAIN = (Choice("off", "Stay silent"), Choice("on", "Say so in one line"))
_LATE = (Choice("next", "Come with the next digest"), Choice("append", "Join the thread of their day"))


def subscribe(zone: str, time: str) -> Form:
    """A new subscription.

    Args:
        zone, time: what stands there at first.
    """
    return Form(
        "Subscribe", "subscribe", _fields("", f"daily {time}", zone, "compact", "", "off"), "Subscribe"
    )


def edit(subscription: Subscription) -> Form:
    """A person's own subscription."""
    fields = _fields(
        subscription.filter,
        when(subscription),
        subscription.zone,
        subscription.style.value,
        str(subscription.max_papers or ""),
        "on" if subscription.explain else "off",
    )
    return Form(f"Subscription {subscription.id}"[:24], f"edit {subscription.id}", fields)


def channel(subscription: Subscription | None, zone: str) -> Form:
    """A channel's post, or a new one."""
    shown = subscription or Subscription.model_construct(
        filter="", cadence=Cadence.DAILY, zone=zone, style=Style.THREAD, explain=False, append_late=False
    )
    fields = (
        *_fields(
            shown.filter,
            when(subscription) if subscription else "daily 09:00",
            shown.zone,
            shown.style.value,
            str(subscription.max_papers or "") if subscription else "",
            "on" if shown.explain else "off",
        ),
        Field("days", "Weekdays", _days(subscription), "mon-fri"),
        Field("least", "At least so many papers", _least(subscription), "fewer wait for the next day"),
        Field("late", "Papers that come late", "append" if shown.append_late else "next", choices=_LATE),
    )
    number = f" {subscription.id}" if subscription else ""
    return Form("This channel's post", f"channel{number}", fields)


def _fields(filter_text: str, at: str, zone: str, style: str, most: str, explain: str) -> tuple[Field, ...]:
    return (
        Field("filter", "What: words, or a filter", filter_text, "diffusion models -survey has:code"),
        Field("when", "When", at, "daily 09:00, weekly mon 09:00, or each"),
        Field("zone", "Time zone", zone, "Europe/Paris"),
        Field("most", "At most so many papers", most, "all"),
        Field("style", "Style", style, choices=_STYLES),
        Field("explain", "On a day without papers", explain, choices=_EXPLAIN),
    )


def when(subscription: Subscription) -> str:
    """`daily 09:00`, `weekly mon 09:00`, `each`; as it is typed."""
    if subscription.cadence is Cadence.EACH:
        return "each"
    day = f" {subscription.weekdays}" if subscription.cadence is Cadence.WEEKLY else ""
    return f"{subscription.cadence.value}{day} {subscription.local_time:%H:%M}"


def _days(subscription: Subscription | None) -> str:
    if subscription is None:
        return "mon-fri"
    each = subscription.cadence is Cadence.EACH
    return "" if each else short_weekdays(parse_weekdays(subscription.weekdays))


def _least(subscription: Subscription | None) -> str:
    return str(subscription.least_papers or "") if subscription else ""


def settings(person: Person | None, zone: str) -> Form:
    """What holds for all of somebody's subscriptions."""
    time = f"{person.local_time:%H:%M}" if person and person.local_time else "09:00"
    quiet = short_weekdays(quiet_days(person.quiet)) if person and person.quiet else ""
    return Form(
        "Settings",
        "settings",
        (
            Field("zone", "Time zone", zone, "Europe/Paris"),
            Field("time", "Usual time", time, "09:00"),
            Field("quiet", "Quiet weekdays", quiet, "sat,sun, or none"),
        ),
    )


def zone(command: str) -> Form:
    """Where somebody is.

    Args:
        command: what it is asked for.
    """
    return Form("Your time zone", command, (Field("zone", "Time zone", "", "Asia/Kolkata"),), "Go on")


def vacation() -> Form:
    """Until when nothing is to come."""
    return Form("Vacation", "vacation", (Field("until", "Nothing until", "", "2026-12-31"),), "Go")


def take_in() -> Form:
    """A file of subscriptions, for who cannot attach one."""
    file = Field("file", "Your export", "", "Paste what stands in subscriptions.json", longest=LONGEST_FILE)
    return Form("Import subscriptions", "import", (file,), "Import")
