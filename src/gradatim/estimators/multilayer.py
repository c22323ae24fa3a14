"""What MLPClassifier and MLPRegressor share: a network, its training, and what is kept of it."""

import warnings
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from gradatim import catalog
from gradatim.by_hand.losses.loss import Loss
from gradatim.by_hand.network import Network
from gradatim.checks import NonFiniteLoss, UsageError, known, one_of, whole
from gradatim.data.at_once import AT_ONCE
from gradatim.data.dataset import Dataset
from gradatim.data.sparse_rows import part_of, sparse_or_dense
from gradatim.device import ENGINES, choose_device
from gradatim.estimators import weights
from gradatim.estimators.arguments import argument, check, check_patience, seed_of
from gradatim.estimators.progress import Converged, Patience, Progress, Rate, divergence, schedule_of
from gradatim.estimators.solvers import solver_of
from gradatim.models.mlp import mlp
from gradatim.training.batches.numpy_rows import as_rows
from gradatim.training.engines.rule import choose_engine
from gradatim.training.nonfinite_loss_by_hand import why_not_finite
from gradatim.training.training import Training

FLOATS = [np.float64, np.float32]
POSITIVE, FRACTION = {"above": 0.0}, {"at_least": 0.0, "below": 1.0}
BOUNDS = {
    "alpha": {"at_least": 0.0}, "tol": {"at_least": 0.0}, "power_t": {"at_least": 0.0}, "momentum": FRACTION,
    "beta_1": FRACTION, "beta_2": FRACTION, "epsilon": POSITIVE, "dropout": FRACTION,
}  # fmt: skip


