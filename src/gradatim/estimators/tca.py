"""Transfer component analysis as a transformer."""

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from gradatim.checks import UsageError, real, truth, whole
from gradatim.estimators.arguments import argument, keep, seed_of
from gradatim.functional.kernels import KERNELS, kernel_width
from gradatim.random import permutation
from gradatim.transfer.component_analysis import (
    Terms,
    domain_terms,
    transfer_components,
    transfer_features,
)

WHOLE_UP_TO = 5000  # rows whose kernel matrix is held


class TCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Transfer component analysis (Pan, Tsang, Kwok & Yang 2011; curriculum G4).

        min_W tr(WᵀKLKW) + μ tr(WᵀW)   subject to   WᵀKHKW = I
        L = ℓℓᵀ, ℓ = 1/n_s of a source row, −1/n_t of a target row: the distance of the domains' means
        K(L)K + μI against KHK, a symmetric problem of generalised eigenvalues

    `fit(X, y, sample_domain)` takes the rows of both domains, `sample_domain` (N,) above 0 for a row of the
    source and below 0 for one of the target, as skada marks them; `fit_domains(X_source, X_target)` takes
    them apart. y is not looked at. Where no domain is marked all rows are of one, and the components are
    those of kernel principal component analysis. `transform` takes new rows of either domain.

    Parameters: `n_components`, as many as columns when None, and never more than the rows span in the
    kernel; `kernel` linear, rbf or laplace with its `gamma`, by the median distance when None; `mu` is μ;
    `whiten`, whether all components vary alike, as the constraint has it, or else by their ratios, with every
    w of length 1. Beyond 5,000 rows Nyström's features of `n_landmarks` rows, drawn by `random_state`,
    stand for the kernel.

    Learned: `components_` W, `rows_` that kernels are taken with, `gamma_`, `objective_`, `ratios_` (each
    component's part of it is 1/ratio), `residual_` of the first-order conditions, `n_landmarks_` (0 where the
    kernel is whole).

    Raises UsageError for a number out of its bounds, marks of one domain alone, and more components than the
    rows span.

    >>> rng = np.random.default_rng(0)
    >>> source, target = rng.normal(size=(60, 3)), rng.normal(size=(40, 3)) + [3, 0, 0]
    >>> tca = TCA(2, kernel="linear").fit_domains(source, target)
    >>> bool(np.abs(tca.transform(source).mean(0) - tca.transform(target).mean(0)).max() < 0.01)
    True
    """

    def __init__(
        self, n_components: int | None = None, *, kernel: str = "rbf", gamma: float | None = None,
        mu: float = 0.1, whiten: bool = True, n_landmarks: int = 1000, random_state: Any = 0,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any = None, sample_domain: Any = None) -> "TCA":
        """Learn from the rows of both domains, X (N, D) and their marks (N,)."""
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        source = _source_rows(sample_domain, len(X))
        return self._fit(X, self._terms(X, y, source))

    def fit_domains(self, X_source: Any, X_target: Any, y_source: Any = None) -> "TCA":
        """Learn from the rows of the source (N, D), their answers, and the rows of the target (M, D)."""
        X, y, marks = _together(X_source, X_target, y_source)
        return self.fit(X, y, sample_domain=marks)

    def transform(self, X: Any) -> np.ndarray:
        """The components of rows (N, D) of either domain, (N, n_components)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        if self.kernel == "linear":
            return X @ self.components_
        return KERNELS[self.kernel](X, self.rows_, self.gamma_) @ self.components_

    def _terms(self, X: np.ndarray, y: Any, source: np.ndarray) -> Terms:
        return Terms(domain_terms(source))

    def _fit(self, X: np.ndarray, terms: Terms) -> "TCA":
        asked = argument(self, "n_components")
        m = whole("n_components", X.shape[1] if asked is None else asked, 1)
        mu = real("mu", argument(self, "mu"), above=0)
        self.gamma_ = kernel_width(self.kernel, X, argument(self, "gamma"))
        landmarks, self.n_landmarks_ = whole("n_landmarks", argument(self, "n_landmarks"), 1), 0
        if self.kernel == "linear":
            self.rows_ = X[:0]
            found = transfer_features(X, terms, asked, mu)
        elif len(X) > WHOLE_UP_TO:
            self.n_landmarks_ = min(landmarks, len(X))
            self.rows_ = X[np.sort(permutation(seed_of(self.random_state), "landmarks", len(X))[:landmarks])]
            root = _nystroem_root(KERNELS[self.kernel](self.rows_, self.rows_, self.gamma_))
            F = KERNELS[self.kernel](X, self.rows_, self.gamma_) @ root
            found = transfer_features(F, terms, asked, mu)
            found = replace(found, W=root @ found.W)
        else:
            self.rows_ = X
            K = KERNELS[self.kernel](X, X, self.gamma_)
            found = transfer_components(K, terms, asked, mu, most=m)
        m = min(m, len(found.ratios))
        self.components_, self.ratios_ = found.W[:, :m], found.ratios[:m]
        if not truth("whiten", self.whiten):
            self.components_ = self.components_ / found.lengths[:m]
        self.objective_, self.residual_ = float((1 / self.ratios_).sum()), found.residual
        self._n_features_out = m
        return self


def _nystroem_root(K: np.ndarray) -> np.ndarray:
    """U Λ^−½ of K = UΛUᵀ without directions of rounding, so that features K_xr U Λ^−½ have the kernel
    K_xr K⁺ K_rx (Williams & Seeger 2001).
    """
    values, U = np.linalg.eigh(K)
    kept = values > values[-1] * len(K) * 1e-12
    return U[:, kept] / np.sqrt(values[kept])


def _source_rows(sample_domain: Any, n: int) -> np.ndarray:
    """Whether each row is of the source; every row where nothing is marked."""
    if sample_domain is None:
        return np.ones(n, bool)
    marks = check_array(sample_domain, ensure_2d=False, input_name="sample_domain")
    if marks.shape != (n,):
        raise UsageError(f"sample_domain must be one mark a row, {n}; its shape is {marks.shape}")
    if (marks == 0).any():
        raise UsageError(
            f"sample_domain is 0 at row {int(np.flatnonzero(marks == 0)[0])}: a row of the source has a mark "
            "above 0, a row of the target one below 0"
        )
    source = marks > 0
    if source.all() or not source.any():
        which = "source" if source.all() else "target"
        raise UsageError(f"all rows are of the {which}: sample_domain must mark rows of both domains")
    return source


def _together(X_source: Any, X_target: Any, y_source: Any) -> tuple[np.ndarray, Any, np.ndarray]:
    """Rows of both domains, answers with the first one's for those without, and marks 1 and −1."""
    source, target = (check_array(one, dtype=np.float64) for one in (X_source, X_target))
    if source.shape[1] != target.shape[1]:
        raise UsageError(
            f"the source has {source.shape[1]} columns and the target {target.shape[1]}: they must agree"
        )
    y = None
    if y_source is not None:
        known = np.asarray(y_source)
        y = np.concatenate([known, np.repeat(known[:1], len(target), axis=0)])
    return np.concatenate([source, target]), y, np.repeat([1, -1], [len(source), len(target)])
