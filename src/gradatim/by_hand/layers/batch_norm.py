"""Batch normalisation."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer, outward
from gradatim.checks import UsageError, real, whole


class BatchNorm(Layer):
    """Batch normalisation of each channel over the batch and all places (Ioffe & Szegedy 2015, Alg. 1 and 2).

        training:    μ = 1/m Σ_i x_i,   σ² = 1/m Σ_i (x_i − μ)²   over the m numbers of a channel
                     running mean ← (1 − ρ) running mean + ρ μ,   running variance likewise from σ² m/(m − 1)
        evaluation:  μ, σ² = running mean and variance
        x̂ = (x − μ)/s,   s = √(σ² + ε),   y = γ x̂ + β

        ∂L/∂γ = Σ_i g_i x̂_i,   ∂L/∂β = Σ_i g_i
        evaluation:  ∂L/∂x_i = γ g_i/s
        training:    ∂L/∂x_i = γ/s (g_i − 1/m Σ_j g_j − x̂_i 1/m Σ_j g_j x̂_j)

    because there μ and s, too, depend on every x_i: ∂μ/∂x_i = 1/m and ∂s/∂x_i = x̂_i/m, so that
    ∂x̂_j/∂x_i = ([i = j] − 1/m − x̂_i x̂_j/m)/s.

    Shapes: x (N, num_features, …) → the same. ρ is `momentum`, None for the plain mean over all batches.
    The running mean starts at 0, the running variance at 1. A batch without numbers leaves them.
    """

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True
    ):
        super().__init__()
        self.num_features = whole("num_features", num_features, 1)
        self.eps = real("eps", eps, above=0)
        self.momentum = None if momentum is None else real("momentum", momentum, at_least=0)
        if affine:
            self.shapes = {"weight": (self.num_features,), "bias": (self.num_features,)}  # type: ignore[misc]
        self.memory = {
            "running_mean": np.zeros(self.num_features), "running_var": np.ones(self.num_features),
            "num_batches_tracked": np.zeros((), np.int64),
        }  # fmt: skip

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """γ = 1, β = 0."""
        starts = {"weight": np.ones(self.num_features), "bias": np.zeros(self.num_features)}
        return {key: starts[key] for key in self.shapes}

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The normalised numbers."""
        if x.shape[1:2] != (self.num_features,):
            shape = tuple(x.shape[1:])
            raise UsageError(f"batch_norm of {self.num_features} channels got examples of shape {shape}")
        inner = self.inward("x", x)
        rows = inner.reshape(self.num_features, x.size // self.num_features)  # (C, m)
        self.training = training and x.size > 0
        mean, var = self._statistics(rows) if self.training else self._running()
        self.s = np.sqrt(var + self.eps)[:, None].astype(x.dtype)
        self.x_hat = np.subtract(rows, mean[:, None], out=self.buffer("x_hat", rows.shape, x.dtype))
        self.x_hat /= self.s
        if not self.shapes:
            return outward(self.x_hat.reshape(inner.shape))
        y = np.multiply(self.x_hat, self.parameters["weight"][:, None], out=self.like("y", self.x_hat))
        y += self.parameters["bias"][:, None]
        return outward(y.reshape(inner.shape))

    def _running(self) -> tuple[np.ndarray, np.ndarray]:
        return self.memory["running_mean"], self.memory["running_var"]

    def _statistics(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """μ and σ² of the batch, which the running ones follow."""
        m = rows.shape[1]
        if m < 2:
            raise UsageError(
                "batch_norm needs more than one number per channel while training; it got one: "
                "let every batch hold two examples or more"
            )
        mean, var = rows.mean(1), rows.var(1)
        count = self.memory["num_batches_tracked"]
        count += 1
        rho = 1 / int(count) if self.momentum is None else self.momentum
        for running, value in zip(self._running(), (mean, var * (m / (m - 1))), strict=True):
            running *= 1 - rho
            running += rho * value
        return mean, var

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """∂L/∂γ, ∂L/∂β, and ∂L/∂x."""
        inner = self.inward("g", g)
        G, x_hat = inner.reshape(self.x_hat.shape), self.x_hat
        d_beta, d_gamma = G.sum(1), np.einsum("cm,cm->c", G, x_hat)
        if self.shapes:
            self.gradients["weight"][...], self.gradients["bias"][...] = d_gamma, d_beta
        dx = self.like("dx", x_hat)
        if self.training:
            m = G.shape[1]
            np.multiply(x_hat, d_gamma[:, None] / m, out=dx)
            np.subtract(G, dx, out=dx)
            dx -= d_beta[:, None] / m
        else:
            np.copyto(dx, G)
        dx *= self.parameters["weight"][:, None] / self.s if self.shapes else 1 / self.s
        return outward(dx.reshape(inner.shape))
