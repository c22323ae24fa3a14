"""How well the boundaries of answered classes lie on the true ones (curriculum D19)."""

import numpy as np

from gradatim.functional.void import known_pixels

TOLERANCE = 0.0075  # of the picture's diagonal


def boundary_f(answer: np.ndarray, y: np.ndarray, tolerance: float | None = None) -> float:
    """The boundary F1 of a picture, the mean over its classes (Csurka, Larlus & Perronnin 2013).

        P = the share of answered boundary pixels no further than θ from a true one,   R = the reverse
        F = 2PR/(P + R),   θ = 0.75 % of the diagonal, and no less than one pixel

    Shapes: both (H, W) class numbers. A pixel is on the boundary of its class where one of its four
    neighbours is of another. The mean is over classes that have a boundary in the answer or the truth, a
    class in only one of them counting 0; NaN where both are of one class throughout. A pixel that is not
    known in y is neither on a boundary nor what a class borders on, in the answer as in the truth; and NaN
    where such pixels hide all true boundaries.

    >>> y = np.array([[0, 0, 1, 1]] * 4)
    >>> boundary_f(y, y), boundary_f(np.zeros_like(y), y)
    (1.0, 0.0)
    """
    theta = max(1.0, TOLERANCE * float(np.hypot(*y.shape))) if tolerance is None else tolerance
    known = known_pixels(y)
    classes = np.union1d(answer[known], y[known]).tolist()
    pairs = [[_boundary(known & (one == k), known) for one in (answer, y)] for k in classes]
    if not known.all() and not any(true.any() for _, true in pairs):
        return float("nan")
    found = [_f(said, true, theta) for said, true in pairs]
    values = [one for one in found if one is not None]
    return float(np.mean(values)) if values else float("nan")


def _boundary(inside: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The pixels of a class (H, W) beside which another begins that is known; the picture's edge is no
    boundary.
    """
    near, other = np.zeros_like(inside), known & ~inside
    near[1:] |= other[:-1]
    near[:-1] |= other[1:]
    near[:, 1:] |= other[:, :-1]
    near[:, :-1] |= other[:, 1:]
    return near & inside


def _f(said: np.ndarray, true: np.ndarray, theta: float) -> float | None:
    """F1 of two boundaries; None where there is neither."""
    if not said.any() and not true.any():
        return None
    if not said.any() or not true.any():
        return 0.0
    precision, recall = _share_near(said, true, theta), _share_near(true, said, theta)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _share_near(of: np.ndarray, to: np.ndarray, theta: float) -> float:
    """The share of the pixels of one boundary that lie no further than θ from the other."""
    from scipy.spatial import cKDTree

    far = np.nextafter(theta, np.inf)  # what the tree is asked for lies below
    distance, _ = cKDTree(np.argwhere(to)).query(np.argwhere(of), distance_upper_bound=far)
    return float(np.isfinite(distance).mean())
