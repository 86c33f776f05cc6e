"""What goes wrong, when, and what is killed. Everything is decided by the seed."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

from tests.fakes import Fault
from tests.torture.borders import Point
from tests.torture.databases import Kind, Server
from tests.torture.plan import few_readers, many_readers
from tests.torture.stage import Stage, stage_for
from tests.torture.verdict import Verdict

EDITION = 24
"""Papers of a day: a thread has 25 parts."""
SMALL_EDITION = 3
"""Papers of a day where every point is passed."""
_LONGEST = 1.0
"""Our seconds between two kills, at the most."""
_HOUR = 3600.0

Trouble = Callable[[Stage], Awaitable[None]]


@dataclass
class Report:
    """What came of a scenario.

    Args:
        points: how often a process died at each named point.
        missed: points that were passed in the dry run, and not when a process was to die there.
        evidence: where it is kept, if something is wrong.
    """

    database: str
    scenario: str
    kills: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    points: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    evidence: Path | None = None


async def calm(stage: Stage) -> None:
    """Nothing goes wrong but that processes are killed."""


async def broken_connections(stage: Stage) -> None:
    """Some requests never arrive, some answers never come."""
    await _weather(stage, ("lost", "drop"), 0.25)


async def slow_answers(stage: Stage) -> None:
    """Some answers take up to 45 seconds; nobody waits for longer than 30."""
    await _weather(stage, ("slow",), 0.1)


async def storms(stage: Stage) -> None:
    """For a while every call is refused with 429, or a part of them fails with 5xx; then the sky clears."""
    faults: Sequence[tuple[tuple[Fault, ...], float]] = [(("429",), 1.0), (("500", "html"), 0.6), ((), 0.0)]
    if stage.chance.random() < 0.5:
        await _weather(stage, *stage.chance.choice(faults))


async def full_disk(stage: Stage) -> None:
    """The database's file cannot grow for a while."""
    stage.sky.fill_disk(stage.chance.random() < 0.5)


async def restarts(server: Server, stage: Stage) -> None:
    """The database is gone for a moment, and everybody's connections with it."""
    if stage.chance.random() < 0.3:
        await server.restart(stage.url)


async def jumps(stage: Stage) -> None:
    """The clock of all processes jumps by an hour; it stays within the afternoon."""
    hour = stage.sky.now().hour
    if stage.chance.random() < 0.5:
        forward = hour < 14 or (hour < 20 and stage.chance.random() < 0.5)
        stage.sky.jump(_HOUR if forward else -_HOUR)


async def _weather(stage: Stage, faults: Sequence[Fault], share: float) -> None:
    for platform in stage.platforms:
        await platform.weather(faults, share, stage.chance.randrange(1 << 30))


NAMED_POINTS = "named points"
FULL_DISK = "full disk"
RESTARTS = "database restarts"
OTHER_MACHINES = "other machines"
EVERYTHING = "everything at once"
_WITHOUT_DATABASE = (FULL_DISK, RESTARTS, EVERYTHING)
"""Where a process may log that its database is out of reach."""


def troubles(kind: Kind) -> dict[str, Trouble]:
    """The scenarios with kills at random moments, by what goes wrong beside."""
    own: dict[str, Trouble] = {FULL_DISK: full_disk}
    if isinstance(kind, Server):
        own = {RESTARTS: partial(restarts, kind)}
    known: dict[str, Trouble] = {
        "kills alone": calm,
        "lost replies, drops": broken_connections,
        "429 storms, 5xx": storms,
        "slow answers": slow_answers,
        **own,
        "clock jumps by an hour": jumps,
        OTHER_MACHINES: calm,
    }
    each = list(dict.fromkeys(known.values()))

    async def everything(stage: Stage) -> None:
        for trouble in stage.chance.sample(each, 2):
            await trouble(stage)

    return {**known, EVERYTHING: everything}


async def run(
    kind: Kind, name: str, seed: int, kills: int, most_points: int | None = None, edition: int = EDITION
) -> Report:
    """Play one scenario from its beginning to its verdict.

    Args:
        kills: how many processes are killed at random moments.
        most_points: how many of the named points are visited; None for all.
        edition: how many papers a day has where processes are killed at random moments.
    """
    chance = random.Random(f"{seed} {kind.name} {name}")
    named = name == NAMED_POINTS
    readers, size = (few_readers(), SMALL_EDITION) if named else (many_readers(), edition)
    report = Report(kind.name, name)
    async with stage_for(kind, readers, size, chance) as stage:
        if named:
            await _visit_points(stage, report, most_points)
        else:
            await _kill_at_random(stage, troubles(kind)[name], kills, name == OTHER_MACHINES)
        if name not in _WITHOUT_DATABASE:
            stage.check_log()
        report.verdict = await stage.verdict()
        report.kills = stage.kills
        if not report.verdict.good:
            await stage.keep_evidence()
            report.evidence = stage.folder
    return report


async def _kill_at_random(stage: Stage, trouble: Trouble, kills: int, elsewhere: bool) -> None:
    """Day after day, kill processes and start others; in the end let them finish.

    Args:
        elsewhere: each process claims to run on a machine of its own, so that nobody can tell that it died.
    """
    numbers = count()

    def start() -> None:
        stage.start(machine=f"host{next(numbers)}" if elsewhere else None)

    await stage.next_day()
    for _ in range(stage.chance.randint(2, 4)):
        start()
    while stage.kills < kills:
        await asyncio.sleep(stage.chance.uniform(0, _LONGEST))
        await trouble(stage)
        await stage.kill(stage.chance.choice(stage.bots))
        start()
        if await stage.is_done():
            await stage.next_day()
    await stage.settle()


async def _visit_points(stage: Stage, report: Report, most: int | None) -> None:
    """Find the points in a dry run; then, day by day, die at one of them and let a successor finish."""
    points = await _dry_run(stage)
    if most is not None:
        points = sorted(stage.chance.sample(points, min(most, len(points))))
    for point in points:
        await stage.next_day()
        died = await stage.bury(stage.start(once=True, die_at=point)) == -signal.SIGKILL
        report.points[point[0]] += died
        report.missed += not died
        await stage.finish_day()


async def _dry_run(stage: Stage) -> list[Point]:
    trace = stage.folder / "points"
    await stage.next_day()
    await stage.bury(stage.start(once=True, trace=trace))
    lines = trace.read_text(encoding="utf-8").splitlines()
    return [(name, int(number)) for name, _, number in (line.rpartition("#") for line in lines)]
