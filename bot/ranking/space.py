"""What a paper is about, as a point in a space that is learnt from the store's own papers.

There is one row for each stem; a paper is the sum of the rows of its words, and so is a query. Two texts
that share no word may lie side by side.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.ranking.corpus import Floats

_LEVELS = 127

Codes = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Space:
    """The learnt rows.

    Args:
        row_of: the row of each stem by its number, -1 for none.
        rows: eight bits a dimension, to be multiplied by `scales`.
    """

    row_of: NDArray[np.int32]
    rows: Codes
    scales: Floats

    def point(self, counts: dict[int, float]) -> Floats | None:
        """The direction of a text, of length 1; None where no word of it has a row.

        Args:
            counts: how often each stem stands there, by its number.
        """
        known = [(self.row_of[stem], count) for stem, count in counts.items() if self.row_of[stem] >= 0]
        if not known:
            return None
        rows = np.array([row for row, _ in known])
        weights = np.log1p(np.array([count for _, count in known], np.float32)) * self.scales[rows]
        point: Floats = weights @ self.rows[rows].astype(np.float32)
        return point / max(float(np.linalg.norm(point)), 1e-6)


def coded(rows: Floats) -> tuple[Codes, Floats]:
    """Rows in eight bits a number, and what each row is to be multiplied by."""
    scales = np.maximum(np.abs(rows).max(axis=1, initial=0.0), 1e-9) / _LEVELS
    return np.rint(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def cosines(points: Codes | Floats, point: Floats) -> Floats:
    """How near each of the points lies to `point`, which has length 1: from -1 to 1."""
    rows = points.astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    near: Floats = (rows @ point) / np.maximum(lengths, 1e-6)
    return near
