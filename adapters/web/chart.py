"""A paper's upvotes over time as a small drawing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.words import day_name
from bot.pages import VoteSnapshot
from bot.text import counted

WIDTH, HEIGHT = 320, 96
_MOST_POINTS = 120
_ROOM = 6
"""Round the line, so that its ends are whole."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn, in units of `WIDTH` × `HEIGHT`.

    Args:
        line, area: points as SVG writes them.
        last: where the line ends.
        told: the same in a sentence, for who does not see it.
    """

    line: str
    area: str
    last: tuple[float, float]
    first_day: str
    last_day: str
    most: int
    told: str


def chart(votes: Sequence[VoteSnapshot]) -> Chart | None:
    """A line from the first snapshot to the last; None where there is nothing to compare.

    Args:
        votes: oldest first.
    """
    if len(votes) < 2:
        return None
    kept = _thinned(votes)
    first, last = kept[0], kept[-1]
    whole = (last.taken_at - first.taken_at).total_seconds()
    if whole <= 0:
        return None
    most = max(one.upvotes for one in kept)

    def point(at: datetime, upvotes: int) -> tuple[float, float]:
        x = _ROOM + (at - first.taken_at).total_seconds() / whole * (WIDTH - 2 * _ROOM)
        y = HEIGHT - _ROOM - upvotes / max(most, 1) * (HEIGHT - 2 * _ROOM)
        return round(x, 1), round(y, 1)

    points = [point(one.taken_at, one.upvotes) for one in kept]
    written = " ".join(f"{x},{y}" for x, y in points)
    floor = HEIGHT - _ROOM
    days = day_name(first.taken_at.date()), day_name(last.taken_at.date())
    upvotes = f"From {counted(first.upvotes, 'upvote')} on {days[0]} to {last.upvotes:,} on {days[1]}"
    told = f"{upvotes}, at most {most:,}." if most > last.upvotes else f"{upvotes}."
    return Chart(
        written,
        f"{points[0][0]},{floor} {written} {points[-1][0]},{floor}",
        points[-1],
        *days,
        most,
        told,
    )


def _thinned(votes: Sequence[VoteSnapshot]) -> list[VoteSnapshot]:
    """Some of very many, the first and the last among them."""
    step = -(-len(votes) // _MOST_POINTS)
    kept = list(votes[::step])
    return kept if kept[-1] is votes[-1] else [*kept, votes[-1]]
