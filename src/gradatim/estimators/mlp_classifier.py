"""The multilayer perceptron as a classifier."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import column_or_1d, validate_data

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.losses.loss import Loss
from gradatim.checks import UsageError, one_of
from gradatim.data.sparse_rows import sparse_or_dense
from gradatim.estimators.arguments import keep
from gradatim.estimators.class_weights import weights_of_rows
from gradatim.estimators.multilayer import FLOATS, MultilayerPerceptron
from gradatim.estimators.targets import at_least_two, check_targets, classes_in, classes_of_all_calls, numbers

if TYPE_CHECKING:
    from gradatim.estimators.table_classifier import TableClassifier

KINDS = {"binary": "binary_cross_entropy", "multiclass": "cross_entropy", "multilabel": "multilabel"}
OUT = {"binary": "logistic", "multiclass": "softmax", "multilabel": "logistic"}


def _steps(estimator: Any) -> bool:
    """Whether it can learn from a part of the data at a time."""
    if estimator.early_stopping:
        raise AttributeError("partial_fit does not support early_stopping=True: it keeps no examples back")
    if getattr(estimator, "class_weight", None) == "balanced":
        raise AttributeError("partial_fit cannot balance classes it has not seen: class_weight takes a dict")
    if estimator.solver == "lbfgs":
        raise AttributeError("partial_fit needs a solver that learns step by step; lbfgs does not")
    return True


def _gives_probabilities(estimator: Any) -> bool:
    if estimator.loss == "hinge" or not (
        isinstance(estimator.loss, str) or hasattr(estimator.loss, "probabilities")
    ):
        raise AttributeError("probabilities need the loss log_loss; this one has scores only")
    return True


class MLPClassifier(ClassifierMixin, MultilayerPerceptron):
    """A multilayer perceptron that classifies (Rumelhart et al. 1986), called as scikit-learn's is.

        L = Σ_n w_n l(a_n, y_n)/Σ_n w_n + ½ α B/(Σ_n w_n) Σ ‖W‖²,   B batches an epoch, biases free

    Two classes have one sigmoid output and K > 2 classes K softmax outputs; `y` of 0 and 1 in several columns
    asks several questions at once. It trains in the precision of X: small networks by hand, in NumPy, large
    ones and those on a GPU in torch.

    Parameters, by scikit-learn's names and with its defaults: `hidden_layer_sizes`, `activation` (any of
    Gradatim's; `logistic` is `sigmoid`), `solver` (`adam`, `sgd`, `lbfgs`, any optimizer of Gradatim),
    `alpha`, `batch_size`, `learning_rate` (`constant`, `invscaling`, `adaptive`, or a schedule such as
    `cosine`), `power_t`, `max_iter`, `shuffle`, `random_state`, `tol`, `verbose`, `warm_start`, `momentum`,
    `nesterovs_momentum`, `early_stopping`, `validation_fraction`, `beta_1`, `beta_2`, `epsilon`,
    `n_iter_no_change`; `learning_rate_init=None` is 0.001 for `adam` and `sgd`, and otherwise the optimizer's
    own. Beyond scikit-learn's: `loss` (`log_loss`, `hinge` for two classes, or a Loss of by_hand.losses),
    `class_weight`, `label_smoothing`, `dropout` behind every hidden layer, `init`, `engine` (`auto`, `numpy`,
    `torch`) and `device` (`cpu`, `cuda`, `mps`, `auto`).

    Learned: `coefs_`, `intercepts_`, `classes_`, `loss_curve_` (without the penalty), `loss_`, `best_loss_`,
    `n_iter_`, `t_`, `n_layers_`, `n_outputs_`, `out_activation_`, `n_features_in_`, `feature_names_in_`,
    `validation_scores_` and `best_validation_score_` (accuracy).

    Raises UsageError for an argument that cannot be, NonFiniteLoss naming step and layer.

    >>> X, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), ["even", "odd", "odd", "even"]
    >>> xor = MLPClassifier((8,), activation="tanh", solver="lbfgs", random_state=1).fit(X, y)
    >>> xor.predict(X).tolist()
    ['even', 'odd', 'odd', 'even']
    """

    smooths = True

    def __init__(
        self, hidden_layer_sizes: Any = (100,), activation: str = "relu", *, solver: str = "adam",
        alpha: float = 1e-4, batch_size: Any = "auto", learning_rate: Any = "constant",
        learning_rate_init: float | None = None, power_t: float = 0.5, max_iter: int = 200,
        shuffle: bool = True, random_state: Any = None, tol: float = 1e-4, verbose: bool = False,
        warm_start: bool = False, momentum: float = 0.9, nesterovs_momentum: bool = True,
        early_stopping: bool = False, validation_fraction: float = 0.1, beta_1: float = 0.9,
        beta_2: float = 0.999, epsilon: float = 1e-8, n_iter_no_change: float = 10, loss: Any = "log_loss",
        class_weight: Any = None, label_smoothing: float = 0.0, dropout: float = 0.0,
        init: str | None = None, engine: str = "auto", device: str = "cpu",
    ):  # fmt: skip
        keep(self, locals())

    @classmethod
    def recommended(cls, **settings: Any) -> "TableClassifier":
        """A TableClassifier with these settings: the recipe of `gradatim train FILE`, where the defaults of
        MLPClassifier are scikit-learn's.

        >>> MLPClassifier.recommended(members=5)
        TableClassifier(members=5)
        """
        from gradatim.estimators.table_classifier import TableClassifier

        return TableClassifier(**settings)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "MLPClassifier":
        """Train on X (N, D), dense or sparse, and y, labels (N,) or 0 and 1 in columns (N, K)."""
        self._check()
        again = self._continues()
        X, y = self._validated(X, y, reset=not again)
        classes = classes_in(y)
        w = self._weighed(X, y, classes, sample_weight)
        if not again:
            self.classes_ = classes
            self._kind = "multilabel" if y.ndim == 2 else "binary" if len(classes) == 2 else "multiclass"
            self._start(X)
        elif set(classes) != set(self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                f"Previously got {self.classes_}, `y` has {classes}"
            )
        self._fit(*self._ready(X, y, w))
        return self

    @available_if(_steps)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> "MLPClassifier":
        """One epoch on these rows; the first call names the classes of all calls to come."""
        self._check()
        first = not hasattr(self, "coefs_")
        named = classes_of_all_calls(self, classes, first)
        X, y = self._validated(X, y, reset=first)
        w = self._weighed(X, y, named, sample_weight)
        if first:
            several = type_of_target(y).startswith("multilabel")
            kind = "multilabel" if several else "binary" if len(named) == 2 else "multiclass"
            if not several:
                at_least_two(named)
            check_targets(y, named, several)
            self.classes_, self._kind = named, kind
            self._start(X)
        self._learn_once(*self._ready(X, y, w))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row (N,), or every label's 0 or 1 (N, K)."""
        a = self._answer(X)
        number = self._loss().decide(a)  # type: ignore[attr-defined]
        return number if self._kind == "multilabel" else self.classes_[np.maximum(number, 0)]

    @available_if(_gives_probabilities)
    def predict_proba(self, X: Any) -> np.ndarray:
        """Every class's probability (N, K); of labels, each one's own."""
        a = self._answer(X)
        return self._loss().probabilities(a)  # type: ignore[attr-defined]

    @available_if(_gives_probabilities)
    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def decision_function(self, X: Any) -> np.ndarray:
        """The outputs before sigmoid or softmax: (N,) for two classes, otherwise (N, K)."""
        a = self._answer(X)
        return a[:, 0] if a.shape[1] == 1 else a

    def _validated(self, X: Any, y: Any, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        X, y = validate_data(self, X, y, accept_sparse="csr", multi_output=True, dtype=FLOATS, reset=reset)
        X = sparse_or_dense(X)
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _weighed(
        self, X: np.ndarray, y: np.ndarray, classes: np.ndarray, sample_weight: Any
    ) -> np.ndarray | None:
        """Every example's weight times its class's."""
        w = self._weights(X, sample_weight)
        if self.class_weight is None:
            return w
        of_class = weights_of_rows(self.class_weight, y, classes).astype(X.dtype)
        return self._weights(X, of_class if w is None else w * of_class)

    def _start(self, X: np.ndarray) -> None:
        K, loss = len(self.classes_), self._loss()
        outputs = K if self._kind == "multilabel" else 1 if self._kind == "binary" else K
        if hasattr(loss, "expects") and self._kind != "multilabel":
            outputs = loss.expects(np.arange(K))
        self._begin(X.shape[1], outputs, X.dtype)
        self.n_outputs_, self.out_activation_ = outputs, OUT[self._kind]

    def _ready(self, X: np.ndarray, y: np.ndarray, w: np.ndarray | None) -> tuple:
        """The targets as the loss reads them."""
        check_targets(y, self.classes_, self._kind == "multilabel")
        if self._kind == "multilabel":
            return X, np.asarray(y, np.int64), w
        return X, numbers(y, self.classes_), w

    def _loss_name(self) -> str | None:
        if isinstance(self.loss, Loss):
            return None
        if one_of("loss", self.loss, ("log_loss", "hinge")) == "log_loss":
            return KINDS[self._kind]
        if self._kind != "binary":
            raise UsageError(f"the hinge loss is for two classes; y has {len(self.classes_)}")
        return "hinge"

    def _loss(self) -> Loss:
        name = self._loss_name()
        return self.loss if name is None else loss_by_name(name)

    def _score(self, a: np.ndarray, y: np.ndarray, w: np.ndarray | None) -> float:
        """Accuracy; of labels, the share of rows that are right in all."""
        return float(accuracy_score(y, self._loss().decide(a), sample_weight=w))  # type: ignore[attr-defined]

    def _stratify(self, y: np.ndarray) -> np.ndarray | None:
        return y if y.ndim == 1 else None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
