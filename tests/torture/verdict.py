"""What stands on the platforms, compared with what was planned. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.fakes import Posted
from tests.torture.plan import Expected

_HEADING = re.compile(r"Daily Papers · ([^,\n]+ papers?)")
_PAPER = re.compile(r"Paper (\d{5}) on")


@dataclass
class Verdict:
    """What came of some planned messages.

    Args:
        parts: that were planned.
        lost: planned messages that are not there.
        doubled: messages that are there once too often.
        amiss: what else is wrong, a sentence each: a strange message, a wrong order, a wrong thread.
    """

    parts: int = 0
    lost: int = 0
    doubled: int = 0
    amiss: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.amiss)

    def add(self, other: "Verdict") -> None:
        self.parts += other.parts
        self.lost += other.lost
        self.doubled += other.doubled
        self.amiss += other.amiss


def judge(place: str, planned: Sequence[Expected], posted: Sequence[Posted]) -> Verdict:
    """Compare what was planned for a place with what stands there, both in order."""
    wanted = Counter((message.heading, message.papers) for message in planned)
    found = [_read(post) for post in posted]
    counted = Counter(found)
    verdict = Verdict(parts=len(planned), lost=(wanted - counted).total())
    for message, times in (counted - wanted).items():
        if message in wanted:
            verdict.doubled += times
        else:
            verdict.amiss.append(f"{place}: nobody planned {message}")
    if verdict.lost or verdict.doubled or verdict.amiss:
        return verdict
    if found != [(message.heading, message.papers) for message in planned]:
        verdict.amiss.append(f"{place}: all is there, but not in order")
    else:
        verdict.amiss += _astray(place, planned, posted)
    return verdict


def _read(post: Posted) -> tuple[str, tuple[int, ...]]:
    """What a message is, by what people see."""
    heading = _HEADING.search(post.text)
    named = dict.fromkeys(int(number) for number in _PAPER.findall(post.text))
    return heading[1] if heading else "", tuple(named)


def _astray(place: str, planned: Sequence[Expected], posted: Sequence[Posted]) -> Iterable[str]:
    """What stands outside of the thread to which it belongs."""
    head = None
    for message, post in zip(planned, posted, strict=True):
        if message.heading:
            head = post.id
        thread = head if message.thread else None
        if post.thread != thread:
            yield f"{place}: paper {message.papers} stands in thread {post.thread}, not {thread}"
