"""What examples ask, as data know it: strings and numbers, of which `problems` makes a Problem."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A task as `--task` names it, what its answers are called, and what stands between several of a cell."""

    task: str = ""
    names: tuple = ()  # of classes, labels, numbers or characters
    separator: str = ""
