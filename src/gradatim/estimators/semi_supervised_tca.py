"""Semi-supervised transfer component analysis as a transformer."""

from typing import Any

import numpy as np
from sklearn.utils.validation import check_consistent_length, column_or_1d

from gradatim.checks import UsageError, real, whole
from gradatim.estimators.arguments import argument, keep
from gradatim.estimators.table_examples import required
from gradatim.estimators.tca import TCA
from gradatim.transfer.class_neighbours import answers_of, neighbour_laplacian
from gradatim.transfer.component_analysis import Terms, domain_terms


class SemiSupervisedTCA(TCA):
    """Semi-supervised transfer component analysis (Pan, Tsang, Kwok & Yang 2011, IV; curriculum G4).

        min_W tr(WᵀK(L + λ/N² ℒ)KW) + μ tr(WᵀW)   subject to   WᵀKHK̃HKW = I
        K̃ = γK_yy + (1 − γ)I,   K_yy 1 for two source rows of a class;   ℒ = D − M of nearest neighbours

    The components keep what goes with the labels of the source, and rows that are near stay near. Everything
    but what follows is as of `TCA`; the answers of target rows are not looked at.

    Parameters: `dependence` is γ, from 0 to 1; `locality` is λ; `n_neighbors` of the graph.

    Raises UsageError as TCA does.

    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(80, 3)), np.arange(80) % 2
    >>> marks = np.where(np.arange(80) < 50, 1, -1)
    >>> SemiSupervisedTCA(1, kernel="linear").fit_transform(X, y, sample_domain=marks).shape
    (80, 1)
    """

    def __init__(
        self, n_components: int | None = None, *, kernel: str = "rbf", gamma: float | None = None,
        mu: float = 0.1, dependence: float = 0.5, locality: float = 1.0, n_neighbors: int = 10,
        whiten: bool = True, n_landmarks: int = 1000, random_state: Any = 0,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any = None, sample_domain: Any = None) -> "SemiSupervisedTCA":
        """Learn from the rows of both domains, X (N, D), y (N,), of which the source's count, and marks."""
        required(self, y)
        super().fit(X, y, sample_domain)
        return self

    def _terms(self, X: np.ndarray, y: Any, source: np.ndarray) -> Terms:
        dependence = real("dependence", argument(self, "dependence"), at_least=0)
        if dependence > 1:
            raise UsageError(f"dependence must be a number from 0 to 1; it is {dependence!r}")
        locality = real("locality", argument(self, "locality"), at_least=0)
        neighbors = whole("n_neighbors", argument(self, "n_neighbors"), 1)
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        local = neighbour_laplacian(X, neighbors, locality) if locality else None
        return Terms(domain_terms(source), local, answers_of(y, source), dependence)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
