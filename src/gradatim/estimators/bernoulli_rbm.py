"""A restricted Boltzmann machine of binary units, as scikit-learn has it."""

import time
from typing import Any
from zlib import crc32

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from gradatim.by_hand.boltzmann_machine import Machine, persistent_step, pseudo_likelihood
from gradatim.checks import real, whole
from gradatim.estimators.arguments import argument, keep

FLOATS = (np.float64, np.float32)


class BernoulliRBM(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Restricted Boltzmann machine of binary units by persistent contrastive divergence (Tieleman 2008).

        P(v, h) = exp(hᵀ W v + bᵀ v + cᵀ h)/Z;   W ← W + η (⟨h vᵀ⟩_data − ⟨h vᵀ⟩_chains)

    It takes scikit-learn's parameters and the steps of scikit-learn's BernoulliRBM: from the same
    random_state both arrive at the same weights. `transform` gives P(h = 1 | v).

    Parameters: `n_components`, hidden units; `learning_rate` is η; `batch_size`, rows of a step, and how many
    chains there are; `n_iter`, epochs. Learned: `components_` is W (H, V), `intercept_visible_` b,
    `intercept_hidden_` c, `h_samples_` the chains' hidden states.

    Raises UsageError for a number out of its bounds.

    >>> X = np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    >>> BernoulliRBM(n_components=2, random_state=0).fit_transform(X).shape
    (4, 2)
    """

    def __init__(
        self, n_components: int = 256, *, learning_rate: float = 0.1, batch_size: int = 10, n_iter: int = 10,
        verbose: int = 0, random_state: Any = None,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any = None) -> "BernoulliRBM":
        """Learn from rows X (N, D) of numbers in [0, 1], dense or sparse, in the order that they stand in."""
        self._check()
        X = validate_data(self, X, accept_sparse="csr", dtype=FLOATS)
        rng = check_random_state(self.random_state)
        self._begin(X.shape[1], X.dtype, rng)
        size = argument(self, "batch_size")
        for iteration in range(1, argument(self, "n_iter") + 1):
            started = time.perf_counter()
            for first in range(0, X.shape[0], size):
                self._step(X[first : first + size], rng)
            if self.verbose:
                print(
                    f"[{type(self).__name__}] Iteration {iteration}, pseudo-likelihood = "
                    f"{self.score_samples(X).mean():.2f}, time = {time.perf_counter() - started:.2f}s"
                )
        return self

    def partial_fit(self, X: Any, y: Any = None) -> "BernoulliRBM":
        """One step by all rows of X."""
        self._check()
        first = not hasattr(self, "components_")
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=first)
        if not hasattr(self, "random_state_"):
            self.random_state_ = check_random_state(self.random_state)
        if first:
            self._begin(X.shape[1], X.dtype, self.random_state_)
        self._step(X, self.random_state_)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """P(h = 1 | v) of rows X (N, D), (N, n_components)."""
        check_is_fitted(self)
        return self._mean_hiddens(validate_data(self, X, accept_sparse="csr", reset=False, dtype=FLOATS))

    def gibbs(self, v: Any) -> np.ndarray:
        """The rows v (N, D) after a step of Gibbs sampling, h ~ P(h | v), v ~ P(v | h)."""
        check_is_fitted(self)
        if not hasattr(self, "random_state_"):
            self.random_state_ = check_random_state(self.random_state)
        h = self._sample_hiddens(v, self.random_state_)
        p = self._machine.visible(h)
        return self.random_state_.uniform(size=p.shape) < p

    def score_samples(self, X: Any) -> np.ndarray:
        """The pseudo-likelihood of rows X (N, D), (N,), estimated by flipping one unit of each.

        Which one is a function of `random_state` and of the row, so that a row's score does not depend on
        the rows beside it, as scikit-learn's own does.
        """
        check_is_fitted(self)
        v = _dense(validate_data(self, X, accept_sparse="csr", reset=False))
        start = int(check_random_state(self.random_state).randint(2**31 - 1))
        rows = np.ascontiguousarray(v, np.float64)
        flipped = np.array([crc32(row.tobytes(), start) for row in rows]) % v.shape[1]
        return pseudo_likelihood(self._machine, v, flipped)

    # ---- names that scikit-learn's own tests ask for

    def _mean_hiddens(self, v: Any) -> np.ndarray:
        return self._machine.hidden(_dense(v))

    def _sample_hiddens(self, v: Any, rng: np.random.RandomState) -> np.ndarray:
        p = self._mean_hiddens(v)
        return rng.uniform(size=p.shape) < p

    @property
    def _machine(self) -> Machine:
        return Machine(self.components_, self.intercept_visible_, self.intercept_hidden_)

    def _begin(self, features: int, dtype: Any, rng: np.random.RandomState) -> None:
        units = argument(self, "n_components")
        self.components_ = rng.normal(0, 0.01, (units, features)).astype(dtype)
        self.intercept_hidden_ = np.zeros(units, dtype)
        self.intercept_visible_ = np.zeros(features, dtype)
        self.h_samples_ = np.zeros((argument(self, "batch_size"), units), dtype)
        self._n_features_out = units

    def _step(self, X: Any, rng: np.random.RandomState) -> None:
        rate = float(argument(self, "learning_rate"))
        persistent_step(
            self._machine, _dense(X), self.h_samples_, rate, lambda shape: rng.uniform(size=shape)
        )

    def _check(self) -> None:
        whole("n_components", self.n_components, 1)
        whole("batch_size", self.batch_size, 1)
        whole("n_iter", self.n_iter, 0)
        real("learning_rate", self.learning_rate, above=0)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _dense(rows: Any) -> np.ndarray:
    return rows.toarray() if issparse(rows) else np.asarray(rows)
