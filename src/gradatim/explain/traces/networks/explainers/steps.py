"""The steps of a sequence by their names: t2, or 2 behind a unit."""

from gradatim.checks import UsageError
from gradatim.explain.traces.networks.view import View


def is_step(text: str) -> bool:
    """Whether this names a step: t2."""
    return text[:1] == "t" and text[1:].isdigit()


def step_number(view: View, text: str) -> int:
    """A step's place in the sequence, from 0; UsageError for one that is not there."""
    steps = len(view.z)
    if not text.isdigit() or not 1 <= int(text) <= steps:
        name = view.block.name
        raise UsageError(f"there are {steps} steps, {name}.t1 … {name}.t{steps}; there is no step {text}")
    return int(text) - 1
