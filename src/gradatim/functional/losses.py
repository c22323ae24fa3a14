"""Losses for classes: the value, and what the network's outputs mean.

`loss(a, y)` is the loss of every example, (N,); `loss.mean(a, y, w)` is Σ w l / Σ w, or the plain mean; the
outputs a are scores (logits), which `probabilities` and `decide` read.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import real
from gradatim.functional.void import NONE, mean_of_known, skipped


def weighted_mean(loss: Tensor, w: Tensor) -> Tensor:
    """Σ w l / Σ w; 0 for a batch without weight."""
    return (loss * w).sum() / w.sum().clamp_min(torch.finfo(w.dtype).tiny)


class CrossEntropy:
    """Categorical cross entropy: K classes, of which one is right.

        l = −log p_y,   p = softmax(a);   ∂l/∂a_k = p_k − [k = y]

    With smoothing ε (Szegedy et al. 2016, section 7) the target is q_k = (1 − ε)[k = y] + ε/K. Where an
    example has a class at every place, its loss is the mean over its places; pixels of a mask that are not
    known (see `functional.void`) are left out, and without weights the mean over the batch is that over its
    known pixels, torch's with ignore_index. Soft targets are a probability y_k of each class:
    l = −Σ_k y_k log p_k, ∂l/∂a_k = p_k Σ_j y_j − y_k.

    Shapes: a (N, K), y (N,) of class numbers or (N, K) of probabilities; of masks a (N, K, H, W),
    y (N, H, W).

    Raises UsageError for ε outside [0, 1).

    >>> losses = CrossEntropy()(torch.tensor([[0.0, 0.0], [2.0, 0.0]]), torch.tensor([0, 0]))
    >>> [round(l, 4) for l in losses.tolist()]
    [0.6931, 0.1269]
    """

    takes_shares = True  # a probability of each class as target
    takes_classes = True  # a class number

    def __init__(self, smoothing: float = 0.0):
        self.smoothing = real("smoothing", smoothing, at_least=0, below=1)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        return mean_of_known(self._at_places(a, y, "none"), a, y)

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        if w is not None:
            return weighted_mean(self(a, y), w)
        void = skipped(a, y)
        if void == NONE:
            return self._at_places(a, y, "mean")
        return self._at_places(a, y, "sum") / (y != void).sum().clamp_min(1)

    def _at_places(self, a: Tensor, y: Tensor, reduction: str) -> Tensor:
        how: dict[str, Any] = {"reduction": reduction, "label_smoothing": self.smoothing}
        return F.cross_entropy(a, _as_read(a, y), ignore_index=skipped(a, y), **how)

    def expects(self, y: Tensor) -> int:
        """How many outputs an example these targets need at least."""
        return int(y.max()) + 1

    def probabilities(self, a: Tensor) -> Tensor:
        """Every class's p = softmax(a), (N, K, …)."""
        return torch.softmax(a, 1)

    def decide(self, a: Tensor) -> Tensor:
        """The most probable class, (N, …)."""
        return a.argmax(1)


class BinaryCrossEntropy:
    """Binary cross entropy: two classes, one output.

        l = −y log p − (1−y) log(1−p),   p = σ(a);   ∂l/∂a = p − y

    With smoothing ε the target is q = (1 − ε) y + ε/2. With `pos_weight` w the first term counts w times, as
    if class 1 came w times as often. Where an example has an answer at every place, its loss is the mean over
    its places.

    Shapes: a (N,) or (N, 1), y (N,) of 0 and 1; of masks a (N, 1, H, W), y (N, H, W).

    Raises UsageError for ε outside [0, 1) or a w not above 0.

    >>> [round(l, 4) for l in BinaryCrossEntropy()(torch.tensor([0.0, 2.0]), torch.tensor([1, 1])).tolist()]
    [0.6931, 0.1269]
    """

    takes_fractions = True  # a probability of the answer yes as target

    def __init__(self, smoothing: float = 0.0, pos_weight: float | None = None):
        self.smoothing = real("smoothing", smoothing, at_least=0, below=1)
        self.pos_weight = None if pos_weight is None else real("pos_weight", pos_weight, above=0)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        a = a.reshape(y.shape)
        target = (1 - self.smoothing) * y.to(a.dtype) + self.smoothing / 2
        loss = F.binary_cross_entropy_with_logits(
            a, target, reduction="none", pos_weight=weight_beside(self.pos_weight, a)
        )
        return loss if loss.ndim == 1 else loss.flatten(1).mean(1)

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)

    def expects(self, y: Tensor) -> int:
        """One output an example."""
        return 1

    def probabilities(self, a: Tensor) -> Tensor:
        """(1 − p, p), (N, 2, …)."""
        p = torch.sigmoid(_scores(a))
        return torch.stack([1 - p, p], 1)

    def decide(self, a: Tensor) -> Tensor:
        """1 where p > ½, (N, …)."""
        return (_scores(a) > 0).long()


def weight_beside(pos_weight: Any, a: Tensor) -> Tensor | None:
    """The weight of the answer yes, one or one a label, as a tensor like the scores."""
    return None if pos_weight is None else torch.as_tensor(pos_weight, dtype=a.dtype, device=a.device)


def _as_read(a: Tensor, y: Tensor) -> Tensor:
    """Class numbers as they are, probabilities in the scores' precision."""
    return y.to(a.dtype) if y.is_floating_point() else y


def _scores(a: Tensor) -> Tensor:
    """(N, 1, …) without the axis of the one output, (N, …)."""
    return a[:, 0] if a.ndim > 1 else a
