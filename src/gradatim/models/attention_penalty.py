"""A loss by which attention looks at every place of a picture about once."""

from copy import copy
from typing import Any, NamedTuple

from torch import Tensor


class Attended(NamedTuple):
    """The scores of all steps (S, K), and what each place got of all words of a caption, (N, P)."""

    outputs: Tensor
    seen: Tensor


class LossOfAttention:
    """A loss of the outputs and the penalty of attention (Xu et al. 2015, eq. 14).

        L = mean l(s, y) + λ mean_n Σ_i (1 − Σ_t α_ti)²

    Shapes: a of `Attended`, or scores alone, without the penalty; y (S,), w (S,) or None.
    """

    def __init__(self, doubly_stochastic: float, loss: Any):
        self.doubly_stochastic, self.loss = doubly_stochastic, loss

    @property
    def smoothing(self) -> float:
        """ε of the loss of the scores."""
        return self.loss.smoothing

    @smoothing.setter
    def smoothing(self, value: float) -> None:
        self.loss = copy(self.loss)
        self.loss.smoothing = value

    def mean(self, a: Any, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        if not isinstance(a, Attended):
            return self.loss.mean(a, y, w)
        penalty = (1 - a.seen).square().sum(1).mean()
        return self.loss.mean(a.outputs, y, w) + self.doubly_stochastic * penalty