class MultilayerPerceptron(BaseEstimator):
    """The wiring; subclasses say which loss reads the outputs, and what an output means.

    Everything learned is kept as plain NumPy arrays, `coefs_` and `intercepts_`: a network is made of them
    whenever it is needed, so setting them is how a network is given its weights, and pickles hold no more.
    """

    loss: Any
    hidden_layer_sizes: Any
    activation: str
    solver: str
    alpha: float
    batch_size: Any
    learning_rate: Any
    learning_rate_init: float | None
    power_t: float
    max_iter: int
    shuffle: bool
    random_state: Any
    tol: float
    verbose: bool
    warm_start: bool
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: float
    dropout: float
    init: str | None
    engine: str
    device: str
    coefs_: list[np.ndarray]
    intercepts_: list[np.ndarray]
    out_activation_: str
    n_features_in_: int
    smooths: ClassVar[bool] = False  # whether label_smoothing is among the arguments

    def _loss(self) -> Loss:
        """The loss that reads the outputs."""
        raise NotImplementedError

    def _score(self, a: np.ndarray, y: np.ndarray, w: np.ndarray | None) -> float:
        """What early stopping watches, larger being better: outputs, and targets as the loss reads them."""
        raise NotImplementedError

    def _stratify(self, y: np.ndarray) -> np.ndarray | None:
        """The classes that early stopping's split keeps the shares of."""
        return None

    def _check(self) -> None:
        check(self, BOUNDS)
        check_patience(self.n_iter_no_change)
        whole("max_iter", self.max_iter, 1)
        if not isinstance(self.batch_size, str) or self.batch_size != "auto":
            whole("batch_size", self.batch_size, 1)
        if self.early_stopping:
            check(self, {"validation_fraction": {"above": 0.0, "below": 1.0}})
        if self.learning_rate_init is not None:
            check(self, {"learning_rate_init": POSITIVE})
        one_of("engine", self.engine, ENGINES)
        if self.init is not None:
            known("initialiser", self.init, catalog.names("initialiser"))

    def _continues(self) -> bool:
        """Whether a fit goes on from what is learned already."""
        return self.warm_start and hasattr(self, "coefs_")

    def _weights(self, X: np.ndarray, sample_weight: Any) -> np.ndarray | None:
        """Every example's weight, checked."""
        if sample_weight is None:
            return None
        w = _check_sample_weight(sample_weight, X, dtype=X.dtype, ensure_non_negative=True)
        if not w.any():
            raise ValueError("Sample weights must contain at least one non-zero number.")
        return w

    def _begin(self, inputs: int, outputs: int, dtype: np.dtype) -> None:
        """Draw a network, and forget what was learned."""
        network = Network(self._entries(inputs, outputs), seed_of(self.random_state), dtype)
        self.coefs_, self.intercepts_ = weights.of_network(network)
        self.n_layers_ = len(self.coefs_) + 1
        self.n_iter_ = self.t_ = 0
        self.loss_curve_: list[float] = []
        self.best_loss_: float | None = None if self.early_stopping else float("inf")
        self.validation_scores_: list[float] | None = [] if self.early_stopping else None
        self.best_validation_score_: float | None = None
        self._checkpoint: weights.Checkpoint | None = None

    def _entries(self, inputs: int, outputs: int) -> list[dict[str, Any]]:
        """The layers that the arguments describe."""
        return mlp(**self._description(inputs, outputs))

    def _description(self, inputs: int, outputs: int) -> dict[str, Any]:
        known("activation", self.activation, [*catalog.names("activation"), "logistic"])
        sizes = self.hidden_layer_sizes
        hidden = [sizes] if np.ndim(sizes) == 0 else list(sizes)
        return {
            "in_features": inputs, "out_features": outputs,
            "hidden": [whole("hidden_layer_sizes", units, 1) for units in hidden],
            "activation": "sigmoid" if self.activation == "logistic" else self.activation,
            "dropout": float(argument(self, "dropout")), "init": self.init,
        }  # fmt: skip

    def _fit(self, X: np.ndarray, y: np.ndarray, w: np.ndarray | None) -> None:
        """Train until `tol` is met or max_iter is, from the weights that are there."""
        X, held_out = as_rows(X, self.coefs_[0].dtype), None
        if self.early_stopping:
            X, y, w, held_out = self._split(X, y, w)
        training, rate = self._training(X, y, w, argument(self, "max_iter"))
        progress: Progress = Patience(argument(self, "tol"), argument(self, "n_iter_no_change"))
        if training.engine.searches:
            progress = Converged()
        self.n_iter_, best = 0, None
        for record in training:
            value = self._take(record.train_loss, len(X))
            if held_out is not None:
                self._keep(training)
                value, best = self._validate(training, held_out, best)
            if rate is not None and self.learning_rate == "invscaling":
                rate.after(self.t_, argument(self, "power_t"))
            if progress.ended(value) and not (
                rate is not None and self.learning_rate == "adaptive" and rate.fall(training.engine.base_lr)
            ):
                reached = False
                break
        else:
            reached = True
        poor = divergence(self.loss_curve_[-self.n_iter_ :]) if best is None else ""
        if not poor and reached:
            poor = f"Maximum iterations ({self.max_iter}) reached and the optimization hasn't converged yet."
        if poor:
            warnings.warn(f"Stochastic Optimizer: {poor}", ConvergenceWarning, stacklevel=3)
        self._keep(training)
        if best is not None:
            self.coefs_, self.intercepts_ = best
        elif held_out is None:
            self.best_loss_ = progress.best

    def _take(self, loss: float, examples: int) -> float:
        """Count an epoch."""
        self.n_iter_ += 1
        self.t_ += examples
        self.loss_ = loss
        self.loss_curve_.append(loss)
        if self.verbose:
            print(f"Iteration {self.n_iter_}, loss = {loss:.8f}")
        return loss

    def _split(self, X: np.ndarray, y: np.ndarray, w: np.ndarray | None) -> tuple:
        """Early stopping's share of the examples, held out."""
        parts = train_test_split(
            np.arange(len(X)), y, np.ones(len(X), X.dtype) if w is None else w,
            test_size=argument(self, "validation_fraction"), random_state=seed_of(self.random_state),
            stratify=self._stratify(y),
        )  # fmt: skip
        if len(parts[1]) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
            )
        learned, held_out = ((part_of(X, rows), *rest) for rows, *rest in (parts[::2], parts[1::2]))
        return (*learned[:2], None if w is None else learned[2], held_out)

    def _validate(self, training: Training, held_out: tuple, best: Any) -> tuple[float, Any]:
        """Score the held-out examples; the value to lower, and the best weights so far."""
        X, y, w = held_out
        with np.errstate(all="ignore"):  # it looks for itself
            a = self._outputs(X)
            score = self._score(a, y, w) if np.isfinite(a).all() else float("nan")
            if not np.isfinite(score):
                raise NonFiniteLoss(
                    f"after step {training.step} (epoch {training.epoch}) the held-out examples have no "
                    f"score: {why_not_finite(self._network(), [X[:]], training.lr)}"
                )
        self.validation_scores_ = [*(self.validation_scores_ or []), score]
        if self.verbose:
            print(f"Validation score: {score:f}")
        if best is None or self.best_validation_score_ is None or score > self.best_validation_score_:
            self.best_validation_score_ = score
            best = self.coefs_, self.intercepts_
        return -score, best

    def _learn_once(self, X: np.ndarray, y: np.ndarray, w: np.ndarray | None) -> None:
        """One epoch, with the optimizer as the last one left it."""
        X = as_rows(X, self.coefs_[0].dtype)
        done = 0 if self._checkpoint is None else self._checkpoint.epoch
        training, rate = self._training(X, y, w, max(argument(self, "max_iter"), done + 1))
        if self._checkpoint is not None:
            self._checkpoint.restore(training, self.coefs_, self.intercepts_)
        if rate is not None and self.learning_rate == "invscaling" and self.t_:
            rate.after(self.t_, argument(self, "power_t"))
        loss = self._take(next(training).train_loss, len(X))
        self.best_loss_ = min(self.best_loss_ or float("inf"), loss)
        self._keep(training)

    def _training(
        self, X: np.ndarray, y: np.ndarray, w: np.ndarray | None, epochs: int
    ) -> tuple[Training, Rate | None]:
        """A training of the network that `coefs_` is, and what moves its learning rate between epochs."""
        solver, schedule = solver_of(self), schedule_of(self.learning_rate)
        size = self._batch_size(len(X), whole_data=solver.optimizer == "lbfgs")
        batches, total = -(-len(X) // size), float(len(X) if w is None else w.sum())
        searches = solver.optimizer == "lbfgs"
        engine, device = self._engine(size)
        training = Training(
            self._model(engine), Dataset(X, y, weights=w), self._named_loss(engine), solver.optimizer,
            epochs=epochs, batch_size=size, lr=solver.lr, settings=solver.settings,
            schedule="constant" if searches else schedule, shuffle=self.shuffle and not searches,
            seed=seed_of(self.random_state), l2=argument(self, "alpha") * batches / total,
            label_smoothing=argument(self, "label_smoothing") if self.smooths else None,
            device=device, precision=X.dtype.name,
        )  # fmt: skip
        return training, schedule if isinstance(schedule, Rate) and not searches else None

    def _batch_size(self, examples: int, whole_data: bool) -> int:
        if whole_data:
            return examples
        asked = argument(self, "batch_size")
        if asked == "auto":
            return min(200, examples)
        if asked > examples:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped",
                stacklevel=5,
            )
        return min(asked, examples)

    def _engine(self, batch_size: int) -> tuple[str, str]:
        """The engine and the device: as asked, or by the rule of a run's, `training.engines.rule`."""
        device = str(choose_device("auto")[0]) if self.device == "auto" else self.device
        loss = self._loss_name()
        if self.engine != "auto" or (device == "cpu" and loss not in catalog.names("loss")):
            return "numpy" if self.engine == "auto" else self.engine, device
        network = {"name": "mlp", **self._description(self.coefs_[0].shape[0], len(self.intercepts_[-1]))}
        return choose_engine("auto", network, loss, device, batch_size)[0], device

    def _model(self, engine: str) -> Any:
        """A network of the learned weights, by hand or in torch."""
        if engine == "numpy":
            return self._network()
        from gradatim.estimators.torch_network import module

        return module(self._description(self.coefs_[0].shape[0], len(self.intercepts_[-1])), self._network())

    def _network(self) -> Network:
        """A network by hand of the learned weights."""
        network = Network(
            self._entries(self.coefs_[0].shape[0], len(self.intercepts_[-1])), None, self.coefs_[0].dtype
        )
        weights.load(network, self.coefs_, self.intercepts_)
        return network

    def _named_loss(self, engine: str) -> Any:
        """The loss as the engine takes it: torch's are found by name."""
        loss = self._loss()
        if engine == "numpy":
            return loss
        name = self._loss_name()
        if name is None:
            raise UsageError("a loss that is an object is NumPy's: it needs engine='numpy' and device='cpu'")
        return name

    def _loss_name(self) -> str | None:
        """The loss's name in the catalogue; None for an object."""
        raise NotImplementedError

    def _keep(self, training: Training) -> None:
        """Take the weights out of a training, and where its optimizer stands."""
        self.coefs_, self.intercepts_ = weights.of_parameters(training.engine.parameters_now())
        self._checkpoint = None if training.engine.searches else weights.Checkpoint.of(training)

    def _outputs(self, X: np.ndarray) -> np.ndarray:
        """What the network gives for checked rows, a piece at a time."""
        network = self._network()
        pieces = [network.forward(X[at : at + AT_ONCE]) for at in range(0, len(X), AT_ONCE)]
        return np.concatenate(pieces)

    def _answer(self, X: Any) -> np.ndarray:
        """What the network gives for a caller's rows."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, accept_sparse="csr", reset=False)
        return self._outputs(sparse_or_dense(X))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
