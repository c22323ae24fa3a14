"""Kohonen's rules with their falling rates, as the loop and the estimator apply them."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradatim.checks import UsageError, one_of, real
from gradatim.nn.unit_grid import RULES, squared_distances
from gradatim.unsupervised.map_kernel import online_path, online_steps
from gradatim.unsupervised.map_steps import AT_ONCE, batch_step, decay, grid_groups, neighbourhood


class KohonenRule:
    """A grid, a rule, and how α and σ fall: σ(p) = σ₀/(1 + (σ₀/σ₁ − 1) p), p the share of training done.

    α of the online rule falls likewise from `lr` to `final_lr`; that of the batch rule is `lr` throughout.
    `sigma` is half the longer side of the grid when None, `final_sigma` 1, or σ₀ where that is less,
    `final_lr` a tenth of `lr`. Raises UsageError for a value that cannot be.
    """

    def __init__(
        self, rows: int, columns: int, topology: str, rule: str = "batch", lr: float = 0.5,
        sigma: Any = None, final_sigma: Any = None, final_lr: Any = None,
    ):  # fmt: skip
        self.rule = one_of("rule", rule, RULES)
        self.lr = real("lr", lr, above=0)
        if self.lr > 1:
            raise UsageError(f"lr must be a number above 0 and at most 1; it is {self.lr:g}")
        self.sigma = max(rows, columns) / 2 if sigma is None else real("sigma", sigma, above=0)
        least = min(self.sigma, 1.0)
        self.final_sigma = least if final_sigma is None else real("final_sigma", final_sigma, above=0)
        self.final_lr = self.lr / 10 if final_lr is None else real("final_lr", final_lr, above=0)
        self.squared = squared_distances(rows, columns, topology)
        if rule == "online":
            self.distinct, self.group = grid_groups(self.squared)

    def path(self, dtype: np.dtype) -> str:
        """Which code makes its steps, and why."""
        return "NumPy" if self.rule == "batch" else online_path(np.dtype(dtype).name)[1]

    def rate(self, progress: float) -> float:
        """α after a share of training."""
        return self.lr if self.rule == "batch" else float(decay(self.lr, self.final_lr, progress))

    def batch(
        self, W: np.ndarray, X: np.ndarray, w: np.ndarray | None, progress: float
    ) -> tuple[np.ndarray, float, float]:
        """One step over all examples X (N, D), weighted by w (N,): see `map_steps.batch_step`."""
        H = neighbourhood(self.squared, decay(self.sigma, self.final_sigma, progress)).astype(W.dtype)
        return batch_step(W, _parts(X, w), H, self.lr)

    def online(self, W: np.ndarray, X: np.ndarray, seen: int, total: int) -> tuple[np.ndarray, float]:
        """A step for each of these examples, before which `seen` of `total` were made: W, and Σ‖x − w_b‖."""
        progress = ((seen + np.arange(len(X))) / total)[:, None]
        h = neighbourhood(self.distinct, decay(self.sigma, self.final_sigma, progress))
        g = (decay(self.lr, self.final_lr, progress) * h).astype(W.dtype)
        by_feature = np.ascontiguousarray(W.T)
        error = online_steps(by_feature, X, g, self.group)
        return by_feature.T, error


def _parts(X: np.ndarray, w: np.ndarray | None) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Examples and weights, as many as are held at once."""
    for at in range(0, len(X), AT_ONCE):
        yield X[at : at + AT_ONCE], None if w is None else w[at : at + AT_ONCE]
