"""Which model is best on validation: the network, or one of those that stand beside it."""

from typing import Any

import numpy as np

from gradatim.explain.baselines import Fitted
from gradatim.explain.comparison import CALLED, measure_text
from gradatim.explain.number_format import measure_name
from gradatim.problems.problem import Problem
from gradatim.runs.boosted_trees import BoostedTrees
from gradatim.runs.kept_model import CERTAIN, Constant, KeptModel, Linear
from gradatim.runs.trained import Trained

CLOSE = 1e-5  # between what the kept numbers and the model itself answer, relative to the largest


class BestBeside:
    """The best on validation of the models that it is shown, as numbers that can be kept."""

    def __init__(self, trained: Trained, valid: Any):
        self.trained, self.valid = trained, valid
        self.kept: KeptModel | None = None
        self.metrics: dict[str, float] = {}
        self.failed: list[str] = []

    def consider(self, name: str, what: str, fitted: Fitted) -> None:
        """Keep it, if it is better than those before."""
        problem = self.trained.problem
        answers = fitted.answers(self.valid)
        metrics = problem.measures_of(answers, self.valid.y)
        if self.kept is not None and not is_better(problem, metrics, self.metrics):
            return
        parts = tuple(_part(model, problem.task == "multilabel") for model in fitted.models)
        kept = KeptModel(name, what, parts, _classes(fitted))
        if not _answers_alike(self.trained, kept, self.valid, answers):
            self.failed.append(
                f"{name} cannot be kept: this version of scikit-learn stores it in another way"
            )
            return
        self.kept, self.metrics = kept, metrics


def judged_by(problem: Problem, metrics: dict[str, float]) -> tuple[str, int]:
    """The measure that models are told apart by, and 1 where more of it is better, −1 where less is.

    Of classes and labels it is the loss: few validation examples tell accuracies apart by chance.
    """
    return ("loss", -1) if "loss" in metrics else problem.deciding


def is_better(problem: Problem, metrics: dict[str, float], others: dict[str, float]) -> bool:
    """Whether a model's measures are better than another's."""
    name, sign = judged_by(problem, metrics)
    return sign * metrics[name] > sign * others[name]


def settle_between(
    problem: Problem, kept: KeptModel, network: dict[str, float], metrics: dict[str, float]
) -> None:
    """Write into a model whether it answers in the network's place, and what both had on validation."""
    name, _ = judged_by(problem, metrics)
    kept.answers = is_better(problem, metrics, network)
    kept.measure, kept.valid, kept.network_valid = name, metrics[name], network[name]


def sentence_of(kept: KeptModel) -> str:
    """Which model answers, and why.

    >>> sentence_of(KeptModel("boosted trees", "", (), (), True, "rmse", 0.5, 0.75))
    "Boosted trees are best on validation (RMSE 0.5, the network 0.75): they answer in the network's place."
    """
    ours, theirs = measure_text(kept.measure, kept.network_valid), measure_text(kept.measure, kept.valid)
    who, name = CALLED.get(kept.name, kept.name), measure_name(kept.measure)
    if not kept.answers:
        return f"The network is best on validation ({name} {ours}, {who} {theirs}) and answers."
    verb, pronoun = ("is", "it answers") if who.startswith("a ") else ("are", "they answer")
    return (
        f"{who[0].upper()}{who[1:]} {verb} best on validation ({name} {theirs}, the network {ours}): "
        f"{pronoun} in the network's place."
    )


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


def _answers_alike(trained: Trained, kept: KeptModel, valid: Any, answers: np.ndarray) -> bool:
    """Whether the kept numbers answer as the fitted model does."""
    encoder = kept.encoder(trained.encoder)
    found = trained.problem.predictions(kept.outputs(trained.problem, encoder, encoder.raw(valid)))
    if trained.problem.task == "multilabel":  # whose models answer 0 and 1
        found = found > 0.5
    return bool(
        np.allclose(found, answers, rtol=CLOSE, atol=CLOSE * max(np.abs(answers).max(initial=0.0), 1e-300))
    )
