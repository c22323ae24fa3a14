"""Whether two domains overlap at all, which weights of their examples take for granted."""

from typing import Any

import numpy as np

from gradatim.random import permutation

APART = 0.99  # of the rows told apart, from which on two domains share no region
MOST = 500  # rows of a domain that are looked at
RIDGE = 1e-3


def separability(source: Any, target: Any, seed: int = 0) -> float:
    """The share of rows whose domain is told from the other rows, both domains counting the same.

    About ½ of one distribution, 1 where the supports have nothing in common. The better of two classifiers
    (Lopez-Paz & Oquab, Revisiting classifier two-sample tests, 2017), each row left out in turn: least
    squares on the columns and their squares, and the nearest row of either domain. The first finds one column
    of many that moved, the second a region of any shape. Columns are scaled by the deviation inside of the
    domains. Of more than 500 rows of a domain 500 are drawn by `seed`.

    Shapes: source (N, D), target (M, D).

    >>> rng = np.random.default_rng(0)
    >>> separability(rng.normal(0, 1, (50, 2)), rng.normal(9, 1, (50, 2)))
    1.0
    """
    source, target = (_some(np.asarray(one, np.float64), MOST, seed) for one in (source, target))
    inside = np.sqrt((source.var(0) + target.var(0)) / 2)
    both = np.concatenate([source, target])
    spread = np.where(inside > 1e-12 * abs(both).max(0), inside, both.std(0))
    moved, scale = both.mean(0), np.where(spread > 0, spread, 1)
    source, target = (source - moved) / scale, (target - moved) / scale
    n = min(len(source), len(target))
    return max(
        by_least_squares(source, target), by_neighbours(_some(source, n, seed), _some(target, n, seed))
    )


def by_least_squares(source: np.ndarray, target: np.ndarray, ridge: float = RIDGE) -> float:
    """The share told apart by ridge regression of ±1 on columns and squares, left out in closed form.

        B = C^½ Φ = U S Vᵀ,   h_i = Σ_k U_ik² s_k²/(s_k² + λ),   ŷ₋ᵢ = (ŷ_i − h_i y_i)/(1 − h_i)

    Φ holds a one, the columns and their squares of each row, C weights that sum to ½ in each domain.

    Shapes: source (N, D), target (M, D).
    """
    x = np.concatenate([source, target])
    columns = np.concatenate([x, x**2], axis=1)
    spread = columns.std(0)
    columns = (columns - columns.mean(0)) / np.where(spread > 0, spread, 1)
    phi = np.concatenate([np.ones((len(x), 1)), columns], axis=1)
    sizes = np.repeat([len(source), len(target)], [len(source), len(target)])
    y, root = np.repeat([-1.0, 1.0], [len(source), len(target)]), np.sqrt(0.5 / sizes)
    U, S, _ = np.linalg.svd(root[:, None] * phi, full_matrices=False)
    share = S**2 / (S**2 + ridge)
    fitted, h = U @ (share * (U.T @ (root * y))) / root, (U**2 * share).sum(1)
    return _balanced(y * (fitted - h * y) > 1e-12, len(source))


def by_neighbours(source: np.ndarray, target: np.ndarray) -> float:
    """The share of rows that are nearer to another row of their own domain than to any of the other's.

    Shapes: source and target (N, D), equally many, for the larger domain is the nearer one.
    """
    across = _squares(source, target)
    own = np.concatenate([_apart(source), _apart(target)])
    return _balanced(own < np.concatenate([across.min(1), across.min(0)]), len(source))


def _balanced(right: np.ndarray, first: int) -> float:
    return float((right[:first].mean() + right[first:].mean()) / 2)


def _apart(x: np.ndarray) -> np.ndarray:
    """Squared distance of each row to the nearest other one; infinite of a single row."""
    squares = _squares(x, x)
    np.fill_diagonal(squares, np.inf)
    return squares.min(1)


def _squares(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """‖a_i − b_j‖², never below 0."""
    return np.maximum((a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T, 0)


def _some(x: np.ndarray, most: int, seed: int) -> np.ndarray:
    return x[np.sort(permutation(seed, "overlap", len(x))[:most])] if len(x) > most else x
