"""The models beside a network as numbers that can be kept, and which of them answers."""

from typing import Any

import numpy as np

from gradatim.explain.baselines import Fitted
from gradatim.explain.comparison import CALLED, measure_text
from gradatim.explain.number_format import measure_name
from gradatim.runs.asking import ask_beside
from gradatim.runs.boosted_trees import BoostedTrees
from gradatim.runs.kept_mean import NETWORK, KeptMean
from gradatim.runs.kept_model import CERTAIN, Constant, KeptModel, Linear
from gradatim.runs.trained import Trained

CLOSE = 1e-5  # between what the kept numbers and the model itself answer, relative to the largest


class ModelsBeside:
    """The models that it is shown, as numbers that can be kept, and their outputs (N, K) on validation.

    They have learned from the training part alone. So has a network, but for the members of an ensemble with
    folds, which learn from both parts; its outputs on validation are then of members that have not seen them.
    """

    def __init__(self, trained: Trained, valid: Any):
        self.trained, self.valid = trained, valid
        self.models: list[KeptModel] = []
        self.outputs: list[np.ndarray] = []
        self.failed: list[str] = []

    def consider(self, name: str, what: str, fitted: Fitted) -> None:
        """Keep it, if its numbers answer as it does."""
        problem = self.trained.problem
        parts = tuple(_part(model, problem.task == "multilabel") for model in fitted.models)
        kept = KeptModel(name, what, parts, _classes(fitted))
        outputs = ask_beside(self.trained, kept, self.valid)
        if not _answers_alike(problem, outputs, fitted.answers(self.valid)):
            self.failed.append(
                f"{name} cannot be kept: this version of scikit-learn stores it in another way"
            )
            return
        self.models.append(kept)
        self.outputs.append(outputs)


def sentence_of(kept: KeptMean) -> str:
    """Which model answers, and why.

    >>> trees = KeptModel("boosted trees", "", ())
    >>> sentence_of(KeptMean((trees,), (0.0, 1.0), "rmse", (0.75, 0.5)))
    "Boosted trees are best on validation (RMSE 0.5, the network 0.75): they answer in the network's place."
    """
    name, (network, *others) = measure_name(kept.measure), kept.valid
    ours = measure_text(kept.measure, network)
    if not kept.answers:
        best = int(np.argmin(others))
        who, theirs = called(kept.models[best].name), measure_text(kept.measure, others[best])
        return f"The network is best on validation ({name} {ours}, {who} {theirs}) and answers."
    value = kept.mean_valid if kept.is_mean else kept.valid[int(np.argmax(kept.share))]
    who, theirs = answerer(kept), measure_text(kept.measure, value)  # type: ignore[arg-type]
    verb, pronoun = ("is", "it answers") if who.startswith("a ") else ("are", "they answer")
    return (
        f"{who[0].upper()}{who[1:]} {verb} best on validation ({name} {theirs}, the network {ours}): "
        f"{pronoun} in the network's place."
    )


def answerer(kept: KeptMean) -> str:
    """What answers, in a sentence.

    >>> trees = KeptModel("boosted trees", "", ())
    >>> answerer(KeptMean((trees,), (0.45, 0.55)))
    'a weighed mean of the network (0.45) and boosted trees (0.55)'
    """
    if not kept.is_mean:
        return called(kept.name)
    *some, last = [f"{called(name)} ({share:.2f})" for name, share in kept.shares.items()]
    return f"{called(kept.name)} of {', '.join(some)} and {last}"


def called(name: str) -> str:
    """A model's name in a sentence."""
    return "the network" if name == NETWORK else CALLED.get(name, name)


def shares_text(kept: KeptMean) -> str:
    """The share of each that has one, for a table.

    >>> trees = KeptModel("boosted trees", "", ())
    >>> shares_text(KeptMean((trees,), (0.45, 0.55)))
    'network 0.45, boosted trees 0.55'
    """
    return ", ".join(f"{name} {share:.2f}" for name, share in kept.shares.items())


def _part(model: Any, is_label: bool) -> Any:
    """A fitted model, or the value that it always answers, as numbers; of a label its score."""
    if hasattr(model, "coef_"):
        return Linear.of(model)
    if hasattr(model, "_predictors"):
        return BoostedTrees.of(model)
    value = CERTAIN * (2.0 * float(model) - 1.0) if is_label else float(model)
    return Constant({"value": np.array([value])})


def _classes(fitted: Fitted) -> tuple[int, ...]:
    """The class numbers that a single classifier has seen."""
    return tuple(int(k) for k in fitted.models[0].classes_) if fitted.one else ()


def _answers_alike(problem: Any, outputs: np.ndarray, answers: np.ndarray) -> bool:
    """Whether outputs on validation say what the fitted model answers."""
    found = problem.predictions(outputs)
    if problem.task == "multilabel":  # whose models answer 0 and 1
        found = found > 0.5
    return bool(
        np.allclose(found, answers, rtol=CLOSE, atol=CLOSE * max(np.abs(answers).max(initial=0.0), 1e-300))
    )
