"""Where examples lie on a self-organising map (curriculum F11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.data.question import Question
from gradatim.problems.evidence import Evidence, TrainedMap
from gradatim.problems.problem import Array, Head, Problem

ROW, COLUMN, DISTANCE, APART = range(4)  # what a map says of an example


@dataclass(frozen=True)
class BestUnit(Problem):
    """The unit of a map that is nearest to each example: its row and its column, both from 0.

        quantisation error = mean ‖x − w_b‖,   topographic error = share of x whose second unit is no
        neighbour of the best

    Shapes: a (N, 4), row, column, ‖x − w_b‖ and whether the second unit is apart; y (N,) classes, by which
    hits are counted, or (N, 0) where there are none.

    >>> BestUnit().measures(np.array([[0, 1, 0.5, 0], [2, 2, 1.5, 1]]), np.empty((2, 0)))
    {'quantisation_error': 1.0, 'topographic_error': 0.5}
    """

    kind: ClassVar[str] = "best unit"
    task: ClassVar[str] = "map"
    losses: ClassVar[tuple[str, ...]] = ("squared_error",)
    deciding: ClassVar[tuple[str, int]] = ("quantisation_error", -1)
    reads_target: ClassVar[bool] = False
    loss_falls: ClassVar[bool] = False  # distances may grow while the neighbourhood is wide

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The classes of the data, by which hits are counted, where their target is one."""
        names = question.names if y is not None and y.ndim == 1 and y.dtype.kind in "iu" else ()
        return cls(tuple(names), loss or cls.losses[0])

    def head(self, examples: int | None = None) -> Head:
        """No output: the map's size is its own."""
        return Head(0, "the nearest unit of the map, its row and column")

    def truth(self, y: Array | None, x: Array) -> Array:
        """The classes (N,); nothing of each example, (N, 0), where there are none."""
        known = y is not None and self.names and y.ndim == 1 and y.dtype.kind in "iu"
        return y if known and y is not None else np.empty((len(x), 0))

    def predictions(self, a: Array) -> Array:
        """Row and column, (N, 2)."""
        return a[:, : COLUMN + 1].astype(np.int64)

    def answer(self, a: Array) -> Array:
        """The same."""
        return self.predictions(a)

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """Row, column, and the distance to that unit's weights."""
        place = self.predictions(a)
        return {
            "row": place[:, 0].tolist(),
            "column": place[:, 1].tolist(),
            "distance": a[:, DISTANCE].tolist(),
        }

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """The quantisation and the topographic error."""
        means = a[:, DISTANCE:].mean(0, dtype=np.float64)
        return {"quantisation_error": float(means[0]), "topographic_error": float(means[1])}

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """Where the examples lie; the map itself is the network's."""
        classes = y if y.ndim == 1 else np.empty(0, np.int64)
        return (TrainedMap(self.predictions(a), classes, tuple(map(str, self.names))),)
