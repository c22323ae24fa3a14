"""Whether a network has a score for every class or character of the data, and none beside."""

from typing import Any

from gradatim.checks import UsageError
from gradatim.problems.classes import Classes
from gradatim.problems.masks import Masks
from gradatim.problems.next_character import NextCharacter
from gradatim.problems.problem import Problem


def check_scores(problem: Problem, loop: Any) -> None:
    """UsageError where a network gives more scores than there are classes or characters to be named.

    Fewer are refused by the loss, which meets a target that has no score.
    """
    shape: tuple[int, ...] = getattr(getattr(loop, "engine", None), "scores", ())
    names = problem.names
    if not isinstance(problem, Classes | Masks | NextCharacter) or len(shape) < 2 or not names:
        return
    if shape[1] > max(len(names), 2):
        text = isinstance(problem, NextCharacter)
        unit = problem.unit if isinstance(problem, NextCharacter) else ""
        said = f"the text has {len(names)} distinct {unit}" if text else f"the data have {len(names)} classes"
        argument = "vocabulary_size" if text else "num_classes"
        raise UsageError(
            f"the network gives {shape[1]} scores, and {said}, so that some would stand for nothing: make it "
            f"with {argument}={len(names)}, or leave {argument} out"
        )
