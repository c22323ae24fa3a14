"""What losses share that read scores at the places of a picture, all of them at once."""

import torch.nn.functional as F
from torch import Tensor

from gradatim.functional.class_scores import ClassScores


class MaskScores(ClassScores):
    """A loss of K scores at every place of an example, (N, K, …), K ≥ 2. Abstract."""

    def expects(self, y: Tensor) -> int:
        """How many outputs these targets need at least."""
        return max(2, int(y.max()) + 1)


def places(a: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Scores (N, K, P) and their targets (N, K, P), 1 for the right class, the P places in a row."""
    right = F.one_hot(y.reshape(len(y), -1), a.shape[1]).movedim(-1, 1).to(a.dtype)
    return a.reshape(*a.shape[:2], -1), right
