"""What captions that need no network get on a run's own split of pictures, to stand beside it."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradatim.data.pairs import Pairs
from gradatim.runs.trained import Trained

Model = tuple[str, str, Callable[[], Any]]  # name, what it is, and what it says
NEAREST = "nearest picture"
AT_ONCE = 256  # test pictures


class BesideCaptions:
    """Captions of the same training pictures: always the commonest, or that of the nearest picture."""

    def __init__(self, train: Pairs, test: Pairs, trained: Trained, class_weight: str | None, seed: int):
        self.train, self.test, self.problem = train, test, trained.problem
        self.rows = np.arange(len(train))

    @property
    def cells(self) -> int:
        """Numbers that pictures are compared by."""
        return int(self.train.inputs.size)

    def measures(self, answers: np.ndarray) -> dict[str, float]:
        """Of captions (N,)."""
        return self.problem.scores_of(answers.tolist(), self.test.references)  # type: ignore[attr-defined]

    def models(self) -> Iterator[Model]:
        """The commonest caption, and the caption of the nearest training picture."""
        yield "commonest caption", "of training, whatever the picture", self._commonest
        yield NEAREST, "the first caption of the training picture nearest in pixels", self._nearest

    def _commonest(self) -> np.ndarray:
        counts = Counter(text for some in self.train.references for text in some)
        commonest = min(counts, key=lambda text: (-counts[text], text))
        return np.array([commonest] * len(self.test), object)

    def _nearest(self) -> np.ndarray:
        """argmin_i ‖x − x_i‖² = argmin_i ‖x_i‖² − 2 xᵀx_i."""
        train = np.asarray(self.train.inputs)
        mean = train.mean()
        x = _rows(train, mean)
        norms = (x * x).sum(1)
        found: list[str] = []
        for first in range(0, len(self.test), AT_ONCE):
            some = _rows(np.asarray(self.test.inputs[first : first + AT_ONCE]), mean)
            nearest = (norms - 2 * some @ x.T).argmin(1)
            found += [self.train.references[row][0] for row in nearest.tolist()]
        return np.array(found, object)


def _rows(x: np.ndarray, mean: float) -> np.ndarray:
    """Pictures (N, C, H, W) as rows of numbers around the training mean."""
    return (x.reshape(len(x), -1) - mean).astype(np.float32)
