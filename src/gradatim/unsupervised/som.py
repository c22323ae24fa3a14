"""How a self-organising map learns."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
import torch

from gradatim.checks import UsageError, notice, one_of, whole
from gradatim.data.as_dataset import from_arrays
from gradatim.data.dataset import Dataset
from gradatim.data.examples import as_examples
from gradatim.nn.som import SOM
from gradatim.random import permutation
from gradatim.training.loop import Loop, State, tensors_of
from gradatim.training.nonfinite_loss import bad_parameter
from gradatim.unsupervised.kohonen_rule import KohonenRule
from gradatim.unsupervised.map_measures import map_errors
from gradatim.unsupervised.map_start import first_weights

Rows = tuple[np.ndarray, np.ndarray | None]  # examples (N, D), and their weights


class SOMTraining(Loop):
    """Kohonen's two rules for a self-organising map (Kohonen 1982, 2013; curriculum F11).

        online  w_u ← w_u + α(t) exp(−d²(u, b)/2σ(t)²) (x − w_u),   an example at a time
        batch   w_u ← w_u + α (m_u − w_u),   m_u the mean of all x weighted by exp(−d²(u, b(x))/2σ²)

    b is the unit nearest to x and d the distance on the grid. σ falls from `sigma` to `final_sigma` by
    σ(p) = σ₀/(1 + (σ₀/σ₁ − 1) p) with the share p of training that is done, and so does α of the online
    rule, from `lr` to `final_lr`; with a third of σ₀ and α₀ at the end this is minisom's default.

    A record holds the mean ‖x − w_b‖ before the steps, and on `valid` the quantisation and the topographic
    error. Everything is NumPy's, but the online steps, which are compiled where there is a compiler.

    Parameters: `model`, an SOM, trained in place; its `rule`, `initial` (the plane of two principal
    components, examples, or the weights that it has), `sigma` (half the longer side when None),
    `final_sigma` (1, or σ where that is less) and `final_lr` (a tenth of α) say how. `data` and `valid`,
    rows: an array, a Dataset or (x, y), of which y is not looked at. `lr` is α, at most 1.

    Raises UsageError for a value that cannot be.

    >>> rows = np.random.default_rng(0).random((200, 2))
    >>> loop = SOMTraining(SOM(2, 4, 4), rows, epochs=5, valid=rows)
    >>> [round(record.valid["quantisation_error"], 2) for record in loop][-1] < 0.2
    True
    """

    framework = "np"
    task: ClassVar[str] = "map"
    takes: ClassVar[tuple[str, ...]] = ("epochs", "batch_size", "lr", "seed", "max_minutes", "precision")
    usual: ClassVar[dict[str, Any]] = {
        "epochs": 30, "batch_size": 32, "lr": 0.5, "schedule": "constant", "device": "cpu",
    }  # fmt: skip
    update: ClassVar[str] = "Kohonen's rule"

    def __init__(
        self, model: SOM, data: Any, *, epochs: int = 30, batch_size: int = 32, lr: float = 0.5,
        seed: int = 0, valid: Any = None, max_minutes: float | None = None, precision: str = "float32",
    ):  # fmt: skip
        super().__init__(epochs, max_minutes=max_minutes)
        self.seed, self.size = whole("seed", seed, 0), whole("batch_size", batch_size, 1)
        self.dtype = np.dtype(one_of("precision", precision, ("float32", "float64")))
        self.som = model.to("cpu", getattr(torch, precision))
        self.W = self.som.weight.detach().numpy()  # the module's own memory
        self.rule = KohonenRule(
            model.rows, model.columns, model.topology, model.rule, lr, model.sigma, model.final_sigma,
            model.final_lr,
        )  # fmt: skip
        if model.rule == "online":
            self.rate_in_words = f"falling to {self.rule.final_lr:g}"
        self.data: Rows | None = rows_of(data, model.input_len, self.dtype)
        self.valid = None if valid is None else rows_of(valid, model.input_len, self.dtype)
        if model.rule == "online" and self.data[1] is not None:
            raise UsageError("the online rule takes no weights of examples; rule=batch does")
        _look_at(self.data[0], len(self.W))
        if model.initial != "random":
            self.W[:] = first_weights(self.data[0], model.rows, model.columns, model.initial, self.seed)

    @classmethod
    def of_settings(cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]) -> Self:
        """With the run's rate, batches, epochs, seed and precision."""
        return cls(model, data, valid=valid, **{name: settings[name] for name in cls.takes})

    @property
    def model(self) -> SOM:
        """The map."""
        return self.som

    @property
    def lr(self) -> float:
        """α."""
        return self.rule.rate(min(self.progress / self.epochs, 1.0))

    @property
    def path(self) -> str:
        """Which code makes its steps, and why."""
        return self.rule.path(self.dtype)

    @property
    def length(self) -> int:
        """Steps in an epoch: groups of examples, or one of the batch rule."""
        if self.data is None:
            return 0
        return 1 if self.som.rule == "batch" else -(-len(self.data[0]) // self.size)

    def batches(self, epoch: int, start: int) -> Iterator[np.ndarray]:
        """The examples' numbers, of the online rule in the order of the epoch, a group at a time."""
        assert self.data is not None
        n = len(self.data[0])
        if self.som.rule == "batch":
            yield from [np.arange(n)][start:]
            return
        order = permutation(self.seed, epoch, n)
        for at in range(start * self.size, n, self.size):
            yield order[at : at + self.size]

    def take_step(self, group: list) -> dict[str, Any]:
        """One step of the batch rule, or an online step for each example of a group."""
        assert self.data is not None
        X, w = self.data
        if self.som.rule == "batch":
            W, error, weight = self.rule.batch(self.W, X, w, self.epoch / self.epochs)
        else:
            (rows,) = group
            seen = self.epoch * len(X) + self.batch * self.size
            W, error = self.rule.online(self.W, X[rows], seen, self.epochs * len(X))
            weight = float(len(rows))
        self.W[:] = W
        return {"loss_sum": error, "weight_sum": weight}

    def measure(self) -> dict[str, float]:
        """On validation: the quantisation and the topographic error."""
        return {} if self.valid is None else self._measures(self.valid)

    def evaluate(self, data: Any) -> dict[str, float]:
        """The same on other rows."""
        return self._measures(rows_of(data, self.som.input_len, self.dtype))

    def _measures(self, held: Rows) -> dict[str, float]:
        X, w = held
        distance, apart = map_errors(self.W, X, self.som.rows, self.som.columns, self.som.topology)
        return {
            "quantisation_error": float(np.average(distance, weights=w)),
            "topographic_error": float(np.average(apart, weights=w)),
        }

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return bad_parameter(self.som)

    def end(self) -> None:
        """Let go of the rows."""
        self.som.eval()
        self.data = self.valid = None

    def own_state(self) -> State:
        """The weights; rates and neighbourhoods are functions of the counters."""
        return {"model.weight": self.W.copy()}, {}

    def restore_own(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `own_state` gave."""
        weights = tensors_of("model", tensors)["weight"]
        if weights.shape != self.W.shape:
            raise UsageError(f"the checkpoint's weights have the shape {weights.shape}, not {self.W.shape}")
        self.W[:] = weights


def rows_of(data: Any, features: int, dtype: np.dtype) -> Rows:
    """Rows (N, features) of finite numbers and their weights; UsageError for others."""
    alone = hasattr(data, "shape") and not isinstance(getattr(data, "layout", None), str)
    examples = from_arrays(data, classify=False) if alone else as_examples(data)
    if not isinstance(examples, Dataset) or not isinstance(examples.x, np.ndarray):
        raise UsageError("a map learns from rows of numbers in memory, which are one dense array")
    if not len(examples):
        raise UsageError("there is nothing to learn from: the data hold no example")
    X = np.ascontiguousarray(examples.x.reshape(len(examples), -1), dtype)
    if X.shape[1] != features:
        raise UsageError(f"the map has {features} inputs; a row here has {X.shape[1]} numbers")
    bad = ~np.isfinite(X)
    if bad.any():
        row, place = (int(i) for i in divmod(int(bad.argmax()), features))
        raise UsageError(f"example {row} holds {X[row, place]} at {place}: a map learns from finite numbers")
    w = examples.weights
    return X, None if w is None else np.ascontiguousarray(w, dtype)


def _look_at(X: np.ndarray, units: int) -> None:
    """Say that there are more units than examples; UsageError where there is nothing to map."""
    if len(X) < 2:
        raise UsageError("a map learns from at least two examples; there is one")
    if not np.any(X - X[0]):
        raise UsageError("every example holds the same numbers: there is no variance to map")
    if units > len(X):
        notice(f"the map has {units:,} units for {len(X):,} examples: many will have none")
