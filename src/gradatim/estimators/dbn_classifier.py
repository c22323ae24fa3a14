"""A deep belief network as the beginning of a classifier, for scikit-learn's pipelines."""

from typing import Any

import numpy as np
from scipy.special import expit, log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from gradatim.checks import plain_numbers, real, whole
from gradatim.estimators.arguments import argument, keep, seed_of
from gradatim.estimators.targets import classes_in, numbers

FLOATS = [np.float64, np.float32]


class DBNClassifier(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClassifierMixin, BaseEstimator):
    """Classifier of sigmoid layers that begin as a deep belief network (Hinton & Salakhutdinov 2006).

        each layer   a Boltzmann machine on what the layers below say, by contrastive divergence
        then all     h_l = σ(W_l h_{l−1} + c_l), P(y | x) = softmax(W h_L + b), by backpropagation and Adam

    Columns in [0, 1] are binary units of the first machine, others Gaussian, whose deviations are folded into
    the weights; scale columns of very different reach first.

    Parameters: `hidden_layer_sizes`; `pretrain_epochs` of each machine, 0 for none; `pretrain_lr` (0.1 of
    binary and 0.01 of Gaussian units when None); `k`, steps of Gibbs sampling; `max_iter`, epochs of all
    layers together, at `learning_rate_init`; `batch_size`; `dropout` behind every hidden layer while all
    learn.

    Learned: `coefs_` (D, H) and `intercepts_` of every layer, `classes_`, `loss_curve_`, `n_iter_`, and
    `pretrain_loss_curves_`, the errors of each machine's first reconstructions.

    Raises UsageError for a number out of its bounds and, with machines, where no column varies.

    >>> X = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1], [0, 1, 1, 1]])
    >>> net = DBNClassifier((8, 8), learning_rate_init=0.02, random_state=0).fit(X, ["a", "a", "b", "b"])
    >>> net.predict(X).tolist()
    ['a', 'a', 'b', 'b']
    """

    def __init__(
        self, hidden_layer_sizes: Any = (100, 100), *, pretrain_epochs: int = 10,
        pretrain_lr: float | None = None, k: int = 1, learning_rate_init: float = 3e-3, batch_size: int = 32,
        max_iter: int = 100, dropout: float = 0.0, random_state: Any = 0,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any) -> "DBNClassifier":
        """Learn from X (N, D) and classes y (N,)."""
        sizes = plain_numbers(self.hidden_layer_sizes)
        sizes = [sizes] if isinstance(sizes, int) else list(sizes)
        for units in sizes or [0]:
            whole("hidden_layer_sizes", units, 1)
        machines = whole("pretrain_epochs", argument(self, "pretrain_epochs"), 0)
        X, y = validate_data(self, X, y, dtype=FLOATS)
        y = column_or_1d(y, warn=True)
        classes = classes_in(y)
        self.classes_ = classes
        loop = self._loop(X, numbers(y, classes), sizes, machines)
        self.loss_curve_: list[float] = []
        curves: dict[str, list[float]] = {}
        for record in loop:
            curve = curves.setdefault(record.stage, []) if record.stage else self.loss_curve_
            curve.append(record.train_loss)
        self.pretrain_loss_curves_ = list(curves.values())
        self._n_features_out = sizes[-1]
        self.n_iter_ = len(self.loss_curve_)
        layers = [layer for layer in loop.model if hasattr(layer, "in_features")]
        self.coefs_ = [layer.weight.detach().numpy().T.copy() for layer in layers]
        self.intercepts_ = [layer.bias.detach().numpy().copy() for layer in layers]
        return self

    def _loop(self, X: np.ndarray, y: np.ndarray, sizes: list[int], machines: int) -> Any:
        """The stages of learning; one alone without machines."""
        import torch

        from gradatim.models.building import build
        from gradatim.training.training import Training
        from gradatim.unsupervised.pretraining import Pretraining

        seed, precision = seed_of(self.random_state), str(X.dtype)
        dropout = real("dropout", argument(self, "dropout"), at_least=0, below=1)
        entry = {
            "name": "mlp", "in_features": X.shape[1], "out_features": len(self.classes_), "hidden": sizes,
            "activation": "sigmoid", "dropout": dropout,
        }  # fmt: skip
        network = build(entry, seed, getattr(torch, precision))
        given: dict[str, Any] = {
            "epochs": whole("max_iter", argument(self, "max_iter"), 1), "seed": seed,
            "precision": precision,
            "lr": real("learning_rate_init", argument(self, "learning_rate_init"), above=0),
            "batch_size": argument(self, "batch_size"),
        }  # fmt: skip
        k = whole("k", argument(self, "k"), 1)
        if not machines:
            return Training(network, (X, y), **given)
        rate = argument(self, "pretrain_lr")
        return Pretraining(
            network, (X, y), kind="rbm", how={"k": k}, pretrain_epochs=machines, pretrain_lr=rate, **given
        )

    def decision_function(self, X: Any) -> np.ndarray:
        """The outputs before softmax: (N, K); for two classes their difference, (N,)."""
        a = self._outputs(X)
        return a[:, 1] - a[:, 0] if len(self.classes_) == 2 else a

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row, (N,)."""
        number = self._outputs(X).argmax(1)
        return self.classes_[number]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Every class's probability, (N, K)."""
        return np.exp(self.predict_log_proba(X))

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of `predict_proba`."""
        return log_softmax(self._outputs(X), axis=1)

    def transform(self, X: Any) -> np.ndarray:
        """The means of the highest hidden layer, (N, H)."""
        return self._hidden(X)

    def _hidden(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        h = validate_data(self, X, reset=False, dtype=FLOATS).astype(self.coefs_[0].dtype, copy=False)
        for W, c in zip(self.coefs_[:-1], self.intercepts_[:-1], strict=True):
            h = expit(h @ W + c)
        return h

    def _outputs(self, X: Any) -> np.ndarray:
        return self._hidden(X) @ self.coefs_[-1] + self.intercepts_[-1]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
