"""Evaluate: how right a trained network is."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.checks import UsageError, one_of
from gradatim.data.sources.source import source_like
from gradatim.planning.find_data import Data
from gradatim.runs.asking import ask
from gradatim.runs.trained import Trained


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


def measure(trained: Trained, examples: Any) -> Evaluation:
    """The measures of a network's problem on examples that are like its training examples."""
    _ = trained.problem.reader  # a loss of the user's own is refused before anything is computed
    a, y = ask(trained, examples)
    if y is None:
        raise UsageError("there are no targets to compare with")
    return Evaluation(trained.problem.measures(a, y), a, y)


def evaluate(trained: Trained, examples: Any, split: str = "data") -> dict[str, Any]:
    """Measures on examples: {"split": …, "n": …, "metrics": {"accuracy": …, …}}, and "notices" where
    something is odd of other data, and "model" where another than the network answers.
    """
    measured = measure(trained, examples)
    found = {"split": split, "n": measured.n, "metrics": measured.metrics}
    if trained.kept is not None:
        found["model"] = trained.kept.name
    notices = examples.notices if split == "data" else ()
    return found | ({"notices": list(notices)} if notices else {})


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
