"""What losses share that read K scores, or a single one for two classes."""

import numpy as np

from gradatim.by_hand.losses.classes import BinaryCrossEntropy, CrossEntropy
from gradatim.by_hand.losses.loss import Loss


class ClassScores(Loss):
    """A loss of K scores an example, or of one score where there are two classes. Abstract."""

    def expects(self, y: np.ndarray) -> int:
        """How many outputs an example these targets need at least; one tells two classes apart."""
        largest = int(y.max())
        return largest + 1 if largest > 1 else 1

    def probabilities(self, a: np.ndarray) -> np.ndarray:
        """softmax(a), or (1 − σ(a), σ(a)) of one score, (N, K)."""
        return (BinaryCrossEntropy() if is_single(a) else CrossEntropy()).probabilities(a)

    def decide(self, a: np.ndarray) -> np.ndarray:
        """The class of the largest score; of one score 1 where a > 0, otherwise 0, (N,)."""
        return (BinaryCrossEntropy() if is_single(a) else CrossEntropy()).decide(a)


def is_single(a: np.ndarray) -> bool:
    """Whether there is one score an example, (N,) or (N, 1)."""
    return a.ndim == 1 or a.shape[1] == 1
