"""The named points between two steps, at which a process kills itself.

The bot knows nothing of them: the borders that every step crosses are wrapped from outside, whatever the code
between them is called. They are: a commit, a call of an adapter, an HTTP request.
"""

import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import aiohttp
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

from bot.adapter import Adapter
from storage.models import DeliveryState, PartState

Point = tuple[str, int]
"""The name of a point, and which passing of it is meant, from 1."""

_P = ParamSpec("_P")
_T = TypeVar("_T")
_STATEMENT = re.compile(r"(?<!FOR )\b(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")
_VERBS = {"INSERT INTO": "insert", "UPDATE": "update", "DELETE FROM": "delete"}
_STATES = {*DeliveryState, *PartState}
_WRITTEN = "tests.torture: written"
_NUMBERS = re.compile(r"[0-9]+")


class Borders:
    """Counts what passes, and kills this process where it was told to.

    Args:
        die_at: where.
        trace: a file to which every passing is written: `name#count`, a line each.
    """

    def __init__(self, die_at: Point | None, trace: Path | None) -> None:
        self._die_at = die_at
        self._passed: Counter[str] = Counter()
        self._trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if trace else None

    def passing(self, name: str) -> None:
        """This process is at the point of that name."""
        self._passed[name] += 1
        if self._trace is not None:
            os.write(self._trace, f"{name}#{self._passed[name]}\n".encode())
        if (name, self._passed[name]) == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_commits(self) -> None:
        """Before a commit, and after: each is named by what the transaction has written."""

        @event.listens_for(Engine, "before_cursor_execute")
        def executed(
            connection: Connection, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool
        ) -> None:
            if found := _STATEMENT.search(statement):
                what = f"{_VERBS[found[1]]} {found[2]}{_states_in(values)}"
                connection.info.setdefault(_WRITTEN, {})[what] = None

        commit: Callable[[DefaultDialect, Any], None] = DefaultDialect.do_commit

        def watched(dialect: DefaultDialect, connection: Any) -> None:
            written = connection.info.pop(_WRITTEN, None)
            if written:  # no step ends where nothing was written
                self.passing(f"before the commit of {', '.join(written)}")
            commit(dialect, connection)
            if written:
                self.passing(f"after the commit of {', '.join(written)}")

        @event.listens_for(Engine, "rollback")
        def forgotten(connection: Connection) -> None:
            connection.info.pop(_WRITTEN, None)

        DefaultDialect.do_commit = watched  # type: ignore[method-assign]

    def watch_calls(self, adapter: type[Adapter]) -> None:
        """Before an adapter is called, and after."""
        for name in ("send", "edit", "find"):
            call = getattr(adapter, name)
            setattr(adapter, name, self._watched(call, lambda *_, name=name: f"{adapter.name} {name}"))

    def watch_requests(self) -> None:
        """Before an HTTP request leaves, and when its answer begins to come."""
        request = aiohttp.ClientSession._request
        watched = self._watched(request, lambda _, method, url: f"{method} {_route(str(url))}")
        aiohttp.ClientSession._request = watched  # type: ignore[method-assign]

    def _watched(
        self, call: Callable[_P, Coroutine[Any, Any, _T]], named: Callable[..., str]
    ) -> Callable[_P, Coroutine[Any, Any, _T]]:
        @wraps(call)
        async def watched(*args: _P.args, **options: _P.kwargs) -> _T:
            name = named(*args[:3])
            self.passing(f"before {name}")
            result = await call(*args, **options)
            self.passing(f"after {name}")
            return result

        return watched


def _states_in(values: Any) -> str:
    """The states that a statement writes or asks for, in brackets."""
    rows = values if isinstance(values, list) else [values]
    columns = [value for row in rows for value in (row.values() if isinstance(row, dict) else row)]
    states = {value for value in columns if isinstance(value, str) and value in _STATES}
    return f" ({' '.join(sorted(states))})" if states else ""


def _route(url: str) -> str:
    """The path without its numbers, which differ from run to run."""
    return _NUMBERS.sub("*", url.partition("?")[0].partition("/api/")[2])
