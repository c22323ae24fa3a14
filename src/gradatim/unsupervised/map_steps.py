"""The two rules of a self-organising map, as functions of arrays."""

from collections.abc import Iterable

import numpy as np

AT_ONCE = 1024  # examples whose distances are held at the same time


def decay(first: float, last: float, progress: float | np.ndarray) -> float | np.ndarray:
    """A value that falls from `first` to `last` as progress goes from 0 to 1: first/(1 + (first/last − 1) p).

    >>> decay(3.0, 1.0, 0.0), decay(3.0, 1.0, 1.0)
    (3.0, 1.0)
    """
    return first / (1 + (first / last - 1) * progress)


def neighbourhood(squared: np.ndarray, sigma: float | np.ndarray) -> np.ndarray:
    """The Gaussian exp(−d²/2σ²) of squared distances on the grid.

    >>> neighbourhood(np.array([0.0, 2.0]), 1.0).round(3).tolist()
    [1.0, 0.368]
    """
    return np.exp(-squared / (2 * np.asarray(sigma, np.float64) ** 2))


def best_units(W: np.ndarray, X: np.ndarray, second: bool = False) -> np.ndarray:
    """The nearest unit of each example, (N,); with `second` the two nearest, (N, 2), the nearest first.

        argmin ‖x − w‖² = argmax xᵀw − ½‖w‖²

    Shapes: W (U, D), X (N, D).
    """
    half = (W * W).sum(1) / 2
    found = np.empty((len(X), 1 + second), np.intp)
    for at in range(0, len(X), AT_ONCE):
        nearness = X[at : at + AT_ONCE] @ W.T
        nearness -= half
        b = found[at : at + AT_ONCE]
        b[:, 0] = nearness.argmax(1)
        if second:
            nearness[np.arange(len(b)), b[:, 0]] = -np.inf
            b[:, 1] = nearness.argmax(1)
    return found if second else found[:, 0]


def batch_step(
    W: np.ndarray, parts: Iterable[tuple[np.ndarray, np.ndarray | None]], H: np.ndarray, alpha: float = 1.0
) -> tuple[np.ndarray, float, float]:
    """One step over all examples (Kohonen 2013): every unit goes to the weighted mean of the examples.

        S_u = Σ x of the examples whose best unit is u,  n_u how many;   w ← w + α (H S/(H n) − w)

    Shapes: W (U, D), each part X (N, D) and weights (N,) or None, H (U, U) = exp(−d²/2σ²). Units that no
    example reaches stay. Returns the new W, Σ‖x − w_b‖ before the step, and the weight of the examples.
    """
    S, n = np.zeros_like(W), np.zeros(len(W), W.dtype)
    error = weight = 0.0
    for X, w in parts:
        b = best_units(W, X)
        distance = np.sqrt(np.square(X - W[b]).sum(1, dtype=np.float64))
        order = np.argsort(b, kind="stable")
        units, starts = np.unique(b[order], return_index=True)
        weighted = X[order] if w is None else X[order] * w[order, None]
        S[units] += np.add.reduceat(weighted, starts)
        n += np.bincount(b, w, len(W)).astype(W.dtype)
        error += float(distance.sum() if w is None else distance @ w)
        weight += float(len(X) if w is None else w.sum())
    reached = (H @ n)[:, None]
    means = np.divide(H @ S, reached, out=W.copy(), where=reached > np.finfo(W.dtype).tiny)
    return (means if alpha == 1 else W + W.dtype.type(alpha) * (means - W)), error, weight


def online_steps(W: np.ndarray, X: np.ndarray, g: np.ndarray, group: np.ndarray) -> float:
    """One step an example, in their order (Kohonen 1982); W is changed in place. Returns Σ‖x − w_b‖.

        w ← w + α(t) exp(−d²/2σ(t)²) (x − w)

    Shapes: W (D, U), X (N, D), g (N, G) = α(t) exp(−d²/2σ(t)²) for the G distances that the grid has, and
    group (U, U), which of these lies between two units.
    """
    error = 0.0
    for x, row in zip(X, g, strict=True):
        difference = x[:, None] - W
        squared = (difference * difference).sum(0)
        b = squared.argmin()
        error += float(squared[b]) ** 0.5
        W += row[group[b]] * difference
    return error


def grid_groups(squared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct squared distances of a grid, (G,), and which of them lies between two units, (U, U)."""
    distinct, group = np.unique(squared, return_inverse=True)
    return distinct.astype(np.float64), group.reshape(squared.shape).astype(np.int32)
