"""What each of some subscribers must get, by the rules and by brute force: every paper is looked at for every
subscriber on every hour. Shares no code with what it judges."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.factories import at
from tests.week_world import Known, Poll, WorldPaper, polls_at
from tests.world_clocks import Offsets, offsets_of

ONE = timedelta(days=1)


@dataclass(frozen=True)
class Got:
    """One digest that a subscriber got, or what was added to one.

    Args:
        day: the local date that it is the digest of.
        shown, rest, rising: numbers of papers.
    """

    moment: datetime
    day: date
    shown: tuple[int, ...]
    rest: tuple[int, ...] = ()
    rising: tuple[int, ...] = ()
    away: bool = False
    added: bool = False
    explained: bool = False


@dataclass
class Subscriber:
    """A subscription in plain words, and how it stands.

    Args:
        wants: whether it wants a paper with so many votes.
        weekly: on the only one of its `weekdays`.
        each: as soon as an edition is final.
        away_from: the first day of a vacation that is to be summed up, with all that it keeps from coming.
        looked: the list that each digest looked for, and whether it has opened a thread.
    """

    place: str
    filter: str = ""
    wants: Callable[[WorldPaper, int], bool] = lambda paper, votes: True
    text: str = "daily 09:00 on mon-sun in UTC"
    hour: time = time(9)
    zone: str = "UTC"
    weekdays: Sequence[int] = range(7)
    weekly: bool = False
    each: bool = False
    votes: bool = False
    most: int | None = None
    least: int = 0
    explain: bool = False
    append: bool = False
    first_day: date = date.min
    decided: date = date.min
    next_date: date = date.min
    paused: bool = False
    away_from: date | None = None
    asked: set[int] = field(default_factory=set)
    given: set[int] = field(default_factory=set)
    got: list[Got] = field(default_factory=list)
    looked: list[tuple[date, bool]] = field(default_factory=list)

    def has_thread(self, day: date) -> bool:
        """Whether the first digest that looked as far as a day's list has opened a thread."""
        return next((opened for wanted, opened in self.looked if wanted >= day), False)

    def due(self, day: date) -> datetime:
        """When the digest of a local date is due."""
        return _clock(self.zone).first_showing(day, self.hour)

    def date_after(self, day: date) -> date:
        """The first of its dates behind a day."""
        return next(found for step in range(1, 9) if (found := day + step * ONE).weekday() in self.weekdays)

    def opening(self, now: datetime) -> date:
        """The first list that no digest before the next one would have held, but none from before today
        unless the next one looks for that."""
        steps = (self.next_date - step * ONE for step in range(1, 9))
        before = next(day for day in steps if day.weekday() in self.weekdays)
        newest = edition_of(self.due(self.next_date))
        return max(edition_of(self.due(before)) + ONE, min(now.date(), newest))

    def begin(self, now: datetime) -> None:
        if self.each:
            self.first_day, self.decided = now.date(), now.date() - ONE
            return
        self.reschedule(now)
        if self.due(self.next_date) <= now:
            self.next_date = self.date_after(self.next_date)
        self.first_day = edition_of(now) if self.weekly else self.opening(now)

    def reschedule(self, now: datetime, until: date = date.min) -> None:
        """Its next date is the first behind what was decided, but none that is over or of a vacation."""
        yesterday = _clock(self.zone).date_at(now) - ONE
        self.next_date = self.date_after(
            max(self.decided, yesterday, until - ONE if until > date.min else until)
        )

    def resume(self, now: datetime) -> None:
        """Nothing of the time in between comes."""
        self.paused = False
        self.reschedule(now)
        if self.due(self.next_date) <= now:
            self.next_date = self.date_after(self.next_date)
        self.first_day = max(self.first_day, self.opening(now))

    def occasion(self, now: datetime, known: Known) -> tuple[date, date, bool] | None:
        """The date that is to be decided, the edition that it looks for, and whether others were missed."""
        if self.paused:
            return None
        if self.each:
            day = now.date() if now >= at(now.date(), 12) else max(known.final, default=date.min)
            return (day, day, day - self.decided > ONE) if day > self.decided else None
        pending = []
        day = self.next_date
        while self.due(day) <= now:
            pending.append(day)
            day = self.date_after(day)
        return (pending[-1], edition_of(self.due(pending[-1])), len(pending) > 1) if pending else None


