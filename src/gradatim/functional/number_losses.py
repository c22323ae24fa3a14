"""Losses of numbers, and of distributions over them (curriculum B9, B10): a sum over an example's outputs.

`loss(a, y)` is the loss of every example, (N,), with the residual r = a − y; `loss.mean(a, y, w)` is
Σ w l / Σ w, or the plain mean. `predict` reads the outputs a as numbers, (N, D); for losses of distributions,
`spread` as their standard deviations. Targets y are (N, D), or (N,).
"""

from math import log, pi

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, real
from gradatim.functional.losses import weighted_mean


class _NumberLoss:
    """What these losses share: a value by example, the (weighted) mean, and how outputs are read."""

    outputs = 1  # for each number of a target

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example."""
        raise NotImplementedError

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)

    def predict(self, a: Tensor) -> Tensor:
        """The numbers that the outputs stand for, (N, D)."""
        a = a.reshape(len(a), -1)
        return a[:, : a.shape[1] // self.outputs]

    def _fit(self, a: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs (N, outputs · D) and targets (N, D); UsageError when they do not fit."""
        wide, y = a.reshape(len(a), -1), y.to(a.dtype).reshape(len(y), -1)
        if len(a) != len(y) or wide.shape[1] != self.outputs * y.shape[1]:
            raise UsageError(
                f"outputs of shape {tuple(a.shape)} do not fit targets of shape {tuple(y.shape)}"
            )
        return wide, y


class SquaredError(_NumberLoss):
    """Squared error: smooth at 0, hard on outliers.

        l = Σ_d r_d²,   r = a − y;   ∂l/∂a = 2 r

    >>> SquaredError()(torch.tensor([[3.0], [0.5]]), torch.tensor([0.0, 0.0])).tolist()
    [9.0, 0.25]
    """

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example."""
        a, y = self._fit(a, y)
        return (a - y).square().sum(1)


class HalfSquaredError(_NumberLoss):
    """Half the squared error, whose derivative is the residual itself.

        l = ½ Σ_d r_d²,   r = a − y;   ∂l/∂a = r

    >>> HalfSquaredError()(torch.tensor([[3.0], [0.5]]), torch.tensor([0.0, 0.0])).tolist()
    [4.5, 0.125]
    """

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example."""
        a, y = self._fit(a, y)
        return (a - y).square().sum(1) / 2


class AbsoluteError(_NumberLoss):
    """Absolute error: an outlier pulls as others do.

        l = Σ_d |r_d|,   r = a − y;   ∂l/∂a = sign r, 0 at the kink

    >>> AbsoluteError()(torch.tensor([[3.0], [0.5]]), torch.tensor([0.0, 0.0])).tolist()
    [3.0, 0.5]
    """

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example."""
        a, y = self._fit(a, y)
        return (a - y).abs().sum(1)


class Huber(_NumberLoss):
    """Huber's loss (1964): squares near 0, absolute values further out.

        l = Σ_d ½ r_d² for |r_d| ≤ δ, otherwise δ(|r_d| − ½δ);   ∂l/∂a = r, cut off at ±δ

    δ is `delta`. Raises UsageError for δ not above 0.

    >>> Huber()(torch.tensor([[3.0], [0.5]]), torch.tensor([0.0, 0.0])).tolist()
    [2.5, 0.125]
    """

    def __init__(self, delta: float = 1.0):
        self.delta = real("delta", delta, above=0)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example."""
        a, y = self._fit(a, y)
        return F.huber_loss(a, y, reduction="none", delta=self.delta).sum(1)


class GaussianNLL(_NumberLoss):
    """A Gaussian with learned mean and variance: the outputs are μ and s = log σ² (Nix & Weigend 1994).

        l = ½ Σ_d [log 2π + s_d + (y_d − μ_d)² e^−s_d]

    Shapes: a (N, 2D), first every μ, then every s; y (N, D), or (N,).

    >>> [round(l, 4) for l in GaussianNLL()(torch.tensor([[0.0, 0.0]]), torch.tensor([1.0])).tolist()]
    [1.4189]
    """

    outputs = 2

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example."""
        a, y = self._fit(a, y)
        mu, s = a.chunk(2, 1)
        return 0.5 * (log(2 * pi) + s + (y - mu).square() * torch.exp(-s)).sum(1)

    def spread(self, a: Tensor) -> Tensor:
        """The standard deviation σ of each number, (N, D)."""
        return torch.exp(0.5 * a.reshape(len(a), -1).chunk(2, 1)[1])


class LaplaceNLL(_NumberLoss):
    """A Laplace distribution with learned median and width: the outputs are μ and s = log b.

        l = Σ_d [log 2 + s_d + |y_d − μ_d| e^−s_d]

    Shapes: a (N, 2D), first every μ, then every s; y (N, D), or (N,).

    >>> [round(l, 4) for l in LaplaceNLL()(torch.tensor([[0.0, 0.0]]), torch.tensor([1.0])).tolist()]
    [1.6931]
    """

    outputs = 2

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example."""
        a, y = self._fit(a, y)
        mu, s = a.chunk(2, 1)
        return (log(2) + s + (y - mu).abs() * torch.exp(-s)).sum(1)

    def spread(self, a: Tensor) -> Tensor:
        """The standard deviation √2 b of each number, (N, D)."""
        return 2**0.5 * torch.exp(a.reshape(len(a), -1).chunk(2, 1)[1])


class PoissonNLL(_NumberLoss):
    """A Poisson distribution of counts: the outputs are the logarithms of its means, a = log λ.

        l = Σ_d [e^a_d − y_d a_d],   which is −log p(y) without log y!;   ∂l/∂a = e^a − y

    Torch's PoissonNLLLoss, of an example. Shapes: a (N, D), y (N, D) or (N,) of 0, 1, 2, …

    >>> [round(l, 4) for l in PoissonNLL()(torch.tensor([[0.0], [2.0]]), torch.tensor([1.0, 7.0])).tolist()]
    [1.0, -6.6109]
    """

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example."""
        a, y = self._fit(a, y)
        return (torch.exp(a) - y * a).sum(1)

    def predict(self, a: Tensor) -> Tensor:
        """The means λ, (N, D)."""
        return torch.exp(super().predict(a))
