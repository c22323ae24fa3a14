"""Examples that are to be said again: their own targets."""

from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.as_dataset import from_arrays
from gradatim.data.dataset import Dataset
from gradatim.data.examples import as_examples


def again(data: Any) -> Dataset:
    """Rows or pictures with their numbers (N, D) as targets; of (x, y) nobody looks at y.

    Raises UsageError for what is not one array of finite numbers in memory.
    """
    alone = hasattr(data, "shape") and not isinstance(getattr(data, "layout", None), str)
    examples = from_arrays(data, classify=False) if alone else as_examples(data)
    if not isinstance(examples, Dataset) or not isinstance(examples.x, np.ndarray):
        raise UsageError("an autoencoder learns from rows or pictures in memory: one array of numbers")
    x = examples.x
    bad = ~np.isfinite(x.reshape(len(x), -1))
    if bad.any():
        row, column = (int(i) for i in divmod(int(bad.argmax()), bad.shape[1]))
        value = x.reshape(len(x), -1)[row, column]
        raise UsageError(
            f"an autoencoder learns from finite numbers; example {row} holds {value} "
            f"{where(examples, column)}: fill it in, or leave out the row"
        )
    return replace(examples, y=x.reshape(len(x), -1))


def check_variance(examples: Dataset) -> None:
    """Raise UsageError where there is nothing to compress: one example, or equal ones."""
    if len(examples) < 2:
        raise UsageError("an autoencoder learns from at least two examples; there is one")
    if not np.any(examples.x != examples.x[:1]):
        raise UsageError("every example holds the same numbers: there is no variance to keep")


def check_unit_interval(examples: Dataset) -> None:
    """Raise UsageError for the first number outside [0, 1], naming its column and how to scale it."""
    rows = examples.x.reshape(len(examples), -1)
    outside = (rows < 0) | (rows > 1)
    if not outside.any():
        return
    row, column = (int(i) for i in divmod(int(outside.argmax()), rows.shape[1]))
    low, high = float(rows[:, column].min()), float(rows[:, column].max())
    less = f"(x − {low:g})" if low > 0 else f"(x + {-low:g})" if low else "x"
    how = f"scale it as {less}/{high - low:g}" if high > low else "leave it out, it is always the same"
    raise UsageError(
        f"Bernoulli outputs are of numbers from 0 to 1; example {row} holds {rows[row, column]:g} "
        f"{where(examples, column)}: {how}, or take the loss squared_error (gaussian_nll of a vae)"
    )


def where(examples: Dataset, column: int) -> str:
    """A column in words, by its name where every number has one."""
    names = examples.features
    numbers = int(np.prod(examples.x.shape[1:]))
    return f"in the column {names[column]}" if names and len(names) == numbers else f"at {column}"