def expect(subscribers: Sequence[Subscriber], polls: Iterable[Poll], ticks: Iterable[datetime],
           events: dict[datetime, list[Callable[[], None]]]) -> None:  # fmt: skip
    """Live through all moments; fills `got` of each."""
    known, left = Known(), list(polls)
    for now in ticks:
        for event in events.get(now, ()):
            event()
        known.learn(polls_at(left, now), now)
        for one in subscribers:
            if one.append and not one.paused:
                _add_late(one, known, now)
        _meet([digest for one in subscribers if (digest := _digest(one, known, now))], known)


@dataclass
class _Digest:
    to: Subscriber
    got: Got
    missed: bool


def _add_late(one: Subscriber, known: Known, now: datetime) -> None:
    late = [known.holdable()[number] for number in known.late if number in known.holdable()]
    fits = [
        paper
        for paper in late
        if paper.day >= one.first_day
        and paper.number not in one.given
        and one.wants(paper, known.votes[paper.number])
        and one.has_thread(paper.day)
    ]
    if fits:
        numbers = _in_order(fits, known)
        one.given |= set(numbers)
        one.got.append(Got(now, now.date(), numbers, added=True))


def _digest(one: Subscriber, known: Known, now: datetime) -> _Digest | None:
    occasion = one.occasion(now, known)
    if occasion is None:
        return None
    day, wanted, missed = occasion
    patience = timedelta() if wanted in known.read else timedelta(hours=8)
    if wanted not in known.final and now < at(wanted, 12) + patience:
        return None
    floor = max(one.first_day, min(one.away_from or now.date(), now.date()) - 14 * ONE)
    fits = [
        paper
        for paper in known.holdable().values()
        if paper.day >= floor
        and paper.number not in one.given
        and (one.votes or paper.number not in one.asked)
        and one.wants(paper, known.votes[paper.number])
    ]
    one.decided, one.next_date = day, one.date_after(day)
    one.looked.append((wanted, False))
    if 0 < len(fits) < one.least and now.date() - min(paper.day for paper in fits) < 7 * ONE:
        return None
    rising = {paper.number for paper in fits} & one.asked
    away, one.away_from = one.away_from is not None, None
    one.asked |= set(known.holdable())
    one.given |= {paper.number for paper in fits}
    if not fits:
        if one.explain:
            one.got.append(Got(now, day, (), explained=True))
        return None
    one.looked[-1] = (wanted, True)
    most = 10 if away else min(one.most or 30, 30) if missed else one.most
    shown, rest = _best(fits, most, known)
    return _Digest(one, Got(now, day, shown, rest, tuple(sorted(rising & set(shown))), away), missed)


def _meet(digests: list[_Digest], known: Known) -> None:
    """Those of one place are one message, of which the bounds hold together."""
    for digest in digests:
        together = [other for other in digests if other.to.place == digest.to.place]
        got = digest.got
        if len(together) > 1:
            every = {number for other in together for number in other.got.shown}
            away = all(other.got.away for other in together)
            most = 10 if away else 30 if any(other.missed for other in together) else None
            shown = set(_best([known.holdable()[number] for number in every], most, known)[0])
            got = Got(
                got.moment,
                got.day,
                tuple(number for number in got.shown if number in shown),
                (*got.rest, *(number for number in got.shown if number not in shown)),
                got.rising,
                got.away,
            )
        digest.to.got.append(got)


def _best(papers: Iterable[WorldPaper], most: int | None, known: Known) -> tuple[tuple[int, ...], ...]:
    """The best by votes, and the others; each in the order of posting."""
    ranked = sorted(papers, key=lambda paper: (-known.votes[paper.number], paper.number))
    kept = ranked if most is None else ranked[:most]
    return _in_order(kept, known), _in_order(ranked[len(kept) :], known)


def _in_order(papers: Iterable[WorldPaper], known: Known) -> tuple[int, ...]:
    ordered = sorted(papers, key=lambda paper: (paper.day, -known.votes[paper.number], paper.number))
    return tuple(paper.number for paper in ordered)


def edition_of(due: datetime) -> date:
    """The newest list that a digest looks for: that of the day, from 07:00 UTC on."""
    return due.date() if due.hour >= 7 else due.date() - ONE


@cache
def _clock(zone: str) -> Offsets:
    return offsets_of(ZoneInfo(zone))
