"""What the semi-supervised form of transfer component analysis adds: classes, and neighbours that stay."""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import laplacian

from gradatim.checks import UsageError


def neighbour_laplacian(x: np.ndarray, n_neighbors: int, strength: float) -> csr_matrix:
    """strength/N² · (D − M) of the graph of nearest neighbours (Pan, Tsang, Kwok & Yang 2011, eq. 19).

        m_ij = exp(−‖x_i − x_j‖²/2σ²) where i is among the k nearest of j, or j of i;   D = diag(Σ_j m_ij)
        tr(Zᵀ(D − M)Z) = ½ Σ_ij m_ij ‖z_i − z_j‖²

    σ is the mean distance of those neighbours. Shapes: x (N, D); returns (N, N).
    """
    from sklearn.neighbors import kneighbors_graph

    far = kneighbors_graph(x, min(n_neighbors, len(x) - 1), mode="distance")
    far = far.maximum(far.T)
    width = float(far.data.mean()) or 1.0
    weights = far.copy()
    weights.data = np.exp(-(far.data**2) / (2 * width**2))
    return csr_matrix(laplacian(weights) * (strength / len(x) ** 2))


def answers_of(y: Any, labelled: np.ndarray) -> np.ndarray:
    """Y (N, K) with YYᵀ = k_yy(y_i, y_j) of two labelled rows, and 0 beside a row without a label.

    Classes: k_yy is 1 for the same class and 0 for two; numbers: their product, in standard deviations.

    >>> answers_of(["a", "b", "a"], np.array([True, True, False])).tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]

    Raises UsageError where no row has a label.
    """
    from sklearn.utils.multiclass import type_of_target

    if not labelled.any():
        raise UsageError("no row has a label: the labels of the source's rows are learned from")
    known = np.asarray(y)[labelled]
    Y = np.zeros((len(labelled), 1))
    if type_of_target(known).startswith("continuous"):
        spread = known.std(0)
        numbers = (known - known.mean(0)) / np.where(spread > 0, spread, 1)
        numbers = numbers.reshape(len(known), -1)
        Y = np.zeros((len(labelled), numbers.shape[1]))
        Y[labelled] = numbers
        return Y
    classes, of = np.unique(known, return_inverse=True)
    Y = np.zeros((len(labelled), len(classes)))
    Y[np.flatnonzero(labelled), of] = 1
    return Y
