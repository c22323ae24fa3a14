"""The codes of a run's examples, and what its autoencoder makes of codes."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError, unknown_argument
from gradatim.explain.figures.table import MOST_ROWS
from gradatim.jobs.plots.request import PlotRequest
from gradatim.jobs.run import Run
from gradatim.runs.asking import dtype_of
from gradatim.unsupervised import latent

PICTURE = 3  # axes of one: channels, rows, columns


class CodedExamples(NamedTuple):
    """Encoded inputs x (N, …), their codes (N, H), class numbers y (N,) and the classes' names, where there
    are some, and what these examples are called.
    """

    x: np.ndarray
    codes: np.ndarray
    y: np.ndarray | None
    classes: tuple
    word: str


def run_with_code(asked: PlotRequest, what: str, takes: Iterable[str]) -> Run:
    """The one run of an autoencoder; UsageError for another's, and for an argument not of `takes`."""
    for key in asked.arguments:
        if key not in takes:
            raise unknown_argument(f"plot {what}", key, takes)
    run = asked.run()
    if not has_code(run):
        raise UsageError(
            f"{run.path} has no code: its network is {run.trained.name}; "
            "gradatim train digits --model autoencoder makes one"
        )
    return run


def has_code(run: Run) -> bool:
    """Whether a run's network encodes its inputs and decodes codes."""
    network = run.trained.model
    return hasattr(network, "encode") and hasattr(network, "decode")


def coded_examples(run: Run) -> CodedExamples:
    """The test examples of a run and their codes; the training examples where there are no others."""
    part = run.data.judged
    word = (
        {"valid": "validation"}.get(run.data.judged_on, run.data.judged_on)
        if part is not None
        else "training"
    )
    part = run.data.train if part is None else part
    if part.layout != "rows":
        raise UsageError(f"codes are drawn of examples in memory; those of {run.path} come in batches")
    trained, dtype = run.trained, dtype_of(run.trained)
    x = np.concatenate([trained.encoder.inputs(some, dtype) for some in trained.encoder.pieces(part)])
    codes = latent.encode(trained.module(), x).flatten(1).cpu().numpy().astype(np.float64)
    classes = tuple(part.classes)
    y = np.asarray(part.y) if classes and part.y is not None and np.ndim(part.y) == 1 else None
    return CodedExamples(x, codes, y, classes if y is not None else (), word)


def decoded(run: Run, outputs: Any) -> np.ndarray:
    """What `latent` decodes as numbers that the network sees (N, D): probabilities where it gives logits."""
    a = np.asarray(outputs)
    problem = run.trained.problem
    return problem.predictions(a) if problem.task == "reconstruction" else a


def picture_shape(run: Run, what: str) -> tuple[int, ...]:
    """The shape (C, H, W) of the pictures that a run learned from; UsageError for other examples."""
    shape = tuple(run.trained.encoder.shape(run.trained.shape or ()))
    if not is_picture(shape):
        raise UsageError(f"{run.path} did not learn from pictures, which are what {what} are drawn as")
    return shape


def is_row(run: Run) -> bool:
    """Whether a run learned from rows of numbers, such as those of a table."""
    return len(tuple(run.trained.encoder.shape(run.trained.shape or ()))) == 1


def own_columns(run: Run, rows: np.ndarray) -> dict[str, list[Any]]:
    """Numbers (N, D) that the network sees, as columns in the units of the data."""
    return run.trained.encoder.decode(rows, run.trained.features)


def check_rows(count: int, fewer: str) -> None:
    """UsageError where a table of so many rows is too long to draw."""
    if count > MOST_ROWS:
        raise UsageError(f"a table of {count} rows is too long to draw; it has {MOST_ROWS} at most: {fewer}")


def is_picture(shape: tuple[int, ...]) -> bool:
    """Whether an example of this shape is a picture of one or three channels."""
    return len(shape) == PICTURE and shape[0] in (1, 3)


def tiles_of(rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Rows (…, C·H·W) as tiles (…, H, W), in colour (…, H, W, 3).

    >>> tiles_of(np.ones((2, 5, 12)), (3, 2, 2)).shape
    (2, 5, 2, 2, 3)
    """
    tiles = np.moveaxis(rows.reshape(*rows.shape[:-1], *shape), -3, -1)
    return tiles[..., 0] if shape[0] == 1 else tiles
