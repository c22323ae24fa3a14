"""The loss of localisation by regression: a class and four numbers (curriculum D32)."""

import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, real
from gradatim.functional.losses import weighted_mean

BOX = 4


class ClassAndBox:
    """Cross entropy of the class and squared error of the box (after Sermanet et al. 2014, section 4.2).

        l = −log p_k + λ Σ_d (b_d − t_d)²,   p = softmax(a_1 … a_K),   b = (a_K+1 … a_K+4)

    t are the edges of the one object, left, top, right and bottom, as shares of the picture's sides; a
    picture whose object is gone, of class −1, costs nothing. The paper trains the box alone behind a
    classifier that stands still; here both learn at once.

    Shapes: a (N, K + 4), y (N, 1, 5), four edges and the number of the class.

    Raises UsageError for a negative λ, for other outputs, and for several objects.

    >>> import torch
    >>> a, y = torch.tensor([[0.0, 0.0, 0.5, 0.5, 1.0, 1.0]]), torch.tensor([[[0.5, 0.5, 1.0, 0.9, 1.0]]])
    >>> round(ClassAndBox()(a, y).item(), 4)  # log 2 + 10 · 0.01
    0.7931
    """

    def __init__(self, box_weight: float = 10.0):
        self.box_weight = real("box_weight", box_weight, at_least=0)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        self.check(a, y)
        kind, box = y[:, 0, BOX].long(), y[:, 0, :BOX].to(a.dtype)
        said = F.cross_entropy(a[:, :-BOX], kind, reduction="none", ignore_index=-1)
        return said + self.box_weight * (a[:, -BOX:] - box).square().sum(1) * (kind >= 0)

    def check(self, a: Tensor, y: Tensor) -> None:
        """Raise UsageError where outputs are not scores and four edges of one box."""
        if a.ndim != 2 or y.ndim != 3 or y.shape[1:] != (1, 5) or a.shape[1] <= BOX or len(a) != len(y):
            raise UsageError(
                "class_and_box reads outputs (N, K + 4) and one box a picture, (N, 1, 5); the outputs are "
                f"{tuple(a.shape)} and the targets {tuple(y.shape)}"
            )
        if (most := int(y[:, 0, BOX].max())) >= a.shape[1] - BOX:
            raise UsageError(f"there are {a.shape[1] - BOX} scores, but a class {most}")

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)
