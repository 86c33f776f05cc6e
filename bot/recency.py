"""Finds the newest of many papers at once, out of the day of each, which never changes."""

from typing import TYPE_CHECKING

from sqlmodel import Session

from storage.search.queries import days_behind

if TYPE_CHECKING:
    from storage.search.queries import Keys


class Recency:
    """The days of one store's papers, read once and then only those that came since."""

    def __init__(self) -> None:
        self._read: tuple[int, Keys] | None = None

    def newest(self, session: Session, generation: int, keys: "Keys", most: int) -> "Keys":
        """Those of the documents among which the newest are: at least `most`, or all of them.

        Args:
            generation: of the index whose keys they are.
            keys: ascending.
        """
        import numpy as np

        if len(keys) <= most:
            return keys
        days = self._days(session, generation, int(keys[-1]))[keys]
        oldest = np.partition(days, len(days) - most)[len(days) - most]
        newest: Keys = keys[days >= oldest]
        return newest

    def _days(self, session: Session, generation: int, last: int) -> "Keys":
        """The day of each document by its key, at least up to `last`."""
        import numpy as np

        known, days = self._read or (generation, np.zeros(1, np.int64))
        if known != generation:
            days = np.zeros(1, np.int64)
        if last >= len(days):
            keys, behind = days_behind(session, len(days) - 1)
            days = np.concatenate([days, np.zeros(int(keys[-1]) + 1 - len(days), np.int64)])
            days[keys] = behind
        self._read = generation, days
        return days
