"""Data sets by name."""

from typing import Any, ClassVar

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.sources.in_memory import DatasetSource
from gradatim.data.sources.source import New, Request
from gradatim.data.splits import split


class NamedSource(DatasetSource):
    """A data set of the catalogue, read from its published files.

    >>> NamedSource().read("digits", Request())
    Dataset('digits', 1797 examples of shape (1, 8, 8), 10 classes)
    """

    kind: ClassVar[str] = "named"

    def takes(self, data: Any) -> bool:
        """Whether the catalogue has a data set of this name."""
        return isinstance(data, str) and data in catalog.names("dataset")

    def read(self, data: Any, asked: Request) -> Dataset:
        """The data set; UsageError for a target, which it has already."""
        asked.allow("target")
        if asked.target is not None:
            raise UsageError(f"{data} has its target already; --target is for files")
        return catalog.find(data, "dataset").load()()

    def read_like(self, data: Any, first: Any) -> Dataset:
        """The data set by the names of the first's columns."""
        return super().read_like(self.read(data, Request()), first)

    def read_new(self, data: Any, first: Any) -> New:
        """Its test examples."""
        return New(super().read_like(split(self.read(data, Request())).test, first))
