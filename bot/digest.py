"""What one subscription gets of the editions it has not seen. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.filters.order import in_order
from bot.filters.syntax import Order
from bot.settling import SettleRules, deadline_of
from storage.models import Edition, Paper, PartKind, Style
from storage.rows import PartRow

LOOK_BACK = timedelta(days=14)
"""How far back a digest looks for papers that came late or were missed."""

PATIENCE = timedelta(hours=8)
"""How long after its deadline a digest waits for an edition that the source was never asked for."""


MOST_AT_ONCE = 30
"""Papers that a digest shows on their own after an outage; the rest is behind a link."""

MOST_AFTER_VACATION = 10
"""Papers that sum up a vacation."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What to post.

    Args:
        papers: in the order of posting, each shown on its own.
        rest: the others, which only the head counts.
        rising: identifiers of those that match only now, because their numbers have grown.
        late_before: papers of earlier editions are late; None for those before the newest one.
        away: it sums up a vacation.
    """

    papers: tuple[Paper, ...]
    rest: tuple[Paper, ...] = ()
    rising: frozenset[str] = frozenset()
    late_before: date | None = None
    away: bool = False

    @property
    def all(self) -> tuple[Paper, ...]:
        return (*self.papers, *self.rest)


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to post, and that is final.

    Args:
        day: the edition that was looked for.
        listed: how many papers it held.
        read: whether the source has ever answered for that day.
        unmatched: how many papers have come since the last digest, none of which the filter matches.
    """

    day: date
    listed: int
    read: bool = True
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class TooFew:
    """There are papers, but fewer than the subscription wants at once: they wait for the next digest."""

    papers: int
    least: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet: the edition of `day` is still growing, or was never read.

    Args:
        until: the moment (UTC) from which on it is waited for no longer.
        read: whether the source has ever answered for that day.
    """

    day: date
    until: datetime
    read: bool = True


def edition_for(due_at: datetime, rules: SettleRules) -> date:
    """The newest edition that a digest due at `due_at` (UTC) waits for.

    It is the list of that UTC day, or of the day before while the day is too young to have one: who
    asks for 09:00 in Tokyo gets the finished list of yesterday at 09:00, not today's at night.
    """
    moment = due_at.astimezone(UTC)
    return moment.date() if moment.time() >= rules.earliest else moment.date() - timedelta(days=1)


def first_edition(first: date, local_date: date, editions: Mapping[date, Edition]) -> date:
    """Where a new subscription begins: with the edition of its first date if that has settled by then, so
    that it does not open with yesterday's list beside today's; else with `first`."""
    edition = editions.get(local_date)
    settled = edition is not None and edition.papers > 0 and edition.settled_at is not None
    return max(first, local_date) if settled else first


def awaited(wanted: date, edition: Edition | None, now: datetime, rules: SettleRules) -> Wait | None:
    """What a digest that looks for the edition of `wanted` still waits for at `now` (UTC); None for nothing.

    A day that has not settled is waited for until its deadline. A day that was never read is waited for
    longer, because silence would hide that the source is out of reach.
    """
    deadline = deadline_of(wanted, rules)
    if edition is None:
        return Wait(wanted, deadline + PATIENCE, read=False) if now < deadline + PATIENCE else None
    return Wait(wanted, deadline) if edition.settled_at is None and now < deadline else None


def is_final(edition: Edition, now: datetime, rules: SettleRules) -> bool:
    """Whether digests may hold the papers of an edition: it has settled, or its deadline has passed."""
    return edition.settled_at is not None or now >= deadline_of(edition.day, rules)


def newest_list(wanted: date, editions: Mapping[date, Edition], now: datetime, rules: SettleRules) -> date:
    """The newest edition up to `wanted` that has papers and that digests may hold at `now` (UTC); `wanted`
    itself where there is none."""
    held = (
        day
        for day, edition in editions.items()
        if day <= wanted and edition.papers and is_final(edition, now, rules)
    )
    return max(held, default=wanted)


def arrange(
    papers: Iterable[Paper], most: int | None = None, order: Order | None = None, today: date = date.min
) -> Digest:
    """Papers in the order of posting: as the filter asks; else by edition, within it most upvotes first,
    ties by identifier.

    With `most`, those with the most upvotes are kept on their own and the others become the rest.

    Args:
        today: for an order that depends on it.
    """
    ordered = sorted(papers, key=lambda paper: (paper.listed_on, -paper.upvotes, paper.id))
    if order is not None:
        ordered = in_order(ordered, order, today)
    if most is None or len(ordered) <= most:
        return Digest(tuple(ordered))
    shown = {paper.id for paper in by_upvotes(ordered)[:most]}
    return Digest(
        tuple(paper for paper in ordered if paper.id in shown),
        tuple(paper for paper in ordered if paper.id not in shown),
    )


def most_shown(max_papers: int | None, missed: bool, away: bool) -> int | None:
    """How many papers a digest shows on their own; None for all.

    Args:
        missed: earlier digests did not come, because the bot was down.
        away: it sums up a vacation.
    """
    if away:
        return MOST_AFTER_VACATION
    return min(max_papers or MOST_AT_ONCE, MOST_AT_ONCE) if missed else max_papers


def by_upvotes(papers: Iterable[Paper]) -> list[Paper]:
    """Most upvotes first, ties by identifier."""
    return sorted(papers, key=lambda paper: (-paper.upvotes, paper.id))


def standing(papers: Iterable[Paper]) -> list[Paper]:
    """Those that have not been withdrawn."""
    return [paper for paper in papers if paper.withdrawn_at is None]


def additions(papers: Sequence[str], delivery: int) -> list[PartRow]:
    """The messages that add papers to a thread which stands there."""
    return [PartRow(delivery, position, PartKind.CARD, [paper]) for position, paper in enumerate(papers)]


def parts(digest: Digest, style: Style, lines: int, whole: bool = False, delivery: int = 0) -> list[PartRow]:
    """The messages of a digest, in the order of sending.

    Args:
        lines: how many paper lines one message of the platform holds.
        whole: the platform gets all of a digest in its head.
        delivery: the number of the delivery.
    """
    identifiers = [paper.id for paper in digest.papers]
    shown: Sequence[list[str]]
    if whole:
        shown, kinds = [identifiers], [PartKind.HEAD]
    elif style is Style.THREAD:
        shown = [[], *([identifier] for identifier in identifiers)]
        kinds = [PartKind.HEAD, *(PartKind.CARD for _ in identifiers)]
    else:
        shown = [identifiers[at : at + lines] for at in range(0, len(identifiers), lines)] or [[]]
        kinds = [PartKind.HEAD, *(PartKind.MORE for _ in shown[1:])]
    return [
        PartRow(delivery, position, kind, papers)
        for position, (kind, papers) in enumerate(zip(kinds, shown, strict=True))
    ]
