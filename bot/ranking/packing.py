"""A model as bytes, small enough to keep beside the papers."""

import io
import json
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.ranking.model import Model
from bot.ranking.space import Space
from bot.ranking.words import Lengths, Postings

_LEVEL = 1


def packed(model: Model) -> bytes:
    """The model as bytes."""
    stems = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    arrays: dict[str, NDArray[Any]] = {
        "keys": _differences(model.keys),
        "means": np.array([model.means.title, model.means.abstract]),
        "stems": np.frombuffer("\n".join(stems).encode(), np.uint8),
        "lengths": np.diff(model.postings.start).astype(np.uint32),
        "papers": _differences(model.postings.papers),
        "impacts": model.postings.impacts,
        "row_of": model.space.row_of,
        "rows": model.space.rows,
        "scales": model.space.scales,
        "points": model.points,
    }
    return b"".join(_written(arrays))


def _written(arrays: dict[str, NDArray[Any]]) -> list[bytes]:
    """A line that says what follows, and each array; of wide numbers all first bytes together, then the
    second ones, for most of those are alike."""
    bodies = {
        name: zlib.compress(
            np.ascontiguousarray(found).view(np.uint8).reshape(found.size, -1).T.tobytes(), _LEVEL
        )
        if found.size
        else b""
        for name, found in arrays.items()
    }
    head = [(name, found.dtype.str, found.shape, len(bodies[name])) for name, found in arrays.items()]
    return [json.dumps(head).encode() + b"\n", *bodies.values()]


def unpacked(data: bytes) -> Model:
    """The model that these bytes are. They come from our own database, never from outside."""
    stream = io.BytesIO(data)
    found: dict[str, NDArray[Any]] = {}
    for name, dtype, shape, size in json.loads(stream.readline()):
        found[name] = _read(stream.read(size), np.dtype(dtype), tuple(shape))
    text = found["stems"].tobytes().decode()
    start = np.concatenate([[0], np.cumsum(found["lengths"], dtype=np.int64)])
    return Model(
        keys=np.cumsum(found["keys"], dtype=np.int64),
        vocabulary={stem: number for number, stem in enumerate(text.split("\n") if text else [])},
        means=Lengths(*map(float, found["means"])),
        postings=Postings(start, np.cumsum(found["papers"], dtype=np.int32), found["impacts"]),
        space=Space(found["row_of"], found["rows"], found["scales"]),
        points=found["points"],
    )


def _read(body: bytes, dtype: "np.dtype[Any]", shape: tuple[int, ...]) -> NDArray[Any]:
    size = int(np.prod(shape))
    if not size:
        return np.empty(shape, dtype)
    planes = np.frombuffer(zlib.decompress(body), np.uint8).reshape(dtype.itemsize, size)
    return np.ascontiguousarray(planes.T).view(dtype).reshape(shape)


def _differences(numbers: NDArray[Any]) -> NDArray[np.int32]:
    """Each number less the one before it: small, where they ascend, and mostly of one byte."""
    return np.diff(numbers, prepend=0).astype(np.int32)
