"""`kept.safetensors`: the models beside a network, and how much each counts in what answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.checks import GradatimError
from gradatim.functional.ensemble_mean import MEANS
from gradatim.record_checks import MEASURE, TEXT, TRUTH, DictOf, Entries, ListOf, Maybe, Value, is_number
from gradatim.runs.file_forms import check_file
from gradatim.runs.folder import Folder
from gradatim.runs.kept_model import FORM as MODEL
from gradatim.runs.kept_model import LEAST, KeptModel, outputs_beside
from gradatim.runs.tensors import read_tensors, write_tensors

if TYPE_CHECKING:
    from gradatim.data.encoders.encoder import Encoder
    from gradatim.problems.problem import Problem

NETWORK, MEAN = "network", "weighed mean"  # the names of what is no model beside the network
WHAT = "models kept beside the network"
CLOSE = 1e-9  # to 1, of the sum of shares
SHARE = Value("a share from 0 to 1", lambda v: is_number(v) and 0 <= v <= 1)
FORM = Entries(
    {
        "models": ListOf(MODEL, at_least=1), "share": ListOf(SHARE, at_least=2), "measure": TEXT,
        "valid": ListOf(MEASURE, at_least=2), "mean_valid": Maybe(MEASURE), "network": DictOf(MEASURE),
    },
)  # fmt: skip
SINGLE = Entries(  # of a file in which one model stands
    {
        **MODEL.forms, "answers": TRUTH, "measure": TEXT, "valid": MEASURE, "network_valid": MEASURE,
        "network": DictOf(MEASURE),
    }
)  # fmt: skip


@dataclass(frozen=True)
class KeptMean:
    """The mean of a network and of the models beside it; where one has a share of 1, it answers alone.

        predictions = Σ_m s_m predictions_m,   Σ_m s_m = 1,   s_0 the network's

    The mean is that of outputs, or of the probabilities behind them (see `functional.ensemble_mean`).

    `measure` is the one that decided, of which less is better; `valid` what each alone had on validation, the
    network first; `mean_valid` what the mean had, None where it was not tried; `network` are the network's
    measures on the judged examples.
    """

    models: tuple[KeptModel, ...]
    share: tuple[float, ...]  # the network's, then the models'
    measure: str = ""
    valid: tuple[float, ...] = ()
    mean_valid: float | None = None
    network: dict[str, float] = field(default_factory=dict)

    @property
    def answers(self) -> bool:
        """Whether it stands in the network's place."""
        return self.share[0] < 1

    @property
    def is_mean(self) -> bool:
        """Whether more than one have a share."""
        return max(self.share) < 1

    @property
    def shares(self) -> dict[str, float]:
        """The share of each that has one, by its name."""
        names = (NETWORK, *(one.name for one in self.models))
        return {name: s for name, s in zip(names, self.share, strict=True) if s}

    @property
    def name(self) -> str:
        """What answers."""
        return MEAN if self.is_mean else next(iter(self.shares))

    def work(self, network: float) -> float:
        """About how many multiplications an answer takes as long as, one of the network `network`."""
        each = (network, *(one.work for one in self.models))
        return sum(work for work, s in zip(each, self.share, strict=True) if s)

    def outputs(
        self, problem: "Problem", encoder: "Encoder", raw: np.ndarray, network: Callable[[], np.ndarray]
    ) -> np.ndarray:
        """Outputs a (N, K) for raw inputs of the run's encoder; `network` gives the network's own."""
        each = [network, *(lambda one=one: one.outputs(problem, encoder, raw) for one in self.models)]
        used = [m for m, s in enumerate(self.share) if s]
        if len(used) == 1:
            return each[used[0]]()
        a = np.stack([as_models_give(problem, each[m]()) for m in used])
        return mean_outputs(problem, a, np.array([self.share[m] for m in used]))

    def check_fit(self, trained: Any) -> None:
        """GradatimError unless all models take the inputs of a run's network and give its outputs."""
        for one in self.models:
            one.check_fit(trained)


def as_models_give(problem: "Problem", a: np.ndarray) -> np.ndarray:
    """A network's outputs (N, K) as the models beside it give them: of two classes in one number where it
    gives two.
    """
    a = a.reshape(len(a), -1).astype(np.float64)
    if a.shape[1] == outputs_beside(problem):
        return a
    return problem.outputs_of_scores(np.log(np.maximum(problem.predictions(a), LEAST)))


def mean_outputs(problem: "Problem", a: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The outputs (N, K) whose predictions are the mean, by shares (M,), of those of outputs (M, N, K)."""
    return MEANS[problem.mean_beside](a, share)


def write_kept(folder: Folder, kept: KeptMean) -> None:
    """Write it, whole or not at all."""
    tensors = {
        f"{m}.{name}": tensor for m, one in enumerate(kept.models) for name, tensor in one.tensors.items()
    }
    record = {name: getattr(kept, name) for name in FORM.forms if name != "models"}
    write_tensors(folder.kept, tensors, {"models": [one.as_dict() for one in kept.models], **record})


def read_kept(folder: Folder, trained: Any = None) -> KeptMean | None:
    """What stands beside a run's network; None where there is nothing. GradatimError for a damaged file, and
    for models of other inputs or outputs than the `trained` network's.
    """
    if not folder.kept.exists():
        return None
    tensors, record = read_tensors(folder.kept, WHAT, "np")
    if "models" not in record:
        check_file(record, SINGLE, folder.kept)
        tensors, record = _of_single(tensors, record)
    check_file(record, FORM, folder.kept)
    try:
        kept = _checked(tensors, record)
        if trained is not None:
            kept.check_fit(trained)
    except GradatimError as error:
        raise GradatimError(f"{folder.kept} is damaged: {error}") from error
    return kept


def _checked(tensors: dict[str, np.ndarray], record: dict[str, Any]) -> KeptMean:
    """What the file holds; GradatimError for numbers that cannot be."""
    number = 1 + len(record["models"])
    if not len(record["share"]) == len(record["valid"]) == number:
        raise GradatimError(f"share and valid must have {number} numbers, the network's and each model's")
    if len({one["name"] for one in record["models"]}) < len(record["models"]):
        raise GradatimError("two of its models have the same name")
    if abs(sum(record["share"]) - 1) > CLOSE:
        raise GradatimError(f"the shares must sum to 1; their sum is {sum(record['share']):g}")
    if max(record["share"]) < 1 and record["mean_valid"] is None:
        raise GradatimError("mean_valid must be a number where a mean answers")
    models = tuple(
        KeptModel.from_dict(one, _within(tensors, str(m))) for m, one in enumerate(record["models"])
    )
    rest = {name: record[name] for name in ("measure", "mean_valid", "network")}
    return KeptMean(models, tuple(record["share"]), valid=tuple(record["valid"]), **rest)


def _within(tensors: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    start = f"{prefix}."
    return {name.removeprefix(start): one for name, one in tensors.items() if name.startswith(start)}


def _of_single(
    tensors: dict[str, np.ndarray], record: dict[str, Any]
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """A file in which one model stands, as one of several."""
    share = [0.0, 1.0] if record["answers"] else [1.0, 0.0]
    found = {
        "models": [{name: record[name] for name in MODEL.forms}], "share": share,
        "measure": record["measure"], "valid": [record["network_valid"], record["valid"]],
        "mean_valid": None, "network": record["network"],
    }  # fmt: skip
    return {f"0.{name}": one for name, one in tensors.items()}, found
