"""Rows of a sparse matrix that become dense where they are read, a batch at a time."""

from typing import Any

import numpy as np


class SparseRows:
    """The rows of a matrix or array of SciPy in CSR form, as what learns from rows indexes them.

    Indexing gives dense rows, an array of NumPy; `part` stays sparse. So a network learns from a matrix that
    would not fit into memory with its zeros, and gets the very batches that it would get of the dense one.

    >>> from scipy.sparse import csr_array
    >>> rows = SparseRows(csr_array([[0.0, 2.0], [1.0, 0.0], [0.0, 0.0]]))
    >>> len(rows), rows.shape, rows[1:].tolist(), rows.part(np.array([0]))[:].tolist()
    (3, (3, 2), [[1.0, 0.0], [0.0, 0.0]], [[0.0, 2.0]])
    """

    ndim = 2

    def __init__(self, matrix: Any):
        self.matrix = matrix

    def __len__(self) -> int:
        return self.matrix.shape[0]

    def __getitem__(self, rows: Any) -> np.ndarray:
        return self.matrix[rows].toarray()

    @property
    def shape(self) -> tuple[int, int]:
        """(N, D)."""
        return self.matrix.shape

    @property
    def dtype(self) -> np.dtype:
        """The numbers' type."""
        return self.matrix.dtype

    def astype(self, dtype: Any, copy: bool = False) -> "SparseRows":
        """The same rows in another type."""
        return SparseRows(self.matrix.astype(dtype, copy=copy))

    def take(self, rows: np.ndarray, axis: int = 0) -> np.ndarray:
        """Dense rows by their numbers."""
        return self[rows]

    def part(self, rows: np.ndarray) -> "SparseRows":
        """These rows, sparse."""
        return SparseRows(self.matrix[rows])


def sparse_or_dense(X: Any) -> Any:
    """SparseRows of a sparse matrix, an array as it is."""
    return SparseRows(X) if hasattr(X, "toarray") else X


def part_of(X: Any, rows: np.ndarray) -> Any:
    """Some rows, sparse where X is."""
    return X.part(rows) if isinstance(X, SparseRows) else X[rows]
