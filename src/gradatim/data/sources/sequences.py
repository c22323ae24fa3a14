"""Sequences of different lengths in memory."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError, one_of
from gradatim.data.as_dataset import INPUTS, TARGETS, WEIGHTS
from gradatim.data.inputs import are_several
from gradatim.data.label_types import label_type_of
from gradatim.data.ragged import Ragged
from gradatim.data.sources.page import Block, Fact, Grid, sizes_of
from gradatim.data.sources.source import New, Request, Source
from gradatim.data.splits import TEST_SHARE
from gradatim.data.tables.cells import Cells
from gradatim.data.targets import classes_of_array, numbers_of_classes, task_of_array

OF_STEPS = ("tagging", "regression")  # the tasks of an answer a step


class SequenceSource(Source):
    """(X, y), X a list of N arrays (L_i, D) of numbers, or (L_i,) of whole ones; or a Ragged.

    y (N, …) holds an answer for each; a list of N arrays (L_i, …) one for every step.

    >>> SequenceSource().read(([[3, 1, 4], [1, 5]], ["a", "b"]), Request())
    Ragged('data', 2 sequences of 2 to 3 steps)
    """

    kind: ClassVar[str] = "sequences"
    layout: ClassVar[str] = "padded"

    def takes(self, data: Any) -> bool:
        """Whether it is a Ragged, or inputs and targets of which the inputs differ in length."""
        parts = _parts(data)
        if parts is None or not _differ_in_length(parts[0]):
            return isinstance(data, Ragged)
        x, y = parts[:2]
        n = len(y) if hasattr(y, "__len__") else None
        return not are_several(x, y) or 2 * sum(len(part) == n for part in x) < len(x)

    def may_take(self, data: Any) -> bool:
        """Whether they may be sequences, of one length too."""
        return isinstance(data, Ragged | Mapping | tuple | list) or hasattr(data, "shape")

    def read(self, data: Any, asked: Request) -> Ragged:
        """The sequences, their targets read by their task."""
        asked.allow("target", "task")
        found = data if isinstance(data, Ragged) else Ragged(*(_parts(data) or (data,)))
        if found.y is None or found.classes:
            return found
        task = _task(found, asked.roles.task)
        y, classes = classes_of_array(found.y, "classification" if task == "tagging" else task)
        source = {"memory": True} | ({"task": asked.roles.task} if asked.roles.task else {})
        kind = label_type_of(found.y) if classes else ""
        return found.changed(y=y, classes=classes, task=task, source=source, label_type=kind)

    def read_like(self, data: Any, first: Any) -> Ragged:
        """Other sequences, their targets among the first's classes."""
        parts = data if isinstance(data, Ragged) else _parts(data)
        if parts is None or (isinstance(parts, tuple) and parts[1] is None):
            raise UsageError("there are no targets to compare with: give (X, y), X a list of sequences")
        found = self.read(data, Request(replace(Request().roles, task=first.task or None)))
        if found.y is not None and found.per_step != first.per_step:
            wanted, given = (
                "one for every step" if one.per_step else "one for each sequence" for one in (first, found)
            )
            raise UsageError(f"the network's answers are {wanted}; these targets are {given}")
        if not first.classes or found.y is None:
            return found
        y = numbers_of_classes(found.y, found.classes, first.classes, found.name)
        return found.changed(y=y, classes=first.classes)

    def read_new(self, data: Any, first: Any) -> New:
        """Sequences alone; an answer a step stands behind the numbers of its sequence and its step."""
        found = data.changed(y=None) if isinstance(data, Ragged) else Ragged(_alone(data))
        if not first.per_step:
            return New(found)
        rows = [(i, step) for i, length in enumerate(found.lengths.tolist()) for step in range(length)]
        beside = Cells(("sequence", "step"), None, [])
        return New(found, replace(beside, rows=beside.written(rows)))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """How many, how long, and how often each class comes."""
        found = self.read(data, asked)
        counts = np.bincount(found.y, minlength=len(found.classes)).tolist() if found.classes else []  # type: ignore[arg-type]
        return {
            "name": found.name, "n": len(found), "shape": list(found.shape),
            "shortest": int(found.lengths.min()), "longest": int(found.lengths.max()),
            "counts": {str(name): n for name, n in zip(found.classes, counts, strict=True)},
            "splits": self.divide(found, 0.1, TEST_SHARE).sizes(), "fingerprint": found.fingerprint,
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Sizes and lengths, and how often each class comes."""
        counts = [[name, f"{n:,}"] for name, n in facts["counts"].items()]
        lengths = f"{facts['shortest']:,} to {facts['longest']:,} steps"
        return [
            f"{facts['name']}: {facts['n']:,} sequences of {lengths}",
            Fact("splits", sizes_of(facts["splits"], "by the fingerprint")),
            *([Grid(("class", "answers"), counts)] if counts else []),
            "", Fact("fingerprint", facts["fingerprint"]),
        ]  # fmt: skip


def _parts(data: Any) -> tuple | None:
    """Inputs, targets and perhaps weights; None where data are not such."""
    if isinstance(data, Mapping):
        keys = {str(key).lower(): key for key in data}
        found = [
            next((data[keys[n]] for n in names if n in keys), None) for names in (INPUTS, TARGETS, WEIGHTS)
        ]
        return None if found[0] is None else tuple(found)
    return tuple(data) if isinstance(data, tuple | list) and len(data) in (2, 3) else None


def _alone(data: Any) -> Any:
    """The sequences of what is predicted from: named x, or all of it."""
    parts = _parts(data) if isinstance(data, Mapping) else None
    return data if parts is None else parts[0]


def _differ_in_length(x: Any) -> bool:
    """Whether these are arrays or lists of which two have different lengths."""
    listed = isinstance(x, tuple | list) or (isinstance(x, np.ndarray) and x.dtype == object)
    if not listed or not all(isinstance(one, list) or getattr(one, "shape", ()) for one in x):
        return False
    return len({len(one) for one in x}) > 1


def _task(found: Ragged, asked: str | None) -> str:
    """The task asked for, or the one that the targets suggest."""
    assert found.y is not None
    if not found.per_step:
        return asked or task_of_array(found.y)
    if asked is None or asked == "classification":
        suggested = "tagging" if asked else task_of_array(found.y)
        return "tagging" if suggested == "classification" else "regression"
    return one_of("task", asked, OF_STEPS)
