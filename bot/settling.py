"""When the list of a day counts as final. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class SettleRules:
    """Parameters of the decision; times of day are UTC on the day of the list.

    Args:
        earliest: before this a quiet list still counts as growing. At 06:00 UTC a list often holds one
            paper of twenty and has not changed all night.
        quiet: how long no poll may have found a new paper.
        deadline: from here on the list counts as final, whatever the polls say.
    """

    earliest: time
    quiet: timedelta
    deadline: time


def deadline_of(day: date, rules: SettleRules) -> datetime:
    """The moment (UTC) at which the list of `day` counts as final in any case."""
    return datetime.combine(day, rules.deadline, UTC)


def has_settled(
    day: date, papers: int, changed_at: datetime, polled_at: datetime, rules: SettleRules
) -> bool:
    """Whether the list of `day`, as the poll at `polled_at` saw it, is final.

    It is when the poll came at the deadline or later, or when there are papers, no poll found a new one
    for `rules.quiet`, and it is not too early in the day. An empty list waits for the deadline: that
    no papers come today is only known then.

    Args:
        papers: how many the list holds.
        changed_at: the poll (UTC) that last found a new paper.
    """
    if polled_at >= deadline_of(day, rules):
        return True
    early = polled_at < datetime.combine(day, rules.earliest, UTC)
    return papers > 0 and not early and polled_at - changed_at >= rules.quiet
