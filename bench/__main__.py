"""`make bench`: print the table. Rows that cannot be measured here say why."""

import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from bench import ingesting, memory, sending, starting
from bench.rows import Row

GROUPS: dict[str, Callable[[], Iterator[Row | str]]] = {
    "sending": sending.rows,
    "ingesting": ingesting.rows,
    "starting": starting.rows,
    "memory": memory.rows,
}


def main(wanted: list[str]) -> None:
    """Measure the groups that are wanted, or all."""
    table = Table("what", "ours", "baseline", "its time", "ratio", "goal", "", title="Speed, lower is better")
    for name in wanted or GROUPS:
        for row in GROUPS[name]():
            if isinstance(row, str):
                table.add_row(row)
                continue
            goal = "" if row.goal is None else f"≤ {row.goal:.1f}"
            verdict = "" if row.goal is None else "met" if row.ratio <= row.goal else "MISSED"
            times = (f"{row.ours:.3g} {row.unit}", row.baseline_name, f"{row.baseline:.3g} {row.unit}")
            table.add_row(row.name, *times, f"{row.ratio:.2f}", goal, verdict)
    Console(width=max(130, Console().width)).print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
