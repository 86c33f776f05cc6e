"""`make bench`: print the table. Rows that cannot be measured here say why."""

import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from bench import (
    acknowledging,
    delivering,
    growth,
    ingesting,
    matching,
    memory,
    millions,
    pages,
    planning,
    quality,
    receiving,
    searching,
    sending,
    soak,
    starting,
)
from bench.rows import Row

GROUPS: dict[str, Callable[[], Iterator[Row | Table | str]]] = {
    "sending": sending.rows,
    "delivering": delivering.rows,
    "acknowledging": acknowledging.rows,
    "ingesting": ingesting.rows,
    "starting": starting.rows,
    "memory": memory.rows,
    "soak": soak.rows,
    "matching": matching.rows,
    "planning": planning.rows,
    "receiving": receiving.rows,
    "searching": searching.rows,
    "pages": pages.rows,
    "quality": quality.rows,
    "curve": growth.small_rows,
}
"""What is measured when nothing is named."""
AT_LENGTH: dict[str, Callable[[], Iterator[Row | Table | str]]] = {
    "growth": growth.rows,
    "millions": millions.rows,
}
"""What takes too long for every day: measured when it is named."""


def main(wanted: list[str]) -> None:
    """Measure the groups that are wanted, or all of `GROUPS`."""
    more: list[Table | str] = []
    table = Table("what", "ours", "baseline", "its time", "ratio", "goal", "", title="Speed, lower is better")
    for name in wanted or GROUPS:
        for row in (GROUPS | AT_LENGTH)[name]():
            if not isinstance(row, Row):
                more.append(row)
                continue
            goal = "" if row.goal is None else f"≤ {row.goal:g}"
            verdict = "" if row.goal is None else "met" if row.ratio <= row.goal else "MISSED"
            times = (f"{row.ours:.3g} {row.unit}", row.baseline_name, f"{row.baseline:.3g} {row.unit}")
            table.add_row(row.name, *times, f"{row.ratio:.{2 if row.ratio >= 0.1 else 3}f}", goal, verdict)
    console = Console(width=max(130, Console().width))
    for part in ([table] if table.row_count else []) + more:
        console.print(part)


if __name__ == "__main__":
    main(sys.argv[1:])
