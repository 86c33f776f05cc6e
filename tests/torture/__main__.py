"""`make torture`: play every scenario on every database, print the table, end with the sum."""

import argparse
import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

from tests.torture.databases import Kind, Server, SqliteFiles, cluster, postgres_programs
from tests.torture.scenarios import NAMED_POINTS, Report, run, troubles


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 where anything was lost, doubled or otherwise amiss."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000), help="repeats a run")
    parser.add_argument("--kills", type=int, default=200, help="at random moments, over all scenarios")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="this one alone")
    parser.add_argument("--only", metavar="SCENARIO", help="this one alone, by its name in the table")
    options = parser.parse_args(arguments)
    say(f"seed {options.seed}")
    with ExitStack() as stack:
        kinds = _kinds(options.database, stack)
        reports = asyncio.run(_play(kinds, options.seed, options.kills, options.only))
    if not reports:
        parser.error(f"there is no scenario {options.only}")
    return _sum_up(reports)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _kinds(wanted: str | None, stack: ExitStack) -> list[Kind]:
    kinds: list[Kind] = []
    if wanted != "postgresql":
        kinds.append(SqliteFiles())
    if wanted != "sqlite":
        if programs := postgres_programs():
            kinds.append(stack.enter_context(cluster(programs)))
        elif url := os.environ.get("TEST_POSTGRES_URL"):
            kinds.append(Server(url))
        else:
            say("PostgreSQL is left out: neither its programs nor TEST_POSTGRES_URL are there.")
    return kinds


async def _play(kinds: Sequence[Kind], seed: int, kills: int, only: str | None) -> list[Report]:
    """The databases side by side, the scenarios of each one after the other."""
    shares = _shares(kills, [(kind.name, name) for kind in kinds for name in troubles(kind)], only)

    async def on(kind: Kind) -> list[Report]:
        reports = []
        for name in [NAMED_POINTS, *troubles(kind)]:
            if only in (None, name):
                began = time.monotonic()
                report = await run(kind, name, seed, shares.get((kind.name, name), 0))
                say(f"{_row(report)}  {time.monotonic() - began:5.1f} s")
                reports.append(report)
        return reports

    return [report for reports in await asyncio.gather(*map(on, kinds)) for report in reports]


def _shares(kills: int, scenarios: Sequence[tuple[str, str]], only: str | None) -> dict[tuple[str, str], int]:
    """How many kills each scenario gets."""
    chosen = [each for each in scenarios if only in (None, each[1])]
    return {each: kills // len(chosen) + (at < kills % len(chosen)) for at, each in enumerate(chosen)}


def _row(report: Report) -> str:
    verdict = report.verdict
    return (
        f"{report.database:10}  {report.scenario:22}  kills {report.kills:3}  parts {verdict.parts:5}  "
        f"lost {verdict.lost}  doubled {verdict.doubled}  amiss {len(verdict.amiss)}"
    )


def _sum_up(reports: Sequence[Report]) -> int:
    points: Counter[str] = Counter()
    for report in reports:
        points.update(report.points)
    for name, times in sorted(points.items()):
        say(f"{times:4} deaths {name}")
    if missed := sum(report.missed for report in reports):
        say(f"{missed} points of the dry run were not passed again")
    for report in reports:
        for sentence in report.verdict.amiss:
            say(f"{report.database}, {report.scenario}: {sentence}")
        if report.evidence:
            say(f"{report.database}, {report.scenario}: the evidence is in {report.evidence}")
    lost = sum(report.verdict.lost for report in reports)
    doubled = sum(report.verdict.doubled for report in reports)
    kills = sum(report.kills for report in reports)
    parts = sum(report.verdict.parts for report in reports)
    say(f"kills {kills}, parts {parts}, lost {lost}, doubled {doubled}")
    return int(not all(report.verdict.good for report in reports))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
