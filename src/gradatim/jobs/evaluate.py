"""Evaluate: how right a trained network is."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.checks import UsageError, one_of
from gradatim.data.sources.source import source_like
from gradatim.planning.run_data import Data
from gradatim.problems.class_report import accuracy_of_parts, class_report
from gradatim.problems.own_metrics import OwnMetrics
from gradatim.runs.asking import ask
from gradatim.runs.trained import Trained

NONE = OwnMetrics()


@dataclass(frozen=True)
class Evaluation:
    """What a network answered to examples: its outputs a (N, …), the targets y, and the measures.

    Of a network with a loss of the user's own there are measures only.
    """

    metrics: dict[str, float]
    a: np.ndarray | None = None
    y: np.ndarray | None = None

    @property
    def n(self) -> int:
        """How many answers were measured."""
        return 0 if self.y is None else len(self.y)


def measure(trained: Trained, examples: Any, own: OwnMetrics = NONE) -> Evaluation:
    """The measures of a network's problem on examples that are like its training examples, then its own."""
    _ = trained.problem.reader  # a loss of the user's own is refused before anything is computed
    a, y = ask(trained, examples)
    if y is None:
        raise UsageError("there are no targets to compare with")
    metrics = trained.problem.measures(a, y)
    if parts := trained.encoder.parts(examples):
        metrics |= accuracy_of_parts(trained.problem.answer(a) == y, parts)
    return Evaluation({**metrics, **own.measures(trained.problem, a, y, metrics)}, a, y)


def evaluate(
    trained: Trained, examples: Any, split: str = "data", own: OwnMetrics = NONE
) -> dict[str, Any]:  # fmt: skip
    """Measures on examples: {"split": …, "n": …, "metrics": {"accuracy": …, …}}; of classes and labels
    "by_class" and "averages", precision, recall, F1 and support of each; "notices" where something is odd of
    other data, "model" where another than the network answers, and "shares" of what a mean is of.
    """
    measured = measure(trained, examples, own)
    found = {"split": split, "n": measured.n, "metrics": measured.metrics, **by_class(trained, measured)}
    if trained.kept is not None:
        found["model"] = trained.kept.name
        found |= {"shares": trained.kept.shares} if trained.kept.is_mean else {}
    notices = examples.notices if split == "data" else ()
    return found | ({"notices": list(notices)} if notices else {})


def by_class(trained: Trained, measured: Evaluation) -> dict[str, Any]:
    """What `class_report` says of the answers; nothing where they are no classes."""
    if measured.a is None or measured.y is None or not len(measured.y):
        return {}
    found = trained.problem.by_class(measured.a, measured.y)
    return {} if found is None else class_report(found)


def examples_like_training(trained: Trained, data: Any) -> Any:
    """Other data as examples like those that a network was trained on, their targets among its own."""
    examples = source_like(data, trained.template, trained.problem.task).like(data, trained.template)
    if trained.problem.reads_target and not examples.has_target:
        raise UsageError(f"{examples.name} has no target to compare with")
    return examples


def part_of(data: Data, split: str) -> Any:
    """A part of a run's own examples; the one that its network is judged on for `test`."""
    one_of("split", split, ("train", "valid", "test"))
    found = getattr(data, data.judged_on if split == "test" else split)
    if found is None:
        raise UsageError(f"this run has no {split} examples")
    return found
