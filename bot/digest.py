"""What one subscription gets of the editions it has not seen. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.settling import SettleRules, deadline_of
from storage.models import Edition, Paper, Part, PartKind, Style

LOOK_BACK = timedelta(days=14)
"""How far back a digest looks for papers that came late or were missed."""

PATIENCE = timedelta(hours=8)
"""How long after its deadline a digest waits for an edition that the source was never asked for."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What to post.

    Args:
        papers: in the order of posting, each shown on its own.
        rest: the others, which only the head counts.
    """

    papers: tuple[Paper, ...]
    rest: tuple[Paper, ...] = ()

    @property
    def all(self) -> tuple[Paper, ...]:
        return (*self.papers, *self.rest)


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to post, and that is final.

    Args:
        day: the edition that was looked for.
        listed: how many papers it held; all of them were given before.
        read: whether the source has ever answered for that day.
    """

    day: date
    listed: int
    read: bool = True


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


def window(first_day: date, due_at: datetime, local_date: date, rules: SettleRules) -> tuple[date, date]:
    """The first and last edition that a digest may hold; empty (first > last) for a future subscription.

    It begins with the subscription's first day, at most `LOOK_BACK` ago. It ends with the local date,
    which may be a day ahead of UTC: an edition that has settled by then is welcome.
    """
    last = max(edition_for(due_at, rules), local_date)
    return max(first_day, last - LOOK_BACK), last


def first_edition(first: date, local_date: date, editions: Mapping[date, Edition]) -> date:
    """Where a new subscription begins: with the edition of its first date if that has settled by then, so
    that it does not open with yesterday's list beside today's; else with `first`."""
    edition = editions.get(local_date)
    settled = edition is not None and edition.papers > 0 and edition.settled_at is not None
    return max(first, local_date) if settled else first


def select(
    papers: Iterable[Paper],
    editions: Mapping[date, Edition],
    given: Collection[str],
    wanted: date,
    now: datetime,
    rules: SettleRules,
    most: int | None = None,
) -> Digest | Nothing | Wait:
    """Decide what a subscription gets.

    Args:
        papers: those listed within the subscription's window.
        editions: the editions of the window by day.
        given: identifiers that the place has got before.
        wanted: the edition that this digest waits for, see `edition_for`.
        now: the moment (UTC) that counts.
        most: at most so many papers are shown on their own.

    A day that has not settled is left for the next digest, unless its deadline has passed. A day that was
    never read is waited for, because silence would hide that the source is out of reach.
    """
    deadline = deadline_of(wanted, rules)
    edition = editions.get(wanted)
    if edition is None and now < deadline + PATIENCE:
        return Wait(wanted, deadline + PATIENCE, read=False)
    if edition is not None and edition.settled_at is None and now < deadline:
        return Wait(wanted, deadline)
    final = [
        paper
        for paper in papers
        if editions[paper.listed_on].settled_at is not None or now >= deadline_of(paper.listed_on, rules)
    ]
    fresh = [paper for paper in standing(final) if paper.id not in given]
    if not fresh:
        return Nothing(wanted, edition.papers if edition else 0, read=edition is not None)
    return arrange(fresh, most)


def arrange(papers: Iterable[Paper], most: int | None = None) -> Digest:
    """Papers in the order of posting: by edition, within it most upvotes first, ties by identifier.

    With `most`, those with the most upvotes are kept on their own and the others become the rest.
    """
    ordered = sorted(papers, key=lambda paper: (paper.listed_on, -paper.upvotes, paper.id))
    if most is None or len(ordered) <= most:
        return Digest(tuple(ordered))
    shown = {paper.id for paper in by_upvotes(ordered)[:most]}
    return Digest(
        tuple(paper for paper in ordered if paper.id in shown),
        tuple(paper for paper in ordered if paper.id not in shown),
    )


def by_upvotes(papers: Iterable[Paper]) -> list[Paper]:
    """Most upvotes first, ties by identifier."""
    return sorted(papers, key=lambda paper: (-paper.upvotes, paper.id))


def standing(papers: Iterable[Paper]) -> list[Paper]:
    """Those that have not been withdrawn."""
    return [paper for paper in papers if paper.withdrawn_at is None]


def parts(digest: Digest, style: Style, lines: int) -> list[Part]:
    """The messages of a digest, in the order of sending; their delivery is set when they are kept.

    Args:
        lines: how many paper lines one message of the platform holds.
    """
    identifiers = [paper.id for paper in digest.papers]
    if style is Style.THREAD:
        shown: Sequence[list[str]] = [[], *([identifier] for identifier in identifiers)]
        kinds = [PartKind.HEAD, *(PartKind.CARD for _ in identifiers)]
    else:
        shown = [identifiers[at : at + lines] for at in range(0, len(identifiers), lines)] or [[]]
        kinds = [PartKind.HEAD, *(PartKind.MORE for _ in shown[1:])]
    return [
        Part(delivery_id=0, position=position, kind=kind, papers=papers)
        for position, (kind, papers) in enumerate(zip(kinds, shown, strict=True))
    ]
