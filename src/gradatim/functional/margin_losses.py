"""Losses that ask for a margin between the right class's score and the others (curriculum B9)."""

import torch
from torch import Tensor

from gradatim.functional.class_scores import ClassScores, is_single


class Hinge(ClassScores):
    """Hinge loss: no loss once the right class leads by 1 (Cortes & Vapnik 1995; Weston & Watkins 1999).

        l = 1/K Σ_{k ≠ y} max(0, 1 − a_y + a_k);   of one score  l = max(0, 1 − s a),  s = ±1

    With K scores it is Weston & Watkins' sum over the wrong classes, not Crammer & Singer's largest term,
    divided by K as torch's MultiMarginLoss does. At a kink the derivative is 0. Nothing makes scores
    probabilities: `probabilities` is their softmax, whose order is right and which is not calibrated.

    Shapes: a (N, K), y (N,) of class numbers; or a (N,) or (N, 1), y (N,) of 0 and 1, or of −1 and 1.

    >>> round(Hinge()(torch.tensor([[0.5, 0.0, 0.0]]), torch.tensor([0])).item(), 4)
    0.3333
    """

    power = 1  # of each term

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        if is_single(a):
            a = a.reshape(len(y))
            return torch.relu(1 - torch.where(y > 0, a, -a)) ** self.power
        right = y.long()[:, None]
        short = torch.relu(1 - a.gather(1, right) + a).scatter(1, right, 0)  # of the margin, (N, K)
        return (short**self.power).sum(1) / a.shape[1]


class SquaredHinge(Hinge):
    """Squared hinge loss: `Hinge` with every term squared, so that its derivative has no jump.

        l = 1/K Σ_{k ≠ y} max(0, 1 − a_y + a_k)²;   of one score  l = max(0, 1 − s a)²,  s = ±1

    Torch's MultiMarginLoss with p = 2.

    >>> round(SquaredHinge()(torch.tensor([[0.5, 0.0, 0.0]]), torch.tensor([0])).item(), 4)
    0.1667
    """

    power = 2
