"""What losses share that read scores at the places of a picture, all of them at once."""

import torch.nn.functional as F
from torch import Tensor

from gradatim.functional.class_scores import ClassScores
from gradatim.functional.void import skipped


class MaskScores(ClassScores):
    """A loss of K scores at every place of an example, (N, K, …), K ≥ 2. Abstract."""

    def expects(self, y: Tensor) -> int:
        """How many outputs these targets need at least."""
        return max(2, int(y.max()) + 1)


def places(a: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Scores (N, K, P), their targets (N, K, P), 1 for the right class, the P places in a row, and 1 for each
    place that is known, (N, 1, P); the targets of others are 0.
    """
    flat = y.reshape(len(y), -1)
    known = flat != skipped(a, y)
    right = F.one_hot(flat.where(known, 0), a.shape[1]).movedim(-1, 1).to(a.dtype)
    there = known[:, None].to(a.dtype)
    return a.reshape(*a.shape[:2], -1), right * there, there
