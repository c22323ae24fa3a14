"""One example of a run as a trace reads it: of rows, of sequences, or a window of a text."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.jobs.trace_twin import RunTwin, twin_of

if TYPE_CHECKING:
    from gradatim.jobs.run import Run

BLANK = {" ": "space", "\n": "new line", "\t": "tab", "\r": "return"}


@dataclass
class Example:
    """The network by hand with what it reads, the target as the loss reads it, and both in words.

    `steps` and `answers` are what a sequence holds at each step, and what is right there; `raw` is the target
    in the data's own unit.
    """

    twin: RunTwin
    y: np.ndarray
    title: str
    target: str
    where: str
    names: tuple[str, ...] = ()  # of the inputs
    steps: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    raw: np.ndarray | None = None  # the target as the data have it
    symbols: dict[str, int] = field(default_factory=dict)  # that a step can be, and their numbers


def example_of(run: "Run", part: Any, split: str, number: Any, member: Any) -> Example:
    """Example `number`, from 1, of a part of a run's data; UsageError for one that is not there."""
    if part.layout == "rows":
        return _row(run, part, split, number, member)
    if part.layout not in ("streams", "padded"):
        raise UsageError(f"a trace shows one example; {run.path} learned from {part.layout} batches")
    from gradatim.jobs.trace_sequence import sequence_example

    if member is not None:
        raise UsageError("--member is for a run that is the mean of several networks; this is one")
    return sequence_example(run, part, split, number)


def check_number(run: "Run", split: str, number: Any, count: int, word: str = "example") -> int:
    """An example's number, from 1; UsageError beyond the last."""
    found = whole("example", number, 1)
    if found > count:
        raise UsageError(
            f"the {split} part of {run.path.name} has {count:,} {word}s; there is no {word} {found:,}"
        )
    return found


def target_in_words(trained: Any, raw: Any, y: np.ndarray) -> str:
    """The right answer; `raw` is what the data hold of it."""
    names = trained.problem.names
    if y.dtype.kind in "iu" and y.size == 1 and len(names) > int(y.flat[0]):
        return f"the right class is {names[int(y.flat[0])]} (number {int(y.flat[0])}, counted from 0)"
    of_data = (
        ""
        if raw is None
        else f" ({', '.join(f'{v:.4g}' for v in np.asarray(raw, float).ravel()[:4])} in the data)"
    )
    return "target t = " + ", ".join(f"{v:.4g}" for v in np.asarray(y, float).ravel()[:8]) + of_data


def _row(run: "Run", part: Any, split: str, number: Any, member: Any) -> Example:
    count, trained = len(part), run.trained
    number = check_number(run, split, number, count)
    row = part.take(np.array([number - 1]))
    x = trained.encoder.inputs(row, np.float64)
    y = trained.problem.truth(row.y, x)
    if y is None:
        raise UsageError("there is no target to learn from")
    y = np.asarray(trained.problem.targets(y))
    twin = twin_of(run, x, member)
    return Example(
        twin, y, f"One step of {run.path.name} from its {split} example {number:,}",
        target_in_words(trained, row.y, y), _where(run, split, number, count, twin), _names(trained, twin),
        raw=row.y,
    )  # fmt: skip


def _where(run: "Run", split: str, number: int, count: int, twin: RunTwin) -> str:
    place = f"Example {number:,} of the {count:,} of the {split} part of {run.path}"
    found = f"{place}, in the network that the run kept"
    if twin.asleep:
        found += (
            f". {' and '.join(twin.asleep)} run in training only and take no part here: the loss is that of "
            "the answer"
        )
    if twin.member is not None:
        found = f"{place}, in member {twin.member + 1} of the {twin.of} whose mean the run kept"
    return found + (f"; {run.answers} answers in its place" if run.trained.kept is not None else "")


def _names(trained: Any, twin: RunTwin) -> tuple[str, ...]:
    """The encoded inputs' names; none of pictures."""
    if twin.x.ndim != 2:
        return ()
    every = trained.encoder.names(trained.features)
    found = tuple(
        every[twin.columns] if isinstance(twin.columns, slice) else (every[i] for i in twin.columns)
    )
    return found if len(found) == twin.x.shape[1] else ()
