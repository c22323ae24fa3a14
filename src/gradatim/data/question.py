"""What examples ask, as data know it: strings and numbers, of which `problems` makes a Problem."""

from dataclasses import dataclass
from typing import Any

OF_CLASSES = ("classification", "segmentation", "detection", "localisation")  # tasks


@dataclass(frozen=True)
class Question:
    """A task as `--task` names it, what its answers are called, and what stands between several of a cell."""

    task: str = ""
    names: tuple = ()  # of classes, labels, numbers or characters
    separator: str = ""
    label_type: str = ""  # of classes and labels: see `data.label_types`
    task_of: str = ""  # of several tasks, the column that says which is each row's, where a row has one
    void: Any = None  # of masks, the value of pixels that are not known
    size: tuple[int, ...] = ()  # height and width of the pictures in which places are asked for

    @property
    def has_classes(self) -> bool:
        """Whether the names are those of classes, which targets count through."""
        return self.task in OF_CLASSES


def default_names(targets: int) -> tuple[str, ...]:
    """What targets are called that have no names.

    >>> default_names(1), default_names(2)
    (('y',), ('y1', 'y2'))
    """
    return ("y",) if targets == 1 else tuple(f"y{t}" for t in range(1, targets + 1))
