"""The self-organising map as a transformer."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.utils.validation import check_is_fitted, validate_data

from gradatim.checks import one_of, whole
from gradatim.estimators.arguments import argument, keep, seed_of
from gradatim.nn.unit_grid import STARTS, check_grid
from gradatim.random import permutation
from gradatim.unsupervised.kohonen_rule import KohonenRule
from gradatim.unsupervised.map_measures import hits, map_errors, u_matrix
from gradatim.unsupervised.map_start import first_weights
from gradatim.unsupervised.map_steps import best_units

FLOATS = [np.float64, np.float32]
AT_ONCE = 256  # online steps between two looks


class SOM(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Self-organising map (Kohonen 1982, 2013; curriculum F11).

        online  w_u ← w_u + α(t) exp(−d²(u, b)/2σ(t)²) (x − w_u),   b the unit nearest to x
        batch   w_u ← w_u + α (m_u − w_u),   m_u the mean of all x weighted by exp(−d²(u, b(x))/2σ²)

    `predict` gives the number of the nearest unit, row · columns + column; `transform` the distances to all
    units, (N, rows · columns). Scale the columns first, as with every method that compares distances.

    Parameters: `topology`, rectangular or hexagonal; `rule`, batch or online; `initial`, pca, sample or
    random; `sigma` falls to `final_sigma` (half the longer side to 1 when None); `learning_rate` is α (1 for
    the batch rule and 0.5, falling to a tenth, for the online one when None); `max_iter`, passes.

    Learned: `weights_` (rows · columns, D), `labels_` (N,), `hits_` and `u_matrix_` (rows, columns),
    `quantisation_error_`, `topographic_error_`, `loss_curve_` (mean ‖x − w_b‖ of each pass), `n_iter_`.

    Raises UsageError for a number out of its bounds.

    >>> X = np.random.default_rng(0).random((200, 2))
    >>> som = SOM(rows=4, columns=4).fit(X)
    >>> som.transform(X).shape, som.quantisation_error_ < 0.15, som.topographic_error_ < 0.1
    ((200, 16), True, True)
    """

    def __init__(
        self, rows: int = 10, columns: int = 10, *, topology: str = "rectangular", rule: str = "batch",
        initial: str = "pca", sigma: float | None = None, final_sigma: float | None = None,
        learning_rate: float | None = None, max_iter: int = 30, random_state: Any = 0,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any = None) -> "SOM":
        """Learn from the rows of X (N, D); y is not looked at."""
        rows, columns, topology = check_grid(argument(self, "rows"), argument(self, "columns"), self.topology)
        X = validate_data(self, X, dtype=FLOATS, ensure_min_samples=2)
        lr = argument(self, "learning_rate")
        lr = (1.0 if self.rule == "batch" else 0.5) if lr is None else lr
        rule = KohonenRule(
            rows, columns, topology, self.rule, lr, argument(self, "sigma"), argument(self, "final_sigma")
        )
        passes, seed = whole("max_iter", argument(self, "max_iter"), 1), seed_of(self.random_state)
        start = one_of("initial", self.initial, STARTS)
        W = first_weights(X, rows, columns, start, seed).astype(X.dtype)
        self.loss_curve_: list[float] = []
        for epoch in range(passes):
            W, error = _pass(rule, W, X, epoch, passes, seed)
            self.loss_curve_.append(error / len(X))
        self.weights_, self.n_iter_ = np.ascontiguousarray(W), passes
        self._n_features_out = len(W)
        self.labels_ = best_units(self.weights_, X)
        self.hits_ = hits(self.labels_, rows, columns)
        self.u_matrix_ = u_matrix(self.weights_, rows, columns, topology)
        distance, apart = map_errors(self.weights_, X, rows, columns, topology)
        self.quantisation_error_, self.topographic_error_ = float(distance.mean()), float(apart.mean())
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The nearest unit of each row, (N,)."""
        X = self._checked(X)
        return best_units(self.weights_, X)

    def fit_predict(self, X: Any, y: Any = None) -> np.ndarray:
        """Learn from X, and the nearest unit of each of its rows."""
        return self.fit(X).labels_

    def transform(self, X: Any) -> np.ndarray:
        """‖x − w‖ of every unit, (N, rows · columns)."""
        X = self._checked(X)
        return euclidean_distances(X, self.weights_)

    def _checked(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return validate_data(self, X, dtype=FLOATS, reset=False)


def _pass(
    rule: KohonenRule, W: np.ndarray, X: np.ndarray, epoch: int, passes: int, seed: int
) -> tuple[np.ndarray, float]:
    """One pass over the examples: the weights after it, and Σ‖x − w_b‖ before each step."""
    if rule.rule == "batch":
        W, error, _ = rule.batch(W, X, None, epoch / passes)
        return W, error
    order, total = permutation(seed, epoch, len(X)), 0.0
    for at in range(0, len(X), AT_ONCE):
        W, error = rule.online(W, X[order[at : at + AT_ONCE]], epoch * len(X) + at, passes * len(X))
        total += error
    return W, total
