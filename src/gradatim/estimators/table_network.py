"""What TableClassifier and TableRegressor share: a run's recipe for tables, without its folder."""

import warnings
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from gradatim.checks import Notice, UsageError, real, whole
from gradatim.data.frames import is_frame
from gradatim.data.tables.input_values import FILLED_IN
from gradatim.device import cores
from gradatim.estimators.arguments import argument, seed_of
from gradatim.estimators.plan_training import train_plan, without_buffers
from gradatim.estimators.table_examples import as_frame, divided, examples_of, inputs_of
from gradatim.planning.make_plan import make_plan
from gradatim.planning.training_options import Settings, settings_from
from gradatim.runs.asking import ask, new_examples
from gradatim.runs.trained import Trained


class TableNetwork(BaseEstimator):
    """The wiring; subclasses say what y is, and what an output means."""

    members: int | None
    numbers: str | None
    max_iter: int | None
    validation_fraction: float
    max_minutes: float | None
    random_state: Any
    n_jobs: int | None
    engine: str
    device: str
    verbose: bool
    task: ClassVar[str]
    _trained: Trained
    _columns: tuple[str, ...]  # of the frame that it learned from

    def _settings(self) -> Settings:
        """The settings of a run; UsageError for an argument that cannot be."""
        epochs, minutes = argument(self, "max_iter"), argument(self, "max_minutes")
        if epochs is not None:
            whole("max_iter", epochs, 1)
        real("validation_fraction", self.validation_fraction, at_least=0, below=1)
        return settings_from({
            "members": self.members, "numbers": self.numbers, "epochs": epochs, "max_minutes": minutes,
            "seed": seed_of(self.random_state), "threads": threads_of(argument(self, "n_jobs")),
            "engine": self.engine, "device": self.device, **self._of_target(),
        })  # fmt: skip

    def _of_target(self) -> dict[str, Any]:
        """Settings that only one kind of target has."""
        return {}

    def _network(self) -> tuple[str | None, dict[str, Any]]:
        """The network and its arguments; the recipe's where None."""
        return None, {}

    def _learn(self, X: Any, y: np.ndarray, w: np.ndarray | None) -> np.ndarray:
        """Train on checked X and y; returns y as the problem counts it."""
        settings = self._settings()
        every = examples_of(X, y, w, self.task)
        data = divided(every, argument(self, "validation_fraction"))
        if data.valid is None and settings.members not in (None, 1):
            raise UsageError(
                f"members={self.members} are weighed on rows that are kept out of training, and there are "
                f"none: validation_fraction={self.validation_fraction} of n_samples = {len(every)}; give a "
                "larger fraction, or members=1"
            )
        plan = make_plan(data, settings, *self._network())
        found = train_plan(plan, self.verbose)
        self.loss_curve_, self.n_iter_, self.loss_ = found.losses, found.epochs, found.last
        self.n_members_ = len(plan.trained.facts.get("members", "1"))
        self._trained, self.choices_ = without_buffers(plan.trained), plan.choices
        self._columns = tuple(map(str, X.columns)) if is_frame(X) else ()
        return every.y  # type: ignore[return-value]

    def _outputs(self, X: Any) -> np.ndarray:
        """The network's outputs (N, …) for a caller's rows."""
        check_is_fitted(self)
        if self._columns and not is_frame(X):
            X = as_frame(self, X, self._columns)
        elif is_frame(X) and not self._columns:
            inputs_of(self, X, reset=False)
            X = X.to_numpy()
        X = inputs_of(self, X, reset=False)
        examples = new_examples(self._trained, X).examples
        odd = (one for one in examples.notices if not one.startswith(FILLED_IN))  # which a caller sees in X
        for sentence in odd:
            warnings.warn(sentence, Notice, stacklevel=3)
        return ask(self._trained, examples).a

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "_trained" in state:
            state["_trained"] = without_buffers(state["_trained"])
        return state


def threads_of(n_jobs: int | None) -> int | None:
    """CPU threads, where -1 is every core, -2 all but one; None where the recipe chooses."""
    if n_jobs is None:
        return None
    if whole("n_jobs", n_jobs, -cores()) == 0:
        raise UsageError("n_jobs must be a number of threads, or -1 for every core; it is 0")
    return n_jobs if n_jobs > 0 else cores() + 1 + n_jobs
