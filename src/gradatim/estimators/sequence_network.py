"""What SequenceClassifier and SequenceRegressor share: a run's recipe for series, without its folder."""

from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from gradatim.checks import UsageError, real, whole
from gradatim.data.arrays import array
from gradatim.data.series import Series
from gradatim.data.series_arrays import series_of_arrays
from gradatim.estimators.arguments import argument, keep, seed_of
from gradatim.estimators.plan_training import train_plan
from gradatim.estimators.table_network import threads_of
from gradatim.models.step_pooling import POOLINGS
from gradatim.planning.make_plan import make_plan
from gradatim.planning.run_data import Data
from gradatim.planning.training_options import Settings, settings_from
from gradatim.runs.asking import ask
from gradatim.runs.trained import Trained


class SequenceNetwork(BaseEstimator):
    """The wiring; subclasses say what y is, and what an output means."""

    task: ClassVar[str]
    hidden_size: int | None
    pooling: str
    dropout: float | None
    learning_rate_init: float | None
    batch_size: int | None
    max_iter: int | None
    validation_fraction: float
    max_minutes: float | None
    random_state: Any
    n_jobs: int | None
    device: str
    verbose: bool
    _trained: Trained

    def __init__(
        self, *, hidden_size: int | None = None, pooling: str = "attention", dropout: float | None = None,
        learning_rate_init: float | None = None, batch_size: int | None = None, max_iter: int | None = None,
        validation_fraction: float = 0.1, max_minutes: float | None = None, random_state: Any = None,
        n_jobs: int | None = None, device: str = "auto", verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def _settings(self) -> Settings:
        """The settings of a run; UsageError for an argument that cannot be."""
        numbers = {
            name: argument(self, name)
            for name in (
                "hidden_size",
                "batch_size",
                "max_iter",
                "learning_rate_init",
                "dropout",
                "max_minutes",
            )
        }
        for name in ("hidden_size", "batch_size", "max_iter"):
            if numbers[name] is not None:
                whole(name, numbers[name], 1)
        if numbers["learning_rate_init"] is not None:
            real("learning_rate_init", numbers["learning_rate_init"], above=0)
        real("validation_fraction", argument(self, "validation_fraction"), at_least=0, below=1)
        if self.pooling not in POOLINGS:
            raise UsageError(f"pooling must be {' or '.join(POOLINGS)}; it is {self.pooling!r}")
        width = numbers["hidden_size"]
        return settings_from({
            "hidden": None if width is None else (width,), "batch_size": numbers["batch_size"],
            "epochs": numbers["max_iter"], "lr": numbers["learning_rate_init"],
            "dropout": numbers["dropout"], "max_minutes": numbers["max_minutes"],
            "seed": seed_of(self.random_state), "threads": threads_of(argument(self, "n_jobs")),
            "engine": "torch", "device": self.device,
        })  # fmt: skip

    def _learn(self, X: Any, y: np.ndarray, classes: tuple, groups: Any) -> None:
        """Train on checked y (N,) or (N, K)."""
        settings = self._settings()
        held = {"x": X, "y": y} | ({} if groups is None else {"groups": array(groups)})
        series = self._series(held).changed(classes=classes, task=self.task)
        train, valid, _ = series.divide(argument(self, "validation_fraction"), 0.0)
        data = Data(train, valid, None, series.name, {}, series.notices, whole_y=series.y)
        plan = make_plan(data, settings, network={"pooling": self.pooling})
        found = train_plan(plan, self.verbose)
        self.loss_curve_, self.n_iter_, self.loss_ = found.losses, found.epochs, found.last
        self._trained, self.choices_ = plan.trained, plan.choices
        self.n_features_in_ = series.shape[0]

    def _outputs(self, X: Any) -> np.ndarray:
        """The network's outputs (N, …) for a caller's series."""
        check_is_fitted(self)
        series = self._series({"x": X})
        if series.shape != (self.n_features_in_,):
            raise UsageError(
                f"X has {series.shape[0]} numbers a step, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} as in fit"
            )
        return ask(self._trained, series).a

    def _series(self, held: dict[str, Any]) -> Series:
        """The series of a caller; UsageError naming the series and the step that cannot be."""
        X = held["x"]
        if hasattr(X, "ndim") and X.ndim != 3 and str(X.dtype) != "object":
            more = "; of one number a step, give X[..., None]" if X.ndim == 2 else ""
            raise UsageError(
                f"X is a list of arrays (steps, numbers), or an array (series, steps, numbers); its shape is "
                f"{tuple(X.shape)}{more}"
            )
        return series_of_arrays(held, "X")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = False, True
        tags.target_tags.required = True
        return tags
