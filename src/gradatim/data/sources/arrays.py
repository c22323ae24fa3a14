"""Arrays in memory: of NumPy, pandas, polars and torch, and torch Datasets."""

from dataclasses import replace
from typing import Any, ClassVar

from gradatim.data.as_dataset import as_dataset, from_arrays, is_arrays
from gradatim.data.dataset import Dataset
from gradatim.data.inputs import new_inputs
from gradatim.data.sources.source import New, Request, Source


class ArraySource(Source):
    """(X, y), (X, y, weights), named arrays, or a torch Dataset; X alone; ({name: X}, y), several inputs.

    >>> import numpy as np
    >>> ArraySource().read((np.eye(4), ["a", "b", "a", "b"]), Request())
    Dataset('data', 4 examples of shape (4,), 2 classes)
    """

    kind: ClassVar[str] = "arrays"

    def takes(self, data: Any) -> bool:
        """Whether they are arrays, or examples by number."""
        return is_arrays(data) or (hasattr(data, "__len__") and not isinstance(data, str | bytes))

    def read(self, data: Any, asked: Request) -> Dataset:
        """The arrays as examples."""
        asked.allow("target", "task", "void")
        if hasattr(data, "shape"):  # inputs alone
            return from_arrays(data, task=asked.roles.task)
        found = as_dataset(data, asked.target, task=asked.roles.task, void=asked.void)
        void = {} if asked.void is None else {"void": asked.void}
        if asked.roles.target or asked.roles.task or void:  # which read the same arrays when a run goes on
            found = replace(found, source={"memory": True, **asked.roles.as_dict(), **void})
        return found

    def read_like(self, data: Any, first: Any) -> Dataset:
        """Other arrays; for a network that learned from a loader, targets as its loss reads them."""
        return super().read_like(data, first) if first.layout == "rows" else as_dataset(data, classify=False)

    def read_new(self, data: Any, first: Any) -> New:
        """Inputs (N, …) alone."""
        return New(Dataset(new_inputs(data, first.x if first.layout == "rows" else None)))  # type: ignore[arg-type]
