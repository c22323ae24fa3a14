"""Codes by the distances to the centres of k-means (curriculum F12), as rows for a classifier."""

import numpy as np

from gradatim.checks import UsageError, whole


def kmeans_centres(rows: np.ndarray, centres: int, seed: int = 0) -> np.ndarray:
    """Centres (K, D) of rows (N, D), by scikit-learn's MiniBatchKMeans (Sculley 2010).

    Raises UsageError for more centres than rows.

    >>> rows = np.array([[0.0], [0.1], [5.0], [5.1]])
    >>> sorted(kmeans_centres(rows, 2).round().ravel().tolist())
    [0.0, 5.0]
    """
    from sklearn.cluster import MiniBatchKMeans

    if whole("centres", centres, 1) > len(rows):
        raise UsageError(f"{centres} centres need as many rows at least; there are {len(rows)}")
    found: np.ndarray = MiniBatchKMeans(centres, n_init=3, random_state=seed).fit(rows).cluster_centers_
    return found


def kmeans_hard(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """1 at the nearest centre, else 0: words of a visual vocabulary (Coates, Lee & Ng 2011, eq. 1).

        f_k(x) = 1 where k = argmin_j ‖x − c_j‖, the first of equals

    Shapes: x (N, D), centres (K, D) → (N, K). Raises UsageError where the D differ.

    >>> kmeans_hard(np.array([[0.0, 1.0]]), np.array([[0.0, 0.0], [0.0, 2.0], [0.0, 1.5]]))
    array([[0., 0., 1.]])
    """
    nearest = _distances(x, centres).argmin(1)
    return np.eye(len(centres), dtype=centres.dtype)[nearest]


def kmeans_triangle(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """How much nearer than on average each centre is (Coates, Lee & Ng 2011, eq. 2).

        f_k(x) = max(0, μ(z) − z_k),   z_k = ‖x − c_k‖,   μ(z) the mean of z_1, …, z_K

    About half of the numbers are 0. Shapes: x (N, D), centres (K, D) → (N, K). Raises UsageError where the D
    differ.

    >>> kmeans_triangle(np.array([[0.0]]), np.array([[1.0], [2.0], [6.0]]))
    array([[2., 1., 0.]])
    """
    z = _distances(x, centres)
    return np.maximum(z.mean(1, keepdims=True) - z, 0)


def _distances(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """‖x_n − c_k‖, (N, K)."""
    from scipy.spatial.distance import cdist

    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1]:
        raise UsageError(f"rows of shape {x.shape} do not fit centres of shape {centres.shape}")
    found: np.ndarray = cdist(x, centres)
    return found
