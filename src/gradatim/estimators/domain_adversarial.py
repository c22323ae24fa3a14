"""A classifier that learns from labels of one domain and rows of another, for scikit-learn's pipelines."""

from typing import Any

import numpy as np
from scipy.special import log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_array, check_is_fitted, column_or_1d, validate_data

from gradatim.checks import UsageError, one_of, plain_numbers, real, whole
from gradatim.estimators.arguments import argument, keep, seed_of
from gradatim.estimators.targets import classes_in, numbers

FLOATS = [np.float64, np.float32]
WAYS = ("dann", "cdan", "coral", "mmd")


class DomainAdversarialClassifier(ClassifierMixin, BaseEstimator):
    """A multilayer perceptron adapted to another domain (DANN: Ganin et al. 2016; curriculum G5).

        min over features and labels, max over the domain classifier:   L_y(X, y) − λ_p L_d(X, X_target)
        h_l = max(0, W_l h_{l−1} + b_l),   P(y | x) = softmax(W h + b);   λ_p = w (2/(1 + e^{−γp}) − 1)

    `fit(X, y, X_target)` learns from labelled rows of the source and rows of the target, whose labels it does
    not take. Without X_target it is a classifier of the source alone.

    Parameters: `hidden_layer_sizes`, at least one layer, the last of which holds the features that both
    domains share; `adaptation`, `dann`, `cdan`, `coral` or `mmd`; `weight` and `gamma`, w and γ;
    `domain_units` of the domain classifier, 0 for none; `learning_rate_init`, of Adam, falling along a
    cosine; `batch_size`, `max_iter` (epochs), `dropout`, `random_state`.

    Learned: `coefs_` (D, H) and `intercepts_` of every layer, `classes_`, `loss_curve_`, `discrepancies_`
    (an epoch's mean L_d, or distance), `domain_accuracies_` of dann and cdan, `n_iter_`, `n_features_in_`.

    Raises UsageError for an argument that cannot be, and for an X_target of other columns, which it names.

    >>> X, y = np.array([[0.0, 0], [0, 1], [3, 0], [3, 1]] * 8), [0, 0, 1, 1] * 8
    >>> net = DomainAdversarialClassifier((8,), learning_rate_init=0.03).fit(X, y, X_target=X + [0.5, 0])
    >>> net.predict([[0.2, 0.5], [3.5, 0.5]]).tolist()
    [0, 1]
    """

    def __init__(
        self, hidden_layer_sizes: Any = (100,), *, adaptation: str = "dann", weight: float = 1.0,
        gamma: float = 10.0, domain_units: int = 100, learning_rate_init: float = 3e-3, batch_size: int = 32,
        max_iter: int = 50, dropout: float = 0.0, random_state: Any = 0,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any, X_target: Any = None) -> "DomainAdversarialClassifier":
        """Learn from X (N, D), its classes y (N,), and X_target (M, D)."""
        one_of("adaptation", self.adaptation, WAYS)
        sizes = plain_numbers(self.hidden_layer_sizes)
        sizes = [sizes] if isinstance(sizes, int) else list(sizes)
        for units in sizes or [0]:
            whole("hidden_layer_sizes", units, 1)
        X, y = validate_data(self, X, y, dtype=FLOATS)
        y = column_or_1d(y, warn=True)
        self.classes_ = classes_in(y)
        target = None if X_target is None else self._checked_target(X_target, X.dtype)
        loop = self._loop(X, numbers(y, self.classes_), target, sizes)
        records = list(loop)
        loop.end()
        self.loss_curve_ = [record.train_loss for record in records]
        of_both = [record.train for record in records]
        self.discrepancies_ = [one["discrepancy"] for one in of_both if "discrepancy" in one]
        self.domain_accuracies_ = [one["domain_accuracy"] for one in of_both if "domain_accuracy" in one]
        self.n_iter_ = len(records)
        layers = [layer for layer in loop.model if hasattr(layer, "in_features")]
        self.coefs_ = [layer.weight.detach().numpy().T.copy() for layer in layers]
        self.intercepts_ = [layer.bias.detach().numpy().copy() for layer in layers]
        return self

    def _checked_target(self, X_target: Any, dtype: Any) -> np.ndarray:
        """The target's rows; UsageError naming the columns where they are others than the source's."""
        found = check_array(X_target, dtype=dtype, input_name="X_target")
        names = getattr(self, "feature_names_in_", None)
        given = [str(name) for name in getattr(X_target, "columns", ())]
        if names is not None and given and given != list(names):
            raise UsageError(
                f"X_target must have the columns of X in their order: {_odd(list(names), given)}"
            )
        if found.shape[1] != self.n_features_in_:
            raise UsageError(
                f"X_target must have the columns of X: X has {self.n_features_in_}, X_target {found.shape[1]}"
            )
        return found

    def _loop(self, X: np.ndarray, y: np.ndarray, target: np.ndarray | None, sizes: list[int]) -> Any:
        """What teaches the network."""
        import torch

        from gradatim.models.building import build
        from gradatim.training.training import Training
        from gradatim.transfer.adversarial import KINDS, DomainAdversarial
        from gradatim.transfer.alignment import DomainAlignment

        seed = seed_of(self.random_state)
        description = {
            "name": "mlp", "in_features": X.shape[1], "out_features": len(self.classes_), "hidden": sizes,
            "dropout": real("dropout", argument(self, "dropout"), at_least=0, below=1),
        }  # fmt: skip
        network = build(description, seed, getattr(torch, X.dtype.name))
        how: dict[str, Any] = {
            "epochs": whole("max_iter", argument(self, "max_iter"), 1),
            "batch_size": whole("batch_size", argument(self, "batch_size"), 1),
            "lr": real("learning_rate_init", argument(self, "learning_rate_init"), above=0),
            "schedule": "cosine", "seed": seed, "precision": X.dtype.name,
        }  # fmt: skip
        pull: dict[str, Any] = {"weight": argument(self, "weight"), "gamma": argument(self, "gamma")}
        hidden = whole("domain_units", argument(self, "domain_units"), 0)
        if target is None:
            return Training(network, (X, y), **how)
        if self.adaptation in KINDS:
            return DomainAdversarial(
                network, (X, y), target, kind=self.adaptation, hidden=hidden, **pull, **how
            )  # fmt: skip
        return DomainAlignment(network, (X, y), target, kind=self.adaptation, **pull, **how)

    def features(self, X: Any) -> np.ndarray:
        """What the last hidden layer says of rows, (N, H): the features that both domains share."""
        check_is_fitted(self)
        h = validate_data(self, X, dtype=FLOATS, reset=False)
        for W, b in zip(self.coefs_[:-1], self.intercepts_[:-1], strict=True):
            h = np.maximum(h @ W + b, 0)
        return h

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of every class's probability, (N, K)."""
        h = self.features(X)
        return log_softmax(h @ self.coefs_[-1] + self.intercepts_[-1], axis=1)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Every class's probability, (N, K)."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row, (N,)."""
        best = self.predict_log_proba(X).argmax(1)
        return self.classes_[best]


def _odd(names: list[str], given: list[str]) -> str:
    """Which columns of X and of X_target are not the same, in words."""
    lists = {
        "without": [name for name in names if name not in given],
        "with": [name for name in given if name not in names],
    }
    said = [f"it is {word} {', '.join(map(repr, some))}" for word, some in lists.items() if some]
    return (
        " and ".join(said) or f"they are {', '.join(map(repr, names))}, its own {', '.join(map(repr, given))}"
    )
