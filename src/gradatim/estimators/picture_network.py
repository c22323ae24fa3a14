"""What ImageClassifier and ImageSegmenter share: a run's recipe for pictures, without its folder."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from gradatim.checks import GradatimError, UsageError, real, whole
from gradatim.data.arrays import array
from gradatim.data.dataset import Dataset
from gradatim.data.picture_examples import LARGEST
from gradatim.data.picture_files import Pictures
from gradatim.data.picture_lists import Place, pictures_of, places_of
from gradatim.data.picture_notices import ScaledNotice
from gradatim.estimators.arguments import argument, keep, seed_of
from gradatim.estimators.plan_training import train_plan, without_buffers
from gradatim.estimators.table_examples import divided
from gradatim.estimators.table_network import threads_of
from gradatim.planning.beginnings import beginning_of, refuse_two_beginnings
from gradatim.planning.make_plan import make_plan
from gradatim.planning.starting_weights import weights_source
from gradatim.planning.training_options import Settings, settings_from
from gradatim.runs.asking import ask
from gradatim.runs.trained import Trained

WEIGHTS = (".safetensors", ".pth", ".pt")  # files of weights; anything else names a run


class PictureNetwork(BaseEstimator):
    """The wiring; subclasses say what y is, and what an output means."""

    task: ClassVar[str]
    largest: ClassVar[int] = LARGEST
    model: Any
    augment: str | None
    pretrained: Any
    input_size: Any
    input_shape_: Any
    _trained: Trained

    def __init__(
        self, model: Any = None, *, augment: str | None = None, pretrained: Any = False,
        input_size: Any = None, learning_rate_init: float | None = None, batch_size: int | None = None,
        max_iter: int | None = None, validation_fraction: float = 0.1, max_minutes: float | None = None,
        random_state: Any = None, n_jobs: int | None = None, device: str = "auto", verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def _settings(self) -> Settings:
        """The settings of a run; UsageError for an argument that cannot be."""
        names = ("learning_rate_init", "batch_size", "max_iter", "max_minutes")
        given = {name: argument(self, name) for name in names}
        for name in ("batch_size", "max_iter"):
            if given[name] is not None:
                whole(name, given[name], 1)
        for name in ("learning_rate_init", "max_minutes"):
            if given[name] is not None:
                real(name, given[name], above=0)
        real("validation_fraction", argument(self, "validation_fraction"), at_least=0, below=1)
        return settings_from({
            "lr": given["learning_rate_init"], "batch_size": given["batch_size"],
            "epochs": given["max_iter"], "max_minutes": given["max_minutes"],
            "augment": self.augment,
            "seed": seed_of(self.random_state), "threads": threads_of(argument(self, "n_jobs")),
            "device": self.device,
        })  # fmt: skip

    def _beginning(self) -> tuple[Any, Any]:
        """The weights to begin with, and the run; one of them at most."""
        given = self.pretrained
        if given is None or isinstance(given, bool | np.bool_):
            return weights_source(None, bool(given)), None
        if isinstance(given, str | Path) and Path(given).suffix.lower() in WEIGHTS:
            return weights_source(given, False), None
        return None, given

    def _learn(self, examples: Dataset, settings: Settings, groups: Any, kept: list[int]) -> None:
        """Train on checked examples; `groups` are of all that were given, `kept` those that were read."""
        if groups is not None:
            found = np.unique(array(groups), return_inverse=True)[1]
            if len(found) <= max(kept):
                raise UsageError(f"{max(kept) + 1:,} pictures but {len(found):,} groups")
            examples = replace(examples, groups=found[kept])
        model, network = self.model, None
        weights, from_run = self._beginning()
        refuse_two_beginnings(weights, from_run, None, model)
        begin = beginning_of(weights, from_run, None, network, settings)
        if begin is not None:
            model, network, settings = begin.stands_in(model, network, settings)
        data = divided(examples, argument(self, "validation_fraction"))
        plan = make_plan(data, settings, model, network, begin=begin)
        found_by = train_plan(plan, self.verbose)
        self.loss_curve_, self.n_iter_, self.loss_ = found_by.losses, found_by.epochs, found_by.last
        self._trained, self.choices_ = without_buffers(plan.trained), plan.choices
        self.network_ = plan.trained.module()
        self.input_shape_ = examples.shape
        self.n_features_in_ = int(np.prod(examples.shape))

    def _to_learn(self, X: Any) -> tuple[Pictures, list[Place] | None]:
        """The pictures of fit, and where those of a list stand; that they are scaled is said where no size
        was asked for.
        """
        places, size = places_of(X, "X"), argument(self, "input_size")
        found = pictures_of(X, None, size, self.largest, places)
        odd = [one for one in found.notices if size is None or not isinstance(one, ScaledNotice)]
        return found._replace(notices=tuple(one.replace("--input-size", "input_size") for one in odd)), places

    def _to_ask(self, X: Any) -> tuple[Dataset, list[Place] | None]:
        """Pictures to predict from, none left out; GradatimError naming one that cannot be read."""
        check_is_fitted(self)
        places = places_of(X, "X")
        found = pictures_of(X, self.input_shape_, None, self.largest, places)
        if places is not None and len(found.kept) < len(places):
            lost = min(set(range(len(places))) - set(found.kept))
            raise GradatimError(f"X[{lost}] ({places[lost]}) cannot be read: {found.notices[0]}")
        return Dataset(found.x), places

    def _outputs(self, examples: Dataset) -> np.ndarray:
        """The network's outputs (N, …)."""
        return ask(self._trained, examples).a

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = False, True
        tags.target_tags.required = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "_trained" in state:
            state["_trained"] = without_buffers(state["_trained"])
        return state
