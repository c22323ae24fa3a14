"""What losses share that read K scores, or a single one for two classes."""

from torch import Tensor

from gradatim.functional.losses import BinaryCrossEntropy, CrossEntropy, weighted_mean


class ClassScores:
    """A loss of K scores an example, or of one score where there are two classes. Abstract."""

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        raise NotImplementedError

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)

    def expects(self, y: Tensor) -> int:
        """How many outputs an example these targets need at least; one tells two classes apart."""
        largest = int(y.max())
        return largest + 1 if largest > 1 else 1

    def probabilities(self, a: Tensor) -> Tensor:
        """softmax(a), or (1 − σ(a), σ(a)) of one score, (N, K, …)."""
        return (BinaryCrossEntropy() if is_single(a) else CrossEntropy()).probabilities(a)

    def decide(self, a: Tensor) -> Tensor:
        """The class of the largest score; of one score 1 where a > 0, otherwise 0."""
        return (BinaryCrossEntropy() if is_single(a) else CrossEntropy()).decide(a)


def is_single(a: Tensor) -> bool:
    """Whether there is one score an example, (N,) or (N, 1, …)."""
    return a.ndim == 1 or a.shape[1] == 1
